"""From the cells of a file to one Parquet file of valid rows and the list of what is wrong with the others.

Everything is asked of all rows at once in DuckDB: ``raw`` (texts) → ``typed`` (values) → ``wrong`` (rows with bits) and
``twice`` (rows with a code that another row has) → the file. Nothing that the dataset does not declare leaves ``raw``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from thidua.analytics import duck
from thidua.analytics.cleaning import calendar, checks, loading, twice, writing
from thidua.analytics.cleaning.checks import Check, code_of
from thidua.analytics.cleaning.findings import Findings
from thidua.analytics.cleaning.types import (
    BY_TEXT,
    or_nothing,
    part,
    read_odd,
    text_of,
    usual,
)
from thidua.analytics.duck import name
from thidua.analytics.sheets import Sheet
from thidua.core.records.datasets import Column, Dataset
from thidua.core.records.headings import choose_with, letter
from thidua.core.records.periods import Period
from thidua.core.records.problems import Code, Level, Problem, Reason, Refused, hidden_rows, labels, other_period
from thidua.core.words import Sentence, _

BATCH = "batch.parquet"
# Below this share of rows with a day in the period the year may be the wrong one.
HARDLY_ANY = 0.1


@dataclass(frozen=True)
class Whose:
    """Whose records these are, and what is said of a row with another unit's name; None where it is the unit's own."""

    code: str
    period: Period
    stranger: Callable[[str, str], Sentence | None]  # heading, text of the cell


@dataclass(frozen=True)
class Cleaned:
    """``file`` holds the ``accepted`` rows; ``stranger`` says whose they are where every row is another unit's."""

    file: Path
    columns: tuple[str, ...]
    read: int
    accepted: int
    repeated: int
    problems: list[Problem]
    stranger: Sentence | None

    @property
    def refused(self) -> int:
        return self.read - self.accepted - self.repeated


def clean(
    sheets: Sequence[Sheet],
    dataset: Dataset,
    *,
    source: Path,
    folder: Path,
    whose: Whose,
    today: dt.date,
    day_off: Callable[[dt.date], object],
) -> Cleaned:
    """Read, check and write. Raises Refused where the columns themselves cannot be right."""
    has = frozenset(each.column for sheet in sheets for each in sheet.layout.columns)
    with duck.connected(folder, [source]) as connection:
        loading.load(connection, sheets, dataset, folder)
        _check_doubled(connection, sheets, dataset)
        sayings = _read_units(connection, sheets, whose)
        odd = read_columns(connection, dataset, is_1904=any(sheet.table.is_1904 for sheet in sheets))
        calendar.count_days(connection, dataset, has, day_off)
        every = [_stranger_check(), *checks.checks(dataset, odd, has, today)]
        _mark_wrong(connection, every)
        read, strange = _count_read(connection)
        error_bits = checks.of_level(every, Level.ERROR)
        repeated = twice.mark(connection, dataset, has, error_bits=error_bits)
        connection.execute(
            f"create temp table refused as select id from wrong where bits & {error_bits} <> 0 "
            "union select id from twice"
        )
        accepted = writing.write(connection, dataset, whose.code, whose.period.name, folder / BATCH)
        of_all = [*_of_sheets(sheets), *_of_period(connection, dataset, has, whose.period, folder / BATCH)]
        problems = [*of_all, *Findings(connection, every).listed(sayings)]
    in_order = tuple(column.name for column in dataset.columns if column.name in has)
    stranger = sayings[0] if read and strange == read else None
    return Cleaned(folder / BATCH, in_order, read, accepted, repeated, problems, stranger)


def _count_read(connection) -> tuple[int, int]:
    """All rows, and those of other units."""
    (read,) = connection.execute("select count(*) from typed").fetchone()
    (strange,) = connection.execute("select count(*) from wrong where _stranger is not null").fetchone()
    return read, strange


def read_columns(connection, dataset: Dataset, *, is_1904: bool) -> frozenset[str]:
    """Make ``typed``, row by row in the order of the file; gives the columns with texts that the reference read."""
    read = [read_odd(connection, c, is_1904=is_1904) for c in dataset.columns if c.type in BY_TEXT]
    odd = frozenset(each.column.name for each in read if each)
    clean = [sql for column in dataset.columns for sql in _clean(column, column.name in odd)]
    joins = [f"left join {each.table} on {each.table}.text = {left_over(each.column)}" for each in read if each]
    values = [sql for column in dataset.columns for sql in _typed(column, column.name in odd)]
    connection.execute(
        "create temp table typed as with clean as "
        f"(select _id, _row, _sheet, {loading.UNIT}, {', '.join(clean)} from raw) "
        f"select _id, _row, _sheet, units.id as _stranger, {', '.join(values)} from clean "
        f"left join units on units.text = {loading.UNIT} {' '.join(joins)}"
    )
    connection.execute("drop view raw")
    connection.execute("drop table cells")
    return odd


