"""How one cell of each type is read: the reference that set-based reading is held against.

A cell is text. ``read`` gives the value, or None where the cell says "nothing"; ``Unreadable`` says what is wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from thidua.core import bounds
from thidua.core.records.datasets import Column, ColumnType
from thidua.core.records.problems import Code
from thidua.core.vietnamese import composed, fold

Value = str | float | int | bool | dt.date | None

# Characters that nobody sees, and spaces of every kind. Both lists are valid in Python and in RE2 (DuckDB).
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
SPACES = r"[\s\x00\x0b\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
# What stands in an empty cell of exports, whatever the type.
DASHES = frozenset({"-", "--", "---", "–", "—", "/", "//", ".", "...", "…", "n/a", "#n/a", "na", "null", "none", "nil"})
# What people write where a day is not there yet.
NO_DAY = frozenset(
    {"0", "x", "k", "ko", "khong", "khong co", "chua", "chua co", "chua tra", "00/00/0000", "0000-00-00", "00/01/1900"}
)
# A clock before or after the day: 24 hours or SA/CH, seconds and zone or none. The same text serves RE2.
CLOCK = (
    r"(?i)(?:^|[\sT,]{1,9})\d{1,2}\s{0,9}(?::|h|g|giờ)\s{0,9}\d{0,2}(?:\s{0,9}:\s{0,9}\d{1,2}(?:[.,]\d{1,9})?)?"
    r"\s{0,9}(?:SA|CH|AM|PM)?\s{0,9}(?:Z|[+-]\d{2}:?\d{2})?(?:$|[\s,]{1,9})"
)
CLOCKS = re.compile(CLOCK)
DAY_FIRST = re.compile(r"\A(\d{1,2})\s{0,9}[/.-]\s{0,9}(\d{1,2})\s{0,9}[/.-]\s{0,9}(\d{4}|\d{2})\Z")
YEAR_FIRST = re.compile(
    r"\A(?:(\d{4})\s{0,9}[/.-]\s{0,9}(\d{1,2})\s{0,9}[/.-]\s{0,9}(\d{1,2})|(\d{4})(\d{2})(\d{2}))\Z"
)
IN_WORDS = re.compile(r"\A(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})\Z")
SERIAL = re.compile(r"\A(\d{5})(?:[.,]\d+)?\Z")
EPOCH, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
FIRST_YEAR, LAST_YEAR = 1950, 2199
MONTHS = 12
LARGEST_COUNT = 2**53  # above it a number of a sheet is no longer exact
# Addresses keep their domain; runs of digits as long as a phone or an identity number go.
ADDRESS = r"[^\s@<>,;]+@"
LONG_DIGITS = r"\d{9,}"
EACH_ADDRESS = re.compile(rf"(?<![^\s@<>,;]){ADDRESS}")  # from its beginning, not again from each letter of it
EACH_LONG_DIGITS = re.compile(LONG_DIGITS)
EACH_INVISIBLE, EACH_SPACES, NO_WORD = re.compile(f"[{INVISIBLE}]"), re.compile(SPACES), re.compile(r"[^0-9a-z]+")
CURRENCY = re.compile(r"(?i)(?:đồng|vnđ|vnd|đ|₫)\.?$")
PARTED = re.compile(r"\A[+-]?[1-9]\d{0,2}\.\d{3}\Z")
DIGITS = re.compile(r"\A[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z")
# What a longer cell of each of these types is not.
TOO_LONG = {ColumnType.DAY: Code.BAD_DAY, ColumnType.NUMBER: Code.BAD_NUMBER, ColumnType.COUNT: Code.BAD_COUNT,
            ColumnType.CHOICE: Code.UNKNOWN_WORD, ColumnType.YES_NO: Code.UNKNOWN_WORD}  # fmt: skip


class Unreadable(Exception):
    def __init__(self, code: Code):
        super().__init__(code)
        self.code = code


def clean(text: str) -> str:
    """Composed, with nothing invisible and plain single spaces."""
    return EACH_SPACES.sub(" ", EACH_INVISIBLE.sub("", composed(text))).strip()


def read(column: Column, text: str, *, is_1904: bool = False) -> Value:
    """The value of a cell of this column. Raises Unreadable."""
    if column.type in TOO_LONG and len(text) > bounds.VALUE:
        raise Unreadable(TOO_LONG[column.type])
    plain = clean(text)
    if column.type is ColumnType.TEXT:
        plain = read_text(plain)
    elif column.type is ColumnType.DAY:
        plain = day_part(plain)
    if not plain or is_nothing(column, plain):
        return None
    match column.type:
        case ColumnType.TEXT | ColumnType.CODE:
            return plain
        case ColumnType.DAY:
            return read_day(plain, is_1904=is_1904)
        case ColumnType.NUMBER:
            return read_number(plain)
        case ColumnType.COUNT:
            return read_count(plain, column.unit_of_measure)
        case ColumnType.CHOICE:
            return read_choice(plain, column)
        case ColumnType.YES_NO:
            return read_choice(plain, column, exactly=True) == "yes"


def is_nothing(column: Column, plain: str) -> bool:
    folded = fold(plain)
    if folded in _folded(column.none_words):
        return True
    if column.type in (ColumnType.CHOICE, ColumnType.YES_NO) and folded in _words(column):
        return False
    if column.type is ColumnType.DAY and not column.required and folded in NO_DAY:
        return True
    return folded in DASHES


def read_text(plain: str) -> str:
    """Text that names nobody: of an address the domain, of long runs of digits nothing."""
    return EACH_LONG_DIGITS.sub("…", EACH_ADDRESS.sub("@", plain))


def day_part(plain: str) -> str:
    """What is left without the clock; a second look finds nothing more, so that a part may be asked about again."""
    if len(plain) > bounds.VALUE:
        return plain
    while (part := CLOCKS.sub(" ", plain).strip(" ,-")) != plain:
        plain = part
    return part


def read_day(plain: str, *, is_1904: bool = False) -> dt.date:
    part = day_part(plain)
    if SERIAL.match(part):
        return _known((EPOCH_1904 if is_1904 else EPOCH) + dt.timedelta(days=int(part[:5])))
    if match := DAY_FIRST.match(part):
        day, month, year = match.groups()
        return _day(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    if match := YEAR_FIRST.match(part):
        year, month, day = (each for each in match.groups() if each is not None)
        return _day(int(year), int(month), int(day))
    if match := IN_WORDS.match(fold(part)):
        day, month, year = match.groups()
        return _day(int(year), int(month), int(day))
    raise Unreadable(Code.BAD_DAY)


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return _known(dt.date(year, month, day))
    except ValueError as error:
        raise Unreadable(Code.BAD_DAY) from error


def _known(day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(Code.BAD_DAY)
    return day


def is_month_first(plain: str) -> bool:
    """A day only if the month stands first: 01/25/2023."""
    match = DAY_FIRST.match(day_part(plain))
    return match is not None and int(match[2]) > MONTHS >= int(match[1])


def is_day_first(plain: str) -> bool:
    """A day only if the day stands first: 25/01/2023."""
    match = DAY_FIRST.match(day_part(plain))
    return match is not None and int(match[1]) > MONTHS >= int(match[2])


def read_number(plain: str) -> float:
    """ "1.234,5", "1,234.5", "1234,5", "1.500.000 đ" → float; one dot before three digits parts thousands."""
    digits = CURRENCY.sub("", plain).replace(" ", "").replace("'", "")
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma > dot >= 0 or digits.count(".") > 1:
        digits = digits.replace(".", "").replace(",", ".")
    elif dot > comma >= 0 or digits.count(",") > 1:
        digits = digits.replace(",", "")
    elif PARTED.match(digits):
        digits = digits.replace(".", "")
    else:
        digits = digits.replace(",", ".")
    if not DIGITS.match(digits):
        raise Unreadable(Code.BAD_NUMBER)
    return float(digits)


def read_count(plain: str, unit_of_measure: str = "") -> int:
    """A whole number from 0; words of the unit behind it are no matter: "15 ngày làm việc"."""
    words = plain.split(" ")
    unit = {*fold(unit_of_measure).split(" ")} if unit_of_measure else set()
    while len(words) > 1 and fold(words[-1]) in unit:
        words.pop()
    try:
        number = read_number(" ".join(words))
    except Unreadable as error:
        raise Unreadable(Code.BAD_COUNT) from error
    if not 0 <= number <= LARGEST_COUNT or not number.is_integer():
        raise Unreadable(Code.BAD_COUNT)
    return int(number)


def read_choice(plain: str, column: Column, *, exactly: bool = False) -> str:
    """The id whose words the cell is, or, unless ``exactly``, the one id whose words stand in it."""
    words, text = _words(column), fold(plain)
    if text in words:
        return words[text]
    found = [] if exactly else [word for word in words if f" {word} " in f" {_spaced(text)} "]
    longest = [word for word in found if not any(word != other and word in other for other in found)]
    ids = {words[word] for word in longest}
    if len(ids) != 1:
        raise Unreadable(Code.UNKNOWN_WORD)
    return ids.pop()


def _spaced(text: str) -> str:
    return NO_WORD.sub(" ", text).strip()


def _words(column: Column) -> dict[str, str]:
    return _words_of(tuple((id, words) for id, words in column.choices.items()))


@lru_cache
def _words_of(choices: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    named = {fold(word): id for id, words in choices for word in words}
    return {fold(id): id for id, _words in choices} | named


@lru_cache
def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)
