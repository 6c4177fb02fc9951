"""Until when figures are taken."""

from __future__ import annotations

import datetime as dt

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.plan import schema
from thidua.core.plan.schema import Plan
from thidua.people.models import Unit

REFUSED_LATE = "refused"


def closings(campaign: Campaign, unit: Unit, year: int) -> dict[str, dt.datetime]:
    """Criterion → when its figure closes for this unit; only those that the plan refuses when they are late."""
    strict = strict_figures(campaign.current.plan, year)
    if not strict:
        return {}
    owed = Obligation.objects.of_year(campaign, year).asked().filter(unit=unit, person=None, key__in=strict)
    return {each.criterion: each.closes_at for each in owed}


def strict_figures(plan: Plan, year: int) -> set[str]:
    """The obligations to hand in a figure that are refused when they are late."""
    return {each.id for each in plan.obligations if closes(each, "figure", year)}


def closes(planned: schema.Obligation, kind: str, year: int) -> bool:
    return planned.late == REFUSED_LATE and planned.kind == kind and planned.year == year