def _clean(column: Column, is_odd: bool) -> list[str]:
    """The value where the text is usual, and, where it is not, what the reference was asked."""
    here = name(column.name)
    if column.type not in BY_TEXT:
        return [f"{text_of(column, here)} as {here}"]
    value = usual(column, here)
    asked = f"case when {value} is null then {part(column, here)} end as {left_over(column)}"
    return [f"{value} as {here}", *([asked] if is_odd else [])]


def _typed(column: Column, is_odd: bool) -> list[str]:
    here = f"clean.{name(column.name)}"
    if column.type not in BY_TEXT:
        return [f"{or_nothing(column, here)} as {name(column.name)}"]
    if not is_odd:
        return [f"{here} as {name(column.name)}"]
    table = name(f"odd {column.name}")
    return [f"coalesce({here}, {table}.value) as {name(column.name)}", f"{table}.code as {code_of(column)}"]


def left_over(column: Column) -> str:
    return name(f"{column.name} text!")


def _read_units(connection, sheets: Sequence[Sheet], whose: Whose) -> list[Sentence]:
    """Make ``units``: the texts that name another unit, numbered; gives what is said of each."""
    heading = next((sheet.layout.unit[1] for sheet in sheets if sheet.layout.unit), "")
    found = connection.execute(f"select distinct {loading.UNIT} from raw where {loading.UNIT} is not null").fetchall()
    strangers = {text: said for (text,) in found if (said := whose.stranger(heading, text))}
    connection.execute(
        "create temp table units as select unnest(?::varchar[]) as text, unnest(range(?)) as id",
        [list(strangers), len(strangers)],
    )
    return list(strangers.values())


def _stranger_check() -> Check:
    sentence = _("The row belongs to another unit.")
    return Check("", Level.ERROR, Code.OTHER_UNIT, sentence, "_stranger is not null")


def _mark_wrong(connection, every: list[Check]) -> None:
    connection.execute(
        "create temp table wrong as select * from (select _id as id, _row, _sheet, _stranger, "
        f"{checks.mask(every)} as bits from typed) where bits <> 0"
    )


def _check_doubled(connection, sheets: Sequence[Sheet], dataset: Dataset) -> None:
    """Two headings for one column are no harm while the cells below them are the same."""
    for sheet in sheets:
        for each in sheet.layout.columns:
            if not each.also:
                continue
            one, other = name(each.column), name(f"{each.column} {loading.AGAIN}")
            if connection.execute(f"select 1 from raw where {one} is distinct from {other} limit 1").fetchone():
                raise _doubled(sheet, each, dataset)


def _doubled(sheet: Sheet, each, dataset: Dataset) -> Refused:
    places = [each.at, *each.also]
    values = {
        "column": labels((dataset.column(each.column).label,)),
        "places": ", ".join(letter(at) for at in places),
    }
    options = ", ".join(f"--map {letter(at)}={each.column}" for at in places)
    sentence = _("Columns %(places)s both are %(column)s and differ.", **values)
    return Refused(Reason.DOUBLED_COLUMN, sentence, choose_with(options))


def _of_sheets(sheets: Sequence[Sheet]) -> list[Problem]:
    return [
        Problem(sheet.table.sheet, None, "", Level.WARNING, Code.HIDDEN_ROWS, hidden_rows(sheet.table.hidden_rows))
        for sheet in sheets
        if sheet.table.hidden_rows
    ]


def _of_period(connection, dataset: Dataset, has: frozenset[str], period: Period, batch: Path) -> list[Problem]:
    """A file of another year is taken, as rows outside the period are; but it may be the year that is wrong."""
    inside = [
        f"{name(day)} between date '{period.start}' and date '{period.end}'" for day in dataset.dated if day in has
    ]
    if not inside:
        return []
    counted = f"select count(*), count(*) filter (where {' or '.join(inside)}) from read_parquet(?)"
    count, within = connection.execute(counted, [str(batch)]).fetchone()
    if within >= count * HARDLY_ANY:
        return []
    return [Problem("", None, "", Level.WARNING, Code.OTHER_PERIOD, other_period(count, within, period.name))]
