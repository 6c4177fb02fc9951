"""Figures over the API: the list that ``thidua figures show --json`` prints, for the unit of the access code."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from thidua.campaigns import queries as campaigns
from thidua.core.refusals import need
from thidua.people import queries as people
from thidua.reports import actions, computing
from thidua.reports.queries import entries
from thidua.ui.api import problems

router = Router(tags=["figures"])


class Best(Schema):
    """The value that counts there, of what several sources say."""

    numerator: float | None
    denominator: float | None
    value: float | None
    met: bool | None
    source: Literal["computed", "declared", "checked", "accepted"] | None
    stale: bool


class FigureOut(Schema):
    criterion: str
    unit: str
    scope: str | None
    numerator: float | None
    denominator: float | None
    value: float | None
    threshold: float | None
    met: bool | None
    source: Literal["computed", "declared", "checked"]
    best: Best | None
    apart: dict[str, int | None]
    reason: str | None
    batches: list[int]
    measure_version: int | None
    engine: str | None
    computed_at: str | None


@router.get(
    "/figures",
    response={200: list[FigureOut], **problems()},
    summary=_("Figures of the unit and those below it"),
    description=_(
        "What a unit declares, the office checked and records count are entries of their own; each carries the value "
        "that counts there. What waits is computed first."
    ),
)
def figures(request, campaign: str, year: int, unit: str = "", criterion: str = ""):
    found, units, now = campaigns.campaign_by_code(campaign), people.units_seen(request.auth, unit), timezone.now()
    need(
        found.first_year <= year <= found.last_year,
        _("The campaign runs from %(first)s to %(last)s.") % {"first": found.first_year, "last": found.last_year},
    )
    plan = found.current.plan
    known = [each.id for each in plan.criteria]
    need(
        criterion in ("", *known),
        _("There is no criterion “%(id)s”. Known: %(known)s.") % {"id": criterion, "known": ", ".join(known)},
    )
    # A cluster is asked by the worker alone: a web process shall not hold a session of it.
    for measure in () if settings.ENGINE else computing.over_batches(plan):
        if criterion in ("", measure.criterion):
            actions.compute(campaign=found, measure=measure, year=year, by=None, at=now, units=units)
    shown = entries.entries(found, year, units=units, criterion=criterion)
    return JsonResponse([entries.as_json(entry) for entry in shown], safe=False)
