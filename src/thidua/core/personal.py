"""Personal criteria: whom one is about, which answers there are, and which of them meet it (plan, part II.2.c)."""

from __future__ import annotations

from collections.abc import Collection

from thidua.core.plan.schema import Criterion, Obligation, Plan
from thidua.core.refusals import Denied
from thidua.core.vietnamese import fold
from thidua.core.words import _


def personal_criteria(plan: Plan, unit_kind: str) -> list[Criterion]:
    """The personal criteria that speak of people in units of this kind, in the order of the plan."""
    meant = _audiences(plan, unit_kind)
    return [each for each in plan.criteria if each.of_people and meant & set(each.audiences)]


def personal_obligations(plan: Plan, unit_kind: str, year: int) -> list[Obligation]:
    """What a unit of this kind owes for its people in a year."""
    meant = _audiences(plan, unit_kind)
    return [each for each in plan.obligations if each.year == year and meant & set(each.audiences)]


def _audiences(plan: Plan, unit_kind: str) -> set[str]:
    return {each.id for each in plan.audiences if each.personal and unit_kind in each.kinds}


def concerns(criterion: Criterion, posts: Collection[str]) -> bool:
    """Whether somebody who holds these posts in the unit is meant."""
    return bool(posts) and (not criterion.posts or bool(set(criterion.posts) & set(posts)))


def meets(criterion: Criterion, value: str) -> bool:
    return value in criterion.passing


def choice_meant(criterion: Criterion, text: str) -> str:
    """The choice that was typed, whatever its marks and case; empty stays empty ("not recorded")."""
    alike = [choice for choice in criterion.choices if fold(choice) == fold(text)]
    found = text if text in alike else alike[0] if alike else ""
    if text and not found:
        raise Denied(_("“%(value)s” is not one of: %(choices)s.", value=text, choices=", ".join(criterion.choices)))
    return found
