"""A measure as one query: the tree of its conditions made into Ibis expressions, and these into an engine's SQL.

Only what ``core.measures`` read comes so far: columns, literals and a fixed set of operators, so that no text of a plan
reaches an engine as SQL. Ibis makes the text, and the engines run it over a view named ``RECORDS``: both run the same
expression, and neither needs Ibis's own connection.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from thidua.core.measures import evaluate, tree
from thidua.core.measures.schema import Cell, Measure, Period
from thidua.core.measures.tree import Node
from thidua.core.records.datasets import ColumnType, Dataset

RECORDS = "records"
TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.CODE: "string",
    ColumnType.CHOICE: "string",
    ColumnType.DAY: "date",
    ColumnType.NUMBER: "float64",
    ColumnType.COUNT: "int64",
    ColumnType.YES_NO: "boolean",
}


def schema_of(dataset: Dataset) -> dict[str, str]:
    """Column → Ibis type of a batch (ADR 9), as far as measures ask for it."""
    schema = {column.name: TYPES[column.type] for column in dataset.columns}
    folded = {f"{column.name}_folded": "string" for column in dataset.columns if column.is_named}
    return {**schema, **folded, "_unit": "string"}


@functools.lru_cache(maxsize=256)
def sql(measure: Measure, dataset: Dataset, period: Period, until: dt.date, dialect: str) -> str:
    """The query for the cells of a measure; ``dialect``: Ibis's name of the engine, "duckdb" or "pyspark"."""
    if dialect == "pyspark":
        import_module("ibis.backends.pyspark").Backend.register_options()  # its compiler asks for them
    compiler = import_module(f"ibis.backends.sql.compilers.{dialect}").compiler
    statement = compiler.to_sqlglot(_cells(measure, dataset, period, until))
    return str(_in_parentheses(statement).sql(dialect=compiler.dialect))


def _in_parentheses(statement: Any) -> Any:
    """Ibis writes ``NOT x IS NULL`` for ``(NOT x) IS NULL``: what stands inside another question gets parentheses."""
    from sqlglot import exp

    inner = (exp.In, exp.Is, exp.Not, exp.Between)
    for node in reversed(list(statement.find_all(*inner, bfs=False))):  # the innermost first
        if isinstance(node.parent, exp.Binary | exp.Not | exp.In | exp.Between) and not isinstance(
            node.parent, exp.Connector
        ):
            node.replace(exp.Paren(this=node.copy()))
    return statement


def cell_of(row: tuple[Any, ...]) -> Cell:
    """A row of the query: unit, scope, first day of the month, numerator, denominator, counts apart."""
    unit, scope, month, *amounts = row
    numerator, denominator, *apart = (amount or 0 for amount in amounts)  # a sum over nothing is null
    return Cell(unit, scope, f"{month:%Y-%m}" if month else None, numerator, denominator, tuple(apart))


def _cells(measure: Measure, dataset: Dataset, period: Period, until: dt.date) -> Any:
    """Rows grouped by unit, scope and month. Rows outside the rate stay, where they may count apart."""
    import ibis

    table = ibis.table(schema_of(dataset), name=RECORDS)
    conditions, reading = evaluate.read(measure, dataset), _Compiling(table, evaluate.days_of(period, until))
    day = table[measure.day] if measure.day else None
    in_period = [] if day is None else [day.between(_day(period.start), _day(period.end))]
    whole = _all([*in_period, *reading.each(conditions.filter, conditions.denominator)])
    columns = {
        "unit": table["_unit"],
        "scope": table[measure.scope] if measure.scope else ibis.null("string"),
        "month": ibis.null("date")
        if day is None
        else ibis.ifelse(_all(in_period), day.truncate("M"), ibis.null("date")),
        "whole": whole,
        "part": _all([whole, *reading.each(conditions.numerator)]),
        **{f"is_{name}": reading.of(each) for name, each in conditions.apart.items()},
    }
    if measure.mean_of:
        columns["amount"] = table[measure.mean_of]
    rows = table.select(**columns)
    amounts = {
        "numerator": rows.amount.sum(where=rows.part) if measure.mean_of else rows.count(where=rows.part),
        "denominator": rows.count(where=rows.whole),
        **{name: rows.count(where=rows[f"is_{name}"]) for name in conditions.apart},
    }
    return rows.group_by("unit", "scope", "month").aggregate(**amounts)


def _all(conditions: list[Any]) -> Any:
    import ibis

    return functools.reduce(operator.and_, conditions) if conditions else ibis.literal(True)


def _day(day: dt.date) -> Any:
    import ibis

    return ibis.literal(day, type="date")


class _Compiling:
    """Makes Ibis expressions of our tree; unknown values stay unknown, as in the reference."""

    def __init__(self, table: Any, days: Mapping[str, dt.date]):
        self.table = table
        self.days = days

    def each(self, *nodes: Node) -> list[Any]:
        """Those that say something."""
        return [self.of(node) for node in nodes if node != tree.ALWAYS]

    def of(self, node: Node) -> Any:
        import ibis

        match node:
            case tree.Literal():
                return _day(node.value) if isinstance(node.value, dt.date) else ibis.literal(node.value)
            case tree.Field():
                return self.table[node.column]
            case tree.Given():
                return _day(self.days[node.name])
            case tree.And():
                return self.of(node.left) & self.of(node.right)
            case tree.Or():
                return self.of(node.left) | self.of(node.right)
            case tree.Not():
                return ~self.of(node.part)
            case tree.Is():
                return self._is(node)
            case tree.Names():
                text = self.table[f"{node.column}_folded"]
                found = functools.reduce(operator.or_, (text.contains(name) for name in node.names))
                return found.fill_null(False)
            case tree.OneOf():
                return self.of(node.operand).isin(list(node.values))
        return self._of_two(node)

    def _is(self, node: tree.Is) -> Any:
        operand = self.of(node.operand)
        if node.value is None:
            return operand.isnull()
        return (operand if node.value else ~operand).fill_null(False)

    def _of_two(self, node: tree.Comparison | tree.Sum | tree.DaysBetween) -> Any:
        if isinstance(node, tree.DaysBetween):
            return self.of(node.end).delta(self.of(node.start), unit="day")
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node, tree.Comparison):
            return evaluate.COMPARE[node.operator](left, right)
        left, right = left.cast("float64"), right.cast("float64")
        return left + right if node.sign > 0 else left - right
