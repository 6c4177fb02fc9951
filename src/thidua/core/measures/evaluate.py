"""The reference: a measure over rows in plain Python. Engines count the same cells; what is made of cells is here."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thidua.core.measures import tree
from thidua.core.measures.language import parse
from thidua.core.measures.schema import Cell, Count, Measure, Period
from thidua.core.measures.tree import Node
from thidua.core.records.datasets import Dataset
from thidua.core.vietnamese import fold

COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SCOPE_LENGTH = 200  # characters of a scope that tell it apart and are kept
Row = Mapping[str, Any]
Days = Mapping[str, dt.date]


@dataclass(frozen=True)
class Conditions:
    """The conditions of a measure, read."""

    filter: Node
    denominator: Node
    numerator: Node
    apart: Mapping[str, Node]

    @property
    def ask_until(self) -> bool:
        """Whether the day on which the measure is judged changes what it counts."""
        return any(isinstance(node, tree.Given) and node.name == "until" for node in self._nodes)

    @property
    def columns(self) -> set[str]:
        """The columns that they ask for."""
        return {node.column for node in self._nodes if isinstance(node, tree.Field | tree.Names)}

    @property
    def _nodes(self) -> Iterator[Node]:
        roots = (self.filter, self.denominator, self.numerator, *self.apart.values())
        return (node for root in roots for node in tree.walk(root))


def names_apart(measure: Measure) -> list[str]:
    """In the order of ``Cell.apart``. The database keeps a plan's keys in another one; equal measures count alike."""
    return sorted(measure.apart)


@functools.lru_cache(maxsize=256)
def read(measure: Measure, dataset: Dataset) -> Conditions:
    """Raises NotAllowed where a condition is not of the language; the check of a plan names the place."""
    return Conditions(
        filter=parse(measure.filter, dataset),
        denominator=parse(measure.denominator, dataset),
        numerator=parse(measure.numerator, dataset),
        apart={name: parse(measure.apart[name], dataset) for name in names_apart(measure)},
    )


def days_of(period: Period, until: dt.date) -> dict[str, dt.date]:
    """The days that conditions may name."""
    return {"period_start": period.start, "period_end": period.end, "until": until}


def evaluate(measure: Measure, dataset: Dataset, rows: Iterable[Row], period: Period, until: dt.date) -> list[Count]:
    """By unit, scope and month with their totals (see ``rolled_up``). A row is column → value, None where it has none,
    and ``_unit`` → the code of its unit."""
    return rolled_up(measure, cells(measure, dataset, rows, period, until))


def cells(measure: Measure, dataset: Dataset, rows: Iterable[Row], period: Period, until: dt.date) -> Iterable[Cell]:
    """One cell a row: nothing is grouped here, so that this stays as plain as the definition."""
    conditions, days = read(measure, dataset), days_of(period, until)
    for row in rows:
        day = row.get(measure.day) if measure.day else None
        inside = not measure.day or (day is not None and period.start <= day <= period.end)
        in_whole = inside and all(holds(each, row, days) for each in (conditions.filter, conditions.denominator))
        in_part = in_whole and holds(conditions.numerator, row, days)
        amount = float(row.get(measure.mean_of) or 0) if measure.mean_of else 1
        yield Cell(
            unit=row["_unit"],
            scope=row.get(measure.scope) if measure.scope else None,
            month=f"{day:%Y-%m}" if day is not None and inside else None,
            numerator=amount if in_part else 0,
            denominator=int(in_whole),
            apart=tuple(int(holds(each, row, days)) for each in conditions.apart.values()),
        )


def rolled_up(measure: Measure, cells: Iterable[Cell]) -> list[Count]:
    """Totals of units, of their scopes, of months, and of months within scopes; in this order of unit, scope, month.

    Texts of a scope that differ only in marks, case and spaces are one, shown as the first of them in code-point order.
    A scope or month in which nothing is counted is left out; the whole of a unit is always there.
    """
    sums: dict[tuple[str, str | None, str | None], list[float]] = {}
    labels: dict[tuple[str, str], str] = {}
    size = 2 + len(measure.apart)
    for cell in cells:
        scopes: tuple[str | None, ...] = (None,)
        if measure.scope:
            label = (cell.scope or "")[:SCOPE_LENGTH]
            folded = fold(label)
            scopes = (None, folded)
            labels[cell.unit, folded] = min(labels.get((cell.unit, folded), label), label)
        found = (cell.numerator, cell.denominator, *cell.apart)
        for scope in scopes:
            for month in {None, cell.month}:
                total = sums.setdefault((cell.unit, scope, month), [0] * size)
                for n, amount in enumerate(found):
                    total[n] += amount
    shown = [key for key, total in sums.items() if key[1:] == (None, None) or any(total)]
    ordered = sorted(shown, key=lambda key: (key[0], key[1] is not None, key[1] or "", key[2] or ""))
    return [_count(measure, key, sums[key], labels) for key in ordered]


def _count(
    measure: Measure, key: tuple[str, str | None, str | None], total: list[float], labels: Mapping[tuple[str, str], str]
) -> Count:
    unit, scope, month = key
    numerator, denominator, *apart = total
    return Count(
        unit=unit,
        scope=None if scope is None else labels[unit, scope],
        month=month,
        numerator=numerator / measure.out_of if measure.mean_of else numerator,
        denominator=denominator,
        apart={name: int(amount) for name, amount in zip(names_apart(measure), apart, strict=True)},
    )


def holds(node: Node, row: Row, days: Days) -> bool:
    """Whether a condition is true of a row; an unknown one is not."""
    return value_of(node, row, days) is True


def value_of(node: Node, row: Row, days: Days) -> Any:
    """The value of an expression, with SQL's three values for truth: None is unknown."""
    match node:
        case tree.Literal():
            return node.value
        case tree.Field():
            return row.get(node.column)
        case tree.Given():
            return days[node.name]
        case tree.And():
            return _and(value_of(node.left, row, days), value_of(node.right, row, days))
        case tree.Or():
            left, right = value_of(node.left, row, days), value_of(node.right, row, days)
            return _not(_and(_not(left), _not(right)))
        case tree.Not():
            return _not(value_of(node.part, row, days))
        case tree.Is():
            return value_of(node.operand, row, days) is node.value
        case tree.Names():
            text = fold(row.get(node.column) or "")
            return any(name in text for name in node.names)
        case tree.OneOf():
            value = value_of(node.operand, row, days)
            return None if value is None else value in node.values
    return _of_two(node, row, days)


def _of_two(node: tree.Comparison | tree.Sum | tree.DaysBetween, row: Row, days: Days) -> Any:
    """Expressions of two values that are unknown as soon as one of them is."""
    match node:
        case tree.DaysBetween():
            start, end = value_of(node.start, row, days), value_of(node.end, row, days)
            return None if start is None or end is None else (end - start).days
    left, right = value_of(node.left, row, days), value_of(node.right, row, days)
    if left is None or right is None:
        return None
    if isinstance(node, tree.Sum):
        return float(left) + node.sign * float(right)
    return COMPARE[node.operator](left, right)


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
