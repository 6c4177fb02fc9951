"""CSV: encoding and separator are found; a file that is plain UTF-8 is read where it lies, any other from a copy."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from thidua.analytics.reading.tables import Table
from thidua.core.records.problems import Reason, Refused
from thidua.core.vietnamese import composed
from thidua.core.words import _

PIECE = 1 << 20
HEAD_ROWS = 42
# Of a row, and of all rows of a head together, in characters; a workbook has no more columns.
LONGEST_ROW, LARGEST_HEAD = 1 << 21, 1 << 23
MOST_COLUMNS = 16_384
SEPARATORS = "\t;|,"
LINE_ENDS = re.compile(r"[\r\n]+")
COPY = "lines.csv"


def tables(file: Path, folder: Path) -> list[Table]:
    encoding, lines = _looked_through(file)
    if encoding != "utf-8":
        file = _in_utf8(file, encoding, folder / "unicode.csv")
        _utf_8, lines = _looked_through(file)
    separator = _separator(file)
    head = _head(file, separator)
    width = max((len(cells) for _number, cells in head), default=0)
    return [Table("", file, width, head, separator, is_numbered=False, lines=lines)]


def _head(file: Path, separator: str) -> list[tuple[int, list[str]]]:
    """The first rows, fewer where they are so long that they would fill the memory."""
    head, room = [], LARGEST_HEAD
    for number, cells in itertools.islice(_filled(file, separator), HEAD_ROWS):
        room -= sum(map(len, cells))
        if head and room < 0:
            break
        head.append((number, cells))
    return head


def numbered(table: Table, folder: Path) -> Table:
    """The same table with the number of the line before each row, for files whose rows and lines are not the same."""
    width = max(len(cells) for _number, cells in _filled(table.path, table.separator))
    with (folder / COPY).open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, lineterminator="\n")
        for number, cells in _filled(table.path, table.separator):
            writer.writerow([number, *(LINE_ENDS.sub(" ", cell) for cell in cells), *[""] * (width - len(cells))])
    return Table("", folder / COPY, width, table.head)


def _looked_through(file: Path) -> tuple[str, int]:
    """UTF-8, UTF-16 by its mark, else Windows-1258; and, of UTF-8, how many lines there are. Raises Refused for what is
    no text."""
    lines, last = 0, b"\n"
    with file.open("rb") as content:
        start = content.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", 0
        content.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := content.read(PIECE):
                if b"\x00" in piece:
                    raise Refused(Reason.WRONG_KIND, _("The file is neither a workbook nor a text file."))
                decoder.decode(piece)
                lines, last = lines + piece.count(b"\n"), piece[-1:]
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1258", 0
    return "utf-8", lines + (last != b"\n")


def _in_utf8(file: Path, encoding: str, target: Path) -> Path:
    """Windows-1258 writes tones behind their letters, so they are put together here."""
    try:
        with (
            file.open("r", encoding=encoding, newline="") as text,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            rest = ""
            while piece := text.read(PIECE):
                head, line_end, tail = (rest + piece).rpartition("\n")
                copy.write(composed(head + line_end))
                rest = tail
                if len(rest) > LONGEST_ROW:
                    raise Refused(Reason.TOO_LARGE, _("The text has a line that is longer than a megabyte."))
            copy.write(composed(rest))
    except UnicodeError as error:
        sentence = _("The text is neither in UTF-8 nor in Windows-1258; save the file as CSV UTF-8.")
        raise Refused(Reason.WRONG_KIND, sentence) from error
    return target


def _separator(file: Path) -> str:
    """The one that stands most often in the line that has most of any; a heading may hold a comma, so it is last."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        lines = [text.readline(LONGEST_ROW) for _n in range(HEAD_ROWS)]
    return max(SEPARATORS, key=lambda separator: max((line.count(separator) for line in lines), default=0))


def _filled(file: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it starts, cells) of every row with something in it. Raises Refused for one without end."""
    start, taken = 1, 0

    def lines() -> Iterator[str]:
        nonlocal taken
        while line := text.readline(LONGEST_ROW + 1):
            taken += len(line)
            if taken > LONGEST_ROW:
                raise Refused(Reason.TOO_LARGE, _("Line %(line)s is longer than a megabyte.", line=start))
            yield line

    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(lines(), delimiter=separator)
        try:
            for cells in reader:
                if len(cells) > MOST_COLUMNS:
                    values = {"line": start, "most": MOST_COLUMNS}
                    raise Refused(Reason.TOO_LARGE, _("Line %(line)s has more than %(most)s columns.", **values))
                if any(cells):
                    yield start, cells
                start, taken = reader.line_num + 1, 0
        except csv.Error as error:
            sentence = _("Line %(line)s is no row of a table: a quotation mark is not closed.", line=start)
            raise Refused(Reason.DAMAGED, sentence) from error
