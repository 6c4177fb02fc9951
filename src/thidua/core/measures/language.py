"""The language of conditions: a small part of SQL expressions, over the columns of one dataset.

    returned <= due and not names(field, 'khiếu nại', 'tố cáo')
    status is null or status not in ('withdrawn', 'not_accepted')
    days_between(due, returned) > 3 or returned >= date '2023-07-01'

Columns, texts, numbers, days, ``true`` and ``false``; ``and or not``, ``= <> < <= > >=``, ``in (…)``, ``between``,
``is null | true | false``, ``+ -`` on numbers; ``days_between(start, end)``, ``names(column, 'name', …)``; the days
``period_start``, ``period_end`` and ``until``. Whatever is not named here is refused; a column whose name is a word of
SQL stands in "double quotes". Unknown values behave as in SQL: a row counts only where its condition is true.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from typing import Any

from thidua.core.measures import tree
from thidua.core.measures.tree import ALWAYS, GIVEN_DAYS, Kind, Node
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.refusals import Denied
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence, _

LONGEST = 2000  # characters of one condition
FUNCTIONS = ("days_between", "names")
COMPARISONS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
KINDS = {
    ColumnType.TEXT: Kind.TEXT,
    ColumnType.CODE: Kind.TEXT,
    ColumnType.CHOICE: Kind.TEXT,
    ColumnType.DAY: Kind.DAY,
    ColumnType.NUMBER: Kind.NUMBER,
    ColumnType.COUNT: Kind.NUMBER,
    ColumnType.YES_NO: Kind.TRUTH,
}


class NotAllowed(Denied):
    """A condition that says what the language cannot; ``code`` names the kind of fault for machines."""

    sentence: Sentence

    def __init__(self, code: str, sentence: Sentence):
        super().__init__(sentence)
        self.code = code


@lru_cache(maxsize=512)  # a plan is read again and again, its conditions are the same
def parse(text: str, dataset: Dataset) -> Node:
    """The tree of a condition; an empty one always holds. Raises NotAllowed with a sentence that names the fault."""
    if not text.strip():
        return ALWAYS
    try:
        return _Reading(dataset).condition(_expression(text))
    except RecursionError as error:
        raise NotAllowed("syntax", _("The condition is nested too deeply.")) from error


def _expression(text: str) -> Any:
    """What sqlglot makes of the text: one expression, without casts, or NotAllowed."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    if len(text) > LONGEST:
        raise NotAllowed("length", _("This is longer than %(longest)s characters.", longest=LONGEST))
    try:
        tokens = sqlglot.tokenize(text)
        statements = sqlglot.parse(text)
    except SqlglotError as error:
        raise NotAllowed("syntax", _unreadable(text, error)) from error
    for token in tokens:
        # ``date '2023-01-01'`` is read as a cast as well, so casts are told by how they are written.
        if token.token_type.name == "DCOLON" or (token.token_type.name != "STRING" and "CAST" in token.text.upper()):
            raise _not_allowed(token.text)
    if len(statements) != 1 or statements[0] is None:
        raise _not_allowed(text)
    return statements[0]


def _unreadable(text: str, error: Exception) -> Sentence:
    found = getattr(error, "errors", None) or [{}]
    column = found[0].get("col")
    if not column:
        return _("The condition “%(text)s” cannot be read.", text=_cut(text))
    return _("The condition “%(text)s” cannot be read from character %(place)s on.", text=_cut(text), place=column)


def _not_allowed(what: str) -> NotAllowed:
    return NotAllowed("not-allowed", _("“%(text)s” is not allowed in a condition.", text=_cut(what)))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


