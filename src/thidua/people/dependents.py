"""What rests on a unit's last day in other rooms; they lie above this room, so they tell it."""

from __future__ import annotations

from collections.abc import Callable

from thidua.core.words import Sentence
from thidua.people.models import Unit

_checks: list[Callable[[Unit], Sentence | None]] = []


def declare(check: Callable[[Unit], Sentence | None]) -> None:
    """``check`` says in a sentence what rests on the last day of a unit, or None; called once, at start."""
    if check not in _checks:
        _checks.append(check)


def resting_on(unit: Unit) -> Sentence | None:
    """The first thing that rests on the unit's last day."""
    return next((found for check in _checks if (found := check(unit))), None)
