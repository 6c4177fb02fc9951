"""Values read set by set. What is written as exports usually write it is read in SQL; each other text is read once by
the reference (``core.records.values``), however many rows carry it, and joined back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from thidua.analytics.duck import name, text, texts
from thidua.core import bounds
from thidua.core.records import values
from thidua.core.records.datasets import Column, ColumnType
from thidua.core.records.problems import Reason, Refused
from thidua.core.vietnamese import fold
from thidua.core.words import _

SQL_TYPES = {
    ColumnType.TEXT: "varchar",
    ColumnType.CODE: "varchar",
    ColumnType.DAY: "date",
    ColumnType.NUMBER: "double",
    ColumnType.COUNT: "bigint",
    ColumnType.YES_NO: "boolean",
    ColumnType.CHOICE: "varchar",
}
BY_TEXT = frozenset({ColumnType.DAY, ColumnType.NUMBER, ColumnType.COUNT, ColumnType.YES_NO, ColumnType.CHOICE})
PIECE = 10_000
LONGEST_DASH = max(map(len, values.DASHES))


CODE_POINT = re.compile(r"\\u([0-9a-f]{4})")


def re2(pattern: str) -> str:
    """A pattern of core in the words of RE2, as an SQL text. RE2 takes time that grows as the text, whatever it is."""
    return text(CODE_POINT.sub(r"\\x{\1}", pattern))


UNCLEAN = (
    r"^\s|\s$|\s\s|[\x00-\x1f\x7f\u0085\u00a0\u00ad\u0300-\u036f\u1680\u2000-\u200d\u2028-\u202f\u205f\u2060\u3000"
    r"\ufeff]"
)
# DuckDB puts marks in order as Python does: in time that grows as the square of how many follow one letter.
MANY_MARKS = rf"(\p{{M}}{{{bounds.MARKS}}})\p{{M}}+"
# A day with a plain clock behind it, so usual that it is cut without asking further.
CLOCKED = "[0-9/-]{10}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( (SA|CH|AM|PM))?"


def composed(sql: str) -> str:
    """As ``core.vietnamese.composed``."""
    return f"nfc_normalize(regexp_replace({sql}, {text(MANY_MARKS)}, '\\1', 'g'))"


def cleaned(sql: str) -> str:
    plain = f"regexp_replace({composed(sql)}, {re2(f'[{values.INVISIBLE}]')}, '', 'g')"
    return f"trim(regexp_replace({plain}, {re2(values.SPACES)}, ' ', 'g'))"


def folded(sql: str) -> str:
    """As ``core.vietnamese.fold`` for text that is clean."""
    return f"strip_accents(replace(lower({sql}), 'đ', 'd'))"


def text_of(column: Column, sql: str) -> str:
    """Text and codes, clean."""
    plain, suspect = cleaned(sql), UNCLEAN
    if column.type is ColumnType.TEXT:
        suspect = f"{UNCLEAN}|{values.LONG_DIGITS}|@"
        plain = f"regexp_replace({plain}, {re2(values.ADDRESS)}, '@', 'g')"
        plain = f"regexp_replace({plain}, {re2(values.LONG_DIGITS)}, '…', 'g')"
    return f"case when regexp_matches({sql}, {re2(suspect)}) then {plain} else {sql} end"


def or_nothing(column: Column, sql: str) -> str:
    """Clean text, null where it says "nothing"."""
    nothing = values.DASHES | {fold(word) for word in column.none_words} | {""}
    longest = max(LONGEST_DASH, *(len(word) for word in column.none_words), 0)
    return f"case when length({sql}) <= {longest} and {folded(sql)} in ({texts(nothing)}) then null else {sql} end"


def usual(column: Column, sql: str) -> str:
    """The value where the text is of the usual form, else null."""
    match column.type:
        case ColumnType.DAY:  # of ten characters, so that the year has four digits; what it may be is checked later
            clocked = f"length({sql}) > 10 and regexp_full_match({sql}, {text(CLOCKED)})"
            day = f"case when length({sql}) = 10 then {sql} when {clocked} then left({sql}, 10) end"
            return f"cast(coalesce(try_strptime({day}, '%d/%m/%Y'), try_strptime({day}, '%Y-%m-%d')) as date)"
        case ColumnType.NUMBER:
            parted = rf"regexp_full_match({sql}, '[1-9][0-9]{{0,2}}(\.[0-9]{{3}})+')"
            return (
                f"case when regexp_full_match({sql}, '[0-9]{{1,15}}') then try_cast({sql} as double) "
                f"when {parted} then try_cast(replace({sql}, '.', '') as double) end"
            )
        case ColumnType.COUNT:
            return f"case when regexp_full_match({sql}, '[0-9]{{1,9}}') then try_cast({sql} as bigint) end"
        case _:
            return f"cast(null as {SQL_TYPES[column.type]})"


def part(column: Column, sql: str) -> str:
    """What the reference is asked for: of a day without its clock, so that a million moments are few texts."""
    if column.type is ColumnType.DAY:
        return f"trim(regexp_replace({sql}, {re2(values.CLOCK)}, ' ', 'g'), ' ,-')"
    return sql


@dataclass
class Odd:
    """Texts of one column in unusual forms, read by the reference: a table text → value, code of what is wrong."""

    column: Column
    month_first: bool = False
    day_first: bool = False
    texts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    codes: list[str | None] = field(default_factory=list)

    @property
    def table(self) -> str:
        return name(f"odd {self.column.name}")

    def read(self, plain: str, *, is_1904: bool) -> None:
        value, code = None, None
        try:
            value = values.read(self.column, plain, is_1904=is_1904)
        except values.Unreadable as wrong:
            code = wrong.code.value
        self.texts.append(plain)
        self.values.append(value)
        self.codes.append(code)
        if self.column.type is ColumnType.DAY:
            self.month_first |= values.is_month_first(plain)
            self.day_first |= values.is_day_first(plain)


def read_odd(connection, column: Column, *, is_1904: bool) -> Odd | None:
    """Ask the reference for every text of an unusual form, each once; None where there is none. Raises Refused."""
    odd, raw = Odd(column), name(column.name)
    found = connection.execute(
        f"select distinct {part(column, raw)} from raw where {raw} is not null and {usual(column, raw)} is null"
    )
    while rows := found.fetchmany(PIECE):
        for (plain,) in rows:
            odd.read(plain, is_1904=is_1904)
    if odd.month_first and not odd.day_first:
        _check_day_first(connection, column)
    if not odd.texts:
        return None
    connection.execute(
        f"create temp table {odd.table} as select unnest(?::varchar[]) as text, "
        f"unnest(?::{SQL_TYPES[column.type]}[]) as value, unnest(?::varchar[]) as code",
        [odd.texts, odd.values, odd.codes],
    )
    return odd


def _check_day_first(connection, column: Column) -> None:
    """Some days cannot be read day first; unless others must be, the whole column is month first."""
    day = f"try_strptime({name(column.name)}, '%d/%m/%Y')"
    if connection.execute(f"select 1 from raw where day({day}) > 12 limit 1").fetchone():
        return
    sentence = _(
        "The days of “%(column)s” are written month first (month/day/year); write day/month/year.", column=column.label
    )
    raise Refused(Reason.MONTH_FIRST, sentence)
