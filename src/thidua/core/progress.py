"""How far an initiative has come: percent done, from its milestones and their weights."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Protocol


class Milestone(Protocol):
    """What is counted of a milestone: percent done, 0 to 100, and its weight, any number above 0."""

    @property
    def percent(self) -> int: ...
    @property
    def weight(self) -> int: ...


def percent_done(milestones: Iterable[Milestone]) -> int:
    """The weighted mean of the milestones, rounded down: 100 only when every one of them is done; none give 0."""
    counted = [(Decimal(each.percent), Decimal(each.weight)) for each in milestones]
    whole = sum((weight for _percent, weight in counted), Decimal(0))
    if not whole:
        return 0
    done = sum((percent * weight for percent, weight in counted), Decimal(0))
    return int((done / whole).to_integral_value(ROUND_FLOOR))
