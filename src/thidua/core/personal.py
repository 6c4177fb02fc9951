"""Personal criteria: whom one is about, which answers there are, and which of them meet it (plan, part II.2.c)."""

from __future__ import annotations

from collections.abc import Collection

from thidua.core.plan.schema import Criterion, Obligation, Plan
from thidua.core.words import Sentence, _


def personal_criteria(plan: Plan, unit_kind: str) -> list[Criterion]:
    """The personal criteria that speak of people in units of this kind, in the order of the plan."""
    audiences = {each.id for each in plan.audiences if each.personal and unit_kind in each.kinds}
    return [each for each in plan.criteria if each.kind == "personal" and audiences & set(each.audiences)]


def personal_obligations(plan: Plan, unit_kind: str, year: int) -> list[Obligation]:
    """What a unit of this kind owes for its people in a year."""
    wanted = {each.id for each in personal_criteria(plan, unit_kind)}
    return [each for each in plan.obligations if each.year == year and each.criterion in wanted]


def concerns(criterion: Criterion, posts: Collection[str]) -> bool:
    """Whether somebody who holds these posts in the unit is meant."""
    return bool(posts) and (not criterion.posts or bool(set(criterion.posts) & set(posts)))


def meets(criterion: Criterion, value: str) -> bool:
    return value in criterion.passing


def wrong_choice(criterion: Criterion, value: str) -> Sentence | None:
    """Why an answer cannot be taken; nothing when it can. Empty stands for "not recorded"."""
    if not value or value in criterion.choices:
        return None
    return _("“%(value)s” is not one of: %(choices)s.", value=value, choices=", ".join(criterion.choices))
