"""Figures as Excel sheets: one criterion over all units, each step of the explorer, the people of one unit."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from thidua.core.figures import target
from thidua.core.records.datasets import Column as DataColumn
from thidua.core.records.datasets import ColumnType, Dataset
from thidua.core.units import UnitKind
from thidua.core.vietnamese import day, number
from thidua.exchange.workbook import Column
from thidua.reports.queries import Card, Grid
from thidua.reports.queries.explorer import By, Slice

KINDS = {ColumnType.DAY: "date", ColumnType.NUMBER: "number", ColumnType.COUNT: "number"}


def figure_columns() -> list[Column]:
    return [
        Column(_("Unit code"), 16),
        Column(_("Unit"), 48),
        Column(_("Field"), 30),
        Column(_("Declared numerator"), 14, "number"),
        Column(_("Declared denominator"), 14, "number"),
        Column(_("Checked numerator"), 14, "number"),
        Column(_("Checked denominator"), 14, "number"),
        Column(_("Accepted numerator"), 14, "number"),
        Column(_("Accepted denominator"), 14, "number"),
        Column(_("Explanation"), 60),
    ]


def figure_rows(figures):
    for each in figures:
        yield (
            each.unit.code,
            each.unit.name,
            each.scope,
            each.numerator,
            each.denominator,
            each.checked_numerator,
            each.checked_denominator,
            each.accepted_numerator,
            each.accepted_denominator,
            each.explanation,
        )


def people_columns(grid: Grid) -> list[Column]:
    """The columns that the import reads (reports.bulk.headings)."""
    return [
        Column(_("Sign-in name"), 20),
        Column(_("Full name"), 30),
        Column(_("Position"), 24),
        *(Column(each.short, 24, choices=each.choices) for each in grid.criteria),
        *(Column(_("Note: %(criterion)s") % {"criterion": each.short}, 24) for each in grid.criteria),
    ]


def people_rows(grid: Grid):
    for row in grid.rows:
        person = row.person
        values, notes = [cell.value for cell in row.cells], [cell.note for cell in row.cells]
        yield (person.username, person.full_name, person.title, *values, *notes)


def card_columns() -> list[Column]:
    return [
        Column(_("Criterion"), 48),
        Column(_("Field"), 30),
        Column(_("Numerator"), 14, "number"),
        Column(_("Denominator"), 14, "number"),
        Column(_("Share"), 12, "percent"),
        Column(_("Target"), 18),
        Column(_("Result"), 18),
        Column(_("Source"), 30),
        Column(_("Declared"), 16),
        Column(_("From records"), 16),
    ]


def card_rows(card: Card) -> Iterator[tuple[object, ...]]:
    for row in card.rows:
        value = row.value
        result = str(value.verdict.label) if value.verdict else ""
        numbers = (value.numerator, value.denominator, value.share, str(target(value.criterion)))
        yield (value.criterion.short, value.named, *numbers, result, value.told, row.declared, row.counted)


def part_columns(by: By | None) -> list[Column]:
    of_units = [Column(_("Unit code"), 16), Column(_("Kind of unit"), 36)] if by is By.UNIT else []
    ranked = [Column(_("Rank among its kind"), 14, "number")] if by is By.UNIT else []
    return [
        *of_units,
        Column(str(by.noun) if by else _("Part"), 48),
        Column(_("Numerator"), 14, "number"),
        Column(_("Denominator"), 14, "number"),
        Column(_("Share"), 12, "percent"),
        Column(_("Interval from"), 12, "percent"),
        Column(_("Interval to"), 12, "percent"),
        Column(_("Result"), 18),
        Column(_("Source"), 30),
        *ranked,
    ]


def part_rows(parts: Iterable[Slice], by: By | None) -> Iterator[tuple[object, ...]]:
    for part in parts:
        of_unit = (part.key, str(UnitKind(part.group).label)) if by is By.UNIT else ()
        ranked = (part.rank,) if by is By.UNIT else ()
        shares = (part.numerator, part.denominator, part.share, *(part.interval or (None, None)))
        result = str(part.verdict.label) if part.verdict else ""
        yield (*of_unit, part.label, *shares, result, part.source, *ranked)


def row_columns(dataset: Dataset) -> list[Column]:
    columns = [Column(str(each.label), kind=KINDS.get(each.type, "text")) for each in dataset.columns]
    return [Column(_("Unit code"), 16), *columns, Column(_("Sheet")), Column(_("Row"), 8, "number")]


def rows(dataset: Dataset, found: Iterable[Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    for row in found:
        values = (_word(each, row[each.name]) for each in dataset.columns)
        yield (row["_unit"], *values, row["_sheet"], row["_row"])


def cells(columns: Sequence[DataColumn], row: Mapping[str, Any]) -> list[tuple[DataColumn, str]]:
    """The values of a row as a page shows them."""
    return [(each, _shown(_word(each, row[each.name]))) for each in columns]


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, int | float):
        return number(value)
    return value or "–"


def _word(column: DataColumn, value: Any) -> Any:
    """A choice by the first of the words that mean it, yes and no in words; days and numbers as they are."""
    if column.choices and value in column.choices:
        return column.choices[value][0].capitalize()
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value
