"""A condition of a measure after reading: a small tree of our own that the reference evaluates and engines compile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypeAlias

from thidua.core.words import Sentence, _

# Days that the evaluation gives beside the columns.
GIVEN_DAYS = ("period_start", "period_end", "until")


class Kind(StrEnum):
    """What an expression is. Numbers are compared as floating-point numbers, on every engine."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    TRUTH = "truth"

    @property
    def label(self) -> Sentence:
        return KIND_LABELS[self]


KIND_LABELS = {
    Kind.TEXT: _("a text"),
    Kind.NUMBER: _("a number"),
    Kind.DAY: _("a day"),
    Kind.TRUTH: _("yes or no"),
}


@dataclass(frozen=True)
class Literal:
    value: str | float | bool | dt.date
    kind: Kind


@dataclass(frozen=True)
class Field:
    """A column of the dataset."""

    column: str
    kind: Kind


@dataclass(frozen=True)
class Given:
    """One of ``GIVEN_DAYS``."""

    name: str
    kind: Kind = Kind.DAY


@dataclass(frozen=True)
class Sum:
    """``left + right``, or ``left - right`` where ``sign`` is -1."""

    left: Node
    sign: int
    right: Node
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class DaysBetween:
    """Days from ``start`` to ``end``; negative where the end lies before the start."""

    start: Node
    end: Node
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class Comparison:
    """``operator``: = <> < <= > >=."""

    operator: str
    left: Node
    right: Node
    kind: Kind = Kind.TRUTH


@dataclass(frozen=True)
class OneOf:
    operand: Node
    values: tuple[str | float | bool | dt.date, ...]
    kind: Kind = Kind.TRUTH


@dataclass(frozen=True)
class Is:
    """``is null`` (None), ``is true``, ``is false``: yes or no, never unknown."""

    operand: Node
    value: bool | None
    kind: Kind = Kind.TRUTH


@dataclass(frozen=True)
class Names:
    """Whether the folded text of the column contains one of the folded names; a missing text names nothing."""

    column: str
    names: tuple[str, ...]
    kind: Kind = Kind.TRUTH


@dataclass(frozen=True)
class Not:
    part: Node
    kind: Kind = Kind.TRUTH


@dataclass(frozen=True)
class And:
    left: Node
    right: Node
    kind: Kind = Kind.TRUTH


@dataclass(frozen=True)
class Or:
    left: Node
    right: Node
    kind: Kind = Kind.TRUTH


Node: TypeAlias = Literal | Field | Given | Sum | DaysBetween | Comparison | OneOf | Is | Names | Not | And | Or
ALWAYS = Literal(True, Kind.TRUTH)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for item in fields(node):
        below = getattr(node, item.name)
        if isinstance(below, Node):
            yield from walk(below)
