"""The list of dossiers, on the page and in Excel."""

from __future__ import annotations

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from thidua.campaigns.chosen import of_campaign, selected
from thidua.core.dossiers import VOICES, DossierKind, DossierState, Progress
from thidua.core.plan.schema import Plan
from thidua.core.units import UnitKind
from thidua.dossiers import queries, workbook
from thidua.exchange.http import excel_response
from thidua.ui.listing import Filter, listing


def _listing(request):
    campaign, year = selected(request)
    plan = campaign.current.plan
    seen = queries.list_page(request.user, campaign).filter(year=year)
    found = listing(
        request,
        seen,
        filters=[
            _filter("kind", _("Paper"), [(each.value, each.label) for each in DossierKind]),
            _filter("state", _("State"), _states()),
            _filter("unit_kind", _("Kind of unit"), [(each.value, each.label) for each in UnitKind]),
            *_of_registrations(plan),
            *_of_reports(plan),
        ],
        sorts={"saved": ["-saved_at", "pk"], "title": ["title", "pk"], "unit": ["unit__sort_key", "pk"]},
    )
    return campaign, year, found


def _of_registrations(plan: Plan) -> list[Filter]:
    """What the plan sorts its registrations by, in its own words."""
    sorted_by = (("kind", "type", plan.kinds), ("field", "field", plan.fields))
    found = [
        _filter(name, word, [(each.id, each.label) for each in options])
        for part, name, options in sorted_by
        if (word := plan.word_for(part)) and options
    ]
    if plan.asks("milestones"):
        found.append(_filter("progress", _("Carried out"), [(each.value, each.label) for each in Progress]))
    return found


def _of_reports(plan: Plan) -> list[Filter]:
    """What its result reports tell in words, where it asks for it."""
    told = [(part, word) for part in VOICES if (word := plan.word_for(part, of=DossierKind.REPORT))]
    return [_filter("tells", _("Result reports that tell"), told)] if told else []


def _states() -> list[tuple[str, object]]:
    each_state = [(each.value, each.label) for each in DossierState]
    return [(queries.STANDING, _("Handed in, waiting or accepted")), *each_state]


def _filter(name: str, label: object, choices: list[tuple[str, object]]) -> Filter:
    return Filter(name, label, choices, apply=lambda seen, value: queries.Papers(**{name: value}).of(seen))


@require_GET
@of_campaign
def list_(request):
    campaign, year, found = _listing(request)
    progress = next((each.value for each in found.controls if each.name == "progress"), "")
    context = {
        "campaign": campaign,
        "year": year,
        "listing": found,
        "progress": progress,
        "milestones": queries.milestones_of(found.rows, progress),
    }
    return render(request, "dossiers/list.html", context)


@require_GET
@of_campaign
def excel(request):
    _campaign, year, found = _listing(request)
    columns, rows = workbook.sheet(found.rows, person=request.user)
    return excel_response(request, f"ho-so-{year}", columns, rows, count=found.count)
