"""A measure as one query: the tree of its conditions made into Ibis expressions, and these into an engine's SQL.

Only what ``core.measures`` read comes so far: columns, literals and a fixed set of operators, so that no text of a plan
reaches an engine as SQL. Ibis makes the text, and the engines run it over a view named ``RECORDS``: both run the same
expression, and neither needs Ibis's own connection. The days that conditions may name are parameters of the query, so
that a measure has one text whatever the period; ``kept`` keeps it.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib import import_module
from typing import Any

from thidua.core.measures import evaluate, tree
from thidua.core.measures.schema import Cell, Measure, Period
from thidua.core.measures.tree import GIVEN_DAYS, Node
from thidua.core.records.datasets import ColumnType, Dataset

RECORDS = "records"
GIVEN = {day: f"given_{day}" for day in GIVEN_DAYS}
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
    return {**schema, **folded, "_row": "int64", "_sheet": "string", "_unit": "string"}


class Part(StrEnum):
    """Which rows of a measure are listed: all in the denominator, those that also meet the target, or the others."""

    WHOLE = "whole"
    NUMERATOR = "numerator"
    REST = "rest"


def given(period: Period, until: dt.date) -> dict[str, dt.date]:
    """The parameters of a query. ``until``: the day on which the measure is judged."""
    return {GIVEN[name]: day for name, day in evaluate.days_of(period, until).items()}


def sql(measure: Measure, dataset: Dataset, part: Part | None, dialect: str) -> str:
    """The query for the cells of a measure; with a part, for the rows behind it: every column of a batch, in no order.

    ``dialect``: Ibis's name of the engine, "duckdb" or "pyspark". Parameters: those of ``GIVEN_DAYS`` that it asks for.
    """
    expression = _cells(measure, dataset) if part is None else _rows(measure, dataset, part)
    if dialect == "pyspark":
        import_module("ibis.backends.pyspark").Backend.register_options()  # its compiler asks for them
    compiler = import_module(f"ibis.backends.sql.compilers.{dialect}").compiler
    statement = _with_parameters(_in_parentheses(compiler.to_sqlglot(expression)))
    return str(statement.sql(dialect=compiler.dialect))


def _with_parameters(statement: Any) -> Any:
    """A day that the evaluation gives is a column to Ibis, and a parameter to the engine."""
    from sqlglot import exp

    def given(node: Any) -> Any:
        is_given = isinstance(node, exp.Column) and node.name in GIVEN.values()
        return exp.Placeholder(this=node.name) if is_given else node

    return statement.transform(given)


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


def cells_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[Cell]:
    """Rows of the query: unit, scope, first day of the month, numerator, denominator, counts apart."""
    months: dict[dt.date | None, str | None] = {None: None}  # there are few, and writing one is dear
    for row in rows:
        month = row[2]
        if month not in months:
            months[month] = f"{month:%Y-%m}"
        yield Cell(row[0], row[1], months[month], row[3], row[4], row[5:])


def _table(dataset: Dataset) -> Any:
    import ibis

    return ibis.table({**schema_of(dataset), **dict.fromkeys(GIVEN.values(), "date")}, name=RECORDS)


def _cells(measure: Measure, dataset: Dataset) -> Any:
    """Rows grouped by unit, scope and month. Rows outside the rate stay, where they may count apart.

    What several conditions ask is asked once a row: each distinct part is a column of its own first.
    """
    import ibis

    table, conditions = _table(dataset), evaluate.read(measure, dataset)
    in_period = _in_period(measure.day) if measure.day else tree.ALWAYS
    whole = tree.And(in_period, tree.And(conditions.filter, conditions.denominator))
    asked = {
        "in_period": _parts(in_period),
        "whole": _parts(whole),
        "part": _parts(tree.And(whole, conditions.numerator)),
        **{f"is_{name}": _parts(each) for name, each in conditions.apart.items()},
    }
    names = {part: f"c{n}" for n, part in enumerate(dict.fromkeys(part for parts in asked.values() for part in parts))}
    nothing = ibis.null("string")
    columns = {
        "unit": table["_unit"],
        "scope": table[measure.scope] if measure.scope else nothing,
        "day": table[measure.day] if measure.day else ibis.null("date"),
        "amount": table[measure.mean_of] if measure.mean_of else nothing,
        **{name: _of(part, table) for part, name in names.items()},
    }
    rows = table.select(**columns)
    told = {key: _all([rows[names[part]] for part in parts]) for key, parts in asked.items()}
    rows = rows.select(
        "unit", "scope", "amount",
        month=ibis.ifelse(told.pop("in_period"), rows.day.truncate("M"), ibis.null("date")), **told,
    )  # fmt: skip
    amounts = {
        "numerator": rows.amount.sum(where=rows.part) if measure.mean_of else rows.count(where=rows.part),
        "denominator": rows.count(where=rows.whole),
        **{name: rows.count(where=rows[f"is_{name}"]) for name in conditions.apart},
    }
    # A sum over nothing is null.
    return rows.group_by("unit", "scope", "month").aggregate(
        **{name: amount.fill_null(0) for name, amount in amounts.items()}
    )


def _rows(measure: Measure, dataset: Dataset, part: Part) -> Any:
    import ibis

    table, conditions = _table(dataset), evaluate.read(measure, dataset)
    in_period = _in_period(measure.day) if measure.day else tree.ALWAYS
    asked = [*_parts(in_period), *_parts(conditions.filter), *_parts(conditions.denominator)]
    if part is not Part.WHOLE:
        is_met = tree.Is(conditions.numerator, True)
        asked.append(is_met if part is Part.NUMERATOR else tree.Not(is_met))
    return table.filter([_of(each, table) for each in asked] or [ibis.literal(True)])


def _in_period(column: str) -> Node:
    day = tree.Field(column, tree.Kind.DAY)
    start, end = tree.Given("period_start"), tree.Given("period_end")
    return tree.And(tree.Comparison(">=", day, start), tree.Comparison("<=", day, end))


def _parts(node: Node) -> list[Node]:
    """What must hold together: the operands of ``and``, without those that always hold."""
    if isinstance(node, tree.And):
        return [*_parts(node.left), *_parts(node.right)]
    return [] if node == tree.ALWAYS else [node]


def _all(conditions: list[Any]) -> Any:
    import ibis

    return functools.reduce(operator.and_, conditions) if conditions else ibis.literal(True)


def _day(day: dt.date) -> Any:
    import ibis

    return ibis.literal(day, type="date")


def _of(node: Node, table: Any) -> Any:
    """An Ibis expression of our tree; unknown values stay unknown, as in the reference."""
    import ibis

    match node:
        case tree.Literal():
            return _day(node.value) if isinstance(node.value, dt.date) else ibis.literal(node.value)
        case tree.Field():
            return table[node.column]
        case tree.Given():
            return table[GIVEN[node.name]]
        case tree.And():
            return _of(node.left, table) & _of(node.right, table)
        case tree.Or():
            return _of(node.left, table) | _of(node.right, table)
        case tree.Not():
            return ~_of(node.part, table)
        case tree.Is():
            return _is(_of(node.operand, table), node.value)
        case tree.Names():
            text = table[f"{node.column}_folded"]
            found = functools.reduce(operator.or_, (text.contains(name) for name in node.names))
            return found.fill_null(False)
        case tree.OneOf():
            return _of(node.operand, table).isin(list(node.values))
    return _of_two(node, table)


def _is(operand: Any, value: bool | None) -> Any:
    if value is None:
        return operand.isnull()
    return (operand if value else ~operand).fill_null(False)


def _of_two(node: tree.Comparison | tree.Sum | tree.DaysBetween, table: Any) -> Any:
    if isinstance(node, tree.DaysBetween):
        return _of(node.end, table).delta(_of(node.start, table), unit="day")
    left, right = _of(node.left, table), _of(node.right, table)
    if isinstance(node, tree.Comparison):
        return evaluate.COMPARE[node.operator](left, right)
    left, right = left.cast("float64"), right.cast("float64")
    return left + right if node.sign > 0 else left - right
