"""How much text from outside is looked at: each number once.

What is longer is cut or refused before a pattern, a comparison or a normalisation meets it, so that no text can hold a
process. In characters where nothing else is said.
"""

from __future__ import annotations

HEADING = 300  # of a column; what is longer names no column that anybody knows
HEADINGS = 512  # columns of a sheet that are looked at for headings
VALUE = 500  # of a cell that is a day, a number or one of a few words
NUMBER = 60  # of a number that a person types
EXPONENT = 30  # of a number: more than so many digits before or behind the comma is none that is counted here
MARKS = 30  # that follow one letter (Unicode's stream-safe text); what writes languages needs three
SEARCH = 200  # of what is searched for
WORDS = 10  # of these, that narrow a list
QUERY = 8_000  # bytes behind the question mark of an address
NAME = 255  # of a file, as it is kept
COMPARED = 400_000  # pairs of equal words that two versions of an answer may have and still be compared word by word
KEY = 60  # of a key of a plan that is looked up among those that are known
FILE_BYTES = 20 * 1024 * 1024  # of one file of evidence, of a list of units, people or values
LIST_ROWS = 20_000
LIST_HEAD = 40  # rows of such a list in which its headings are looked for
PLAN_BYTES = 1024 * 1024
PLAN_PROBLEMS = 200  # of each level that are told one by one; the others are counted
PLAN_PATH = 500  # of the place of such a problem
PLAN_WORDS = 2_000  # of each value that its sentence names
DIRECTORY = 1024 * 1024  # bytes of the list of what an archive holds: some ten thousand parts
