"""What can be wrong with a file of records or one of its rows. No sentence ever quotes a cell of a record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thidua.core.refusals import Denied
from thidua.core.words import Sentence, _


class Level(StrEnum):
    ERROR = "error"  # the row is not taken
    WARNING = "warning"  # it is, and somebody should look


class Reason(StrEnum):
    """Why a whole file is refused."""

    EMPTY = "empty_file"
    TOO_LARGE = "too_large"
    UNPACKS_TOO_FAR = "unpacks_too_far"
    TAKES_TOO_LONG = "takes_too_long"
    PASSWORD = "password"  # noqa: S105 — a code, not a password
    DAMAGED = "damaged"
    WRONG_KIND = "wrong_kind"
    OLD_FONT = "old_font"
    UNKNOWN_SHEET = "unknown_sheet"
    AMBIGUOUS_SHEET = "ambiguous_sheet"
    NO_HEADINGS = "no_headings"
    UNKNOWN_HEADING = "unknown_heading"
    NAMES_CITIZENS = "names_citizens"
    AMBIGUOUS_HEADING = "ambiguous_heading"
    MISSING_COLUMN = "missing_column"
    DOUBLED_COLUMN = "doubled_column"
    MONTH_FIRST = "month_first"
    UNCALCULATED = "uncalculated"
    NO_ROWS = "no_rows"
    ROWS_THOUGH_NOTHING = "rows_though_nothing"
    NO_VALID_ROWS = "no_valid_rows"
    OTHER_UNIT = "other_unit"
    SOME_WRONG = "some_rows_wrong"
    UNKNOWN = "unknown"  # the call names a file, dataset, unit or period that is not there
    AWAY = "away"


class Code(StrEnum):
    """What is wrong with a row, or odd about it."""

    MISSING = "missing"
    BAD_DAY = "bad_day"
    BAD_NUMBER = "bad_number"
    BAD_COUNT = "bad_count"
    UNKNOWN_WORD = "unknown_word"
    OUT_OF_RANGE = "out_of_range"
    FUTURE_DAY = "future_day"
    OUT_OF_ORDER = "out_of_order"
    NEEDS = "needs"
    CONTRADICTION = "contradiction"
    OTHER_UNIT = "other_unit"
    REPEATED = "repeated"
    DIFFERS = "differs"
    HIDDEN_ROWS = "hidden_rows"
    OTHER_PERIOD = "other_period"
    SHEET_LEFT_OUT = "sheet_left_out"
    MORE = "more"


class Refused(Denied):
    """The whole file is not taken; what was there before stays.

    ``option`` says how the command line is told what the file leaves open; a page asks there and then.
    """

    def __init__(self, reason: Reason, sentence: Sentence, option: Sentence | None = None):
        super().__init__(sentence)
        self.reason = reason
        self.option = option

    def __reduce__(self) -> tuple[object, ...]:
        """It comes from the process that read the file."""
        return Refused, (self.reason, self.sentence, self.option)

    def __str__(self) -> str:
        return f"{self.sentence} {self.option}" if self.option else str(self.sentence)


@dataclass(frozen=True)
class Problem:
    """``row`` is the number that people see, None for the whole sheet; ``column`` the dataset's name of it, or ""."""

    sheet: str
    row: int | None
    column: str
    level: Level
    code: Code
    sentence: Sentence

    def as_json(self) -> dict[str, object]:
        return {
            "sheet": self.sheet or None,
            "row": self.row,
            "column": self.column or None,
            "level": self.level.value,
            "code": self.code.value,
            "message": str(self.sentence),
        }


def missing(label: Sentence) -> Sentence:
    return _("“%(column)s” is missing.", column=label)


def missing_any(labels: tuple[Sentence, ...]) -> Sentence:
    return _("One of these must be there: %(columns)s.", columns=Joined(labels))


def bad_day(label: Sentence) -> Sentence:
    return _("“%(column)s” is no day; write day/month/year.", column=label)


def bad_number(label: Sentence) -> Sentence:
    return _("“%(column)s” is no number.", column=label)


def bad_count(label: Sentence) -> Sentence:
    return _("“%(column)s” is no whole number from 0.", column=label)


def unknown_word(label: Sentence) -> Sentence:
    return _("“%(column)s” holds a word that is not known here.", column=label)


def word_left_out(label: Sentence) -> Sentence:
    return _("“%(column)s” holds a word that is not known here; it counts as empty.", column=label)


def out_of_range(label: Sentence, lowest: int | None, highest: int | None) -> Sentence:
    if highest is None:
        return _("“%(column)s” lies below %(lowest)s.", column=label, lowest=lowest)
    if lowest is None:
        return _("“%(column)s” lies above %(highest)s.", column=label, highest=highest)
    values = {"column": label, "lowest": lowest, "highest": highest}
    return _("“%(column)s” does not lie between %(lowest)s and %(highest)s.", **values)


def future_day(label: Sentence) -> Sentence:
    return _("“%(column)s” lies after today.", column=label)


def out_of_order(first: Sentence, second: Sentence) -> Sentence:
    return _("“%(first)s” lies after “%(second)s”.", first=first, second=second)


def needs(label: Sentence, needed: Sentence) -> Sentence:
    return _("“%(column)s” says so, but “%(needed)s” is missing.", column=label, needed=needed)


def contradiction(label: Sentence, other: Sentence) -> Sentence:
    return _("“%(column)s” and “%(other)s” contradict each other; the day counts.", column=label, other=other)


def other_unit(name: str) -> Sentence:
    return _("The row belongs to %(unit)s.", unit=name)


def unknown_unit(heading: str) -> Sentence:
    values = {"heading": heading}
    return _("“%(heading)s” names a unit that is not the one whose records these are.", **values)


def repeated(first: str) -> Sentence:
    return _("The same row stands in row %(row)s already; it counts once.", row=first)


def differs(others: str) -> Sentence:
    return _("Row %(rows)s carries the same code with other values; none of them is taken.", rows=others)


def hidden_rows(count: int) -> Sentence:
    return _("%(count)s rows are hidden in the sheet; they count like others.", count=count)


def sheet_left_out(why: Sentence) -> Sentence:
    return _("The sheet looks like records and is not read: %(why)s", why=why)


def other_period(count: int, inside: int, period: str) -> Sentence:
    values = {"count": count, "inside": inside, "period": period}
    return _(
        "Of %(count)s rows only %(inside)s have a day in %(period)s; look whether the right year is chosen.", **values
    )


def more(count: int) -> Sentence:
    return _("%(count)s further remarks are not listed.", count=count)


@dataclass(frozen=True)
class Joined:
    """Labels in a row, in the language of whoever reads them."""

    labels: tuple[Sentence, ...]

    def __str__(self) -> str:
        return ", ".join(f"“{label}”" for label in self.labels)


def labels(several: tuple[Sentence, ...]) -> object:
    return Joined(several)