class _Reading:
    """Makes our tree of sqlglot's; every kind of expression has a method ``_on_<its key>``, others are refused."""

    def __init__(self, dataset: Dataset):
        self.dataset = dataset

    def condition(self, node: Any) -> Node:
        """An expression that is true, false or unknown."""
        return self._of_kind(node, Kind.TRUTH)

    def _of_kind(self, node: Any, kind: Kind) -> Node:
        read = self._day_if(self._read(node), kind, node)
        if read.kind is not kind:
            sentence = _(
                "“%(text)s” is %(kind)s; %(wanted)s is needed here.",
                text=_cut(node.sql()),
                kind=read.kind.label,
                wanted=kind.label,
            )
            raise NotAllowed("type", sentence)
        return read

    def _read(self, node: Any) -> Node:
        handler = getattr(self, f"_on_{node.key}", None)
        if handler is None:
            raise self._unknown(node)
        read: Node = handler(node)
        return read

    def _unknown(self, node: Any) -> NotAllowed:
        from sqlglot import exp

        text = _cut(node.sql())
        if isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
            return NotAllowed(
                "division", _("“%(text)s” divides; a measure only counts, the share follows from it.", text=text)
            )
        if isinstance(node, exp.Null):
            return NotAllowed("null", _("Write “is null” to ask for what is missing."))
        if isinstance(node, exp.Func) and not isinstance(node, exp.Subquery | exp.Exists):
            return self._no_function(node.sql_name().lower())
        return _not_allowed(text)

    def _no_function(self, name: str) -> NotAllowed:
        known = ", ".join(FUNCTIONS)
        sentence = _("There is no function “%(name)s”. Known: %(known)s.", name=_cut(name), known=known)
        return NotAllowed("unknown-function", sentence)

    def _column(self, node: Any) -> Column:
        if node.key != "column" or node.args.get("table") or node.this.key != "identifier":
            raise _not_allowed(node.sql())
        found = self.dataset.column(node.name)
        if found is None:
            sentence = _(
                "There is no column “%(name)s” in “%(dataset)s”. Known: %(known)s.",
                name=_cut(node.name),
                dataset=self.dataset.id,
                known=", ".join(column.name for column in self.dataset.columns),
            )
            raise NotAllowed("unknown-column", sentence)
        return found

    def _on_paren(self, node: Any) -> Node:
        return self._read(node.this)

    def _on_and(self, node: Any) -> Node:
        return tree.And(self.condition(node.this), self.condition(node.expression))

    def _on_or(self, node: Any) -> Node:
        return tree.Or(self.condition(node.this), self.condition(node.expression))

    def _on_not(self, node: Any) -> Node:
        return tree.Not(self.condition(node.this))

    def _on_column(self, node: Any) -> Node:
        if node.name in GIVEN_DAYS and not node.args.get("table"):
            return tree.Given(node.name)
        column = self._column(node)
        return tree.Field(column.name, KINDS[column.type])

    def _on_literal(self, node: Any) -> Node:
        if node.is_string:
            return tree.Literal(node.this, Kind.TEXT)
        number = float(node.this)
        if not math.isfinite(number):
            raise _not_allowed(node.this)
        return tree.Literal(number, Kind.NUMBER)

    def _on_boolean(self, node: Any) -> Node:
        return tree.Literal(bool(node.this), Kind.TRUTH)

    def _on_neg(self, node: Any) -> Node:
        number = self._of_kind(node.this, Kind.NUMBER)
        if isinstance(number, tree.Literal):
            return tree.Literal(-float(str(number.value)), Kind.NUMBER)
        return tree.Sum(tree.Literal(0.0, Kind.NUMBER), -1, number)

    def _on_cast(self, node: Any) -> Node:
        """Only ``date '2023-01-01'``: casts by name never come so far."""
        if node.to.sql().upper() != "DATE" or node.this.key != "literal" or not node.this.is_string:
            raise _not_allowed(node.sql())
        return _day(node.this.this)

    def _on_add(self, node: Any) -> Node:
        return tree.Sum(self._of_kind(node.this, Kind.NUMBER), 1, self._of_kind(node.expression, Kind.NUMBER))

    def _on_sub(self, node: Any) -> Node:
        return tree.Sum(self._of_kind(node.this, Kind.NUMBER), -1, self._of_kind(node.expression, Kind.NUMBER))

    def _compared(self, node: Any) -> Node:
        operator = COMPARISONS[node.key]
        left, right = self._read(node.this), self._read(node.expression)
        left, right = self._day_if(left, right.kind, node.this), self._day_if(right, left.kind, node.expression)
        self._check_comparable(node, left, right)
        if left.kind in (Kind.TEXT, Kind.TRUTH) and operator not in ("=", "<>"):
            raise NotAllowed("type", _("“%(text)s”: only numbers and days have an order.", text=_cut(node.sql())))
        self._check_choice(left, right)
        self._check_choice(right, left)
        return tree.Comparison(operator, left, right)

    _on_eq = _on_neq = _on_lt = _on_lte = _on_gt = _on_gte = _compared

    def _on_between(self, node: Any) -> Node:
        operand = self._read(node.this)
        if node.args.get("symmetric") or operand.kind not in (Kind.NUMBER, Kind.DAY):
            raise NotAllowed("type", _("“%(text)s”: only numbers and days have an order.", text=_cut(node.sql())))
        low, high = (self._of_kind(node.args[key], operand.kind) for key in ("low", "high"))
        return tree.And(tree.Comparison(">=", operand, low), tree.Comparison("<=", operand, high))

    def _on_in(self, node: Any) -> Node:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field") or not node.expressions:
            raise _not_allowed(node.sql())
        operand = self._read(node.this)
        if operand.kind is Kind.TRUTH:
            raise NotAllowed("type", _("“%(text)s”: yes or no is asked without “in”.", text=_cut(node.sql())))
        values = []
        for each in node.expressions:
            value = self._day_if(self._read(each), operand.kind, each)
            self._check_comparable(node, operand, value)
            self._check_choice(operand, value)
            if not isinstance(value, tree.Literal):
                raise _not_allowed(each.sql())
            values.append(value.value)
        return tree.OneOf(operand, tuple(values))

    def _on_is(self, node: Any) -> Node:
        if node.expression.key == "null":
            return tree.Is(self._read(node.this), None)
        if node.expression.key != "boolean":
            raise _not_allowed(node.sql())
        return tree.Is(self.condition(node.this), bool(node.expression.this))

    def _on_anonymous(self, node: Any) -> Node:
        name = str(node.this).lower()
        if name == "names":
            return self._names(node)
        if name != "days_between":
            raise self._no_function(name)
        if len(node.expressions) != 2:
            raise NotAllowed("arguments", _("“days_between” takes two days."))
        start, end = (self._of_kind(each, Kind.DAY) for each in node.expressions)
        return tree.DaysBetween(start, end)

    def _names(self, node: Any) -> Node:
        column, *names = node.expressions or [None]
        if not names or any(each.key != "literal" or not each.is_string or not fold(each.this) for each in names):
            raise NotAllowed("arguments", _("“names” takes a column and one or more names."))
        found = self._column(column)
        if not found.is_named:
            named = ", ".join(each.name for each in self.dataset.columns if each.is_named) or "–"
            sentence = _("“names” cannot ask the column “%(name)s”. Known: %(known)s.", name=found.name, known=named)
            raise NotAllowed("type", sentence)
        return tree.Names(found.name, tuple(fold(each.this) for each in names))

    def _day_if(self, read: Node, kind: Kind, node: Any) -> Node:
        """A text beside a day is read as a day."""
        if kind is Kind.DAY and isinstance(read, tree.Literal) and read.kind is Kind.TEXT:
            return _day(str(read.value))
        return read

    def _check_comparable(self, node: Any, left: Node, right: Node) -> None:
        if left.kind is not right.kind:
            sentence = _(
                "“%(text)s” compares %(left)s with %(right)s.",
                text=_cut(node.sql()),
                left=left.kind.label,
                right=right.kind.label,
            )
            raise NotAllowed("type", sentence)

    def _check_choice(self, field: Node, value: Node) -> None:
        """A column that holds one of some words is compared with these only."""
        if not isinstance(field, tree.Field) or not isinstance(value, tree.Literal):
            return
        column = self.dataset.column(field.column)
        if column and column.type is ColumnType.CHOICE and value.value not in column.choices:
            sentence = _(
                "“%(value)s” is no value of the column “%(name)s”. Known: %(known)s.",
                value=_cut(str(value.value)),
                name=column.name,
                known=", ".join(column.choices),
            )
            raise NotAllowed("unknown-value", sentence)


def _day(text: str) -> Node:
    try:
        if len(text) != len("2023-12-31"):
            raise ValueError(text)
        return tree.Literal(dt.date.fromisoformat(text), Kind.DAY)
    except ValueError as error:
        raise NotAllowed("day", _("“%(text)s” is no day; write it like 2023-12-31.", text=_cut(text))) from error
