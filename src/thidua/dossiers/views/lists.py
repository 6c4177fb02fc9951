"""The list of dossiers, on the page and in Excel."""

from __future__ import annotations

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from thidua.campaigns.chosen import of_campaign, selected
from thidua.core.dossiers import DossierKind, DossierState
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
            Filter("kind", _("Paper"), [(each.value, each.label) for each in DossierKind]),
            Filter("state", _("State"), [(each.value, each.label) for each in DossierState]),
            Filter(
                "unit_kind", _("Kind of unit"), [(each.value, each.label) for each in UnitKind], lookup="unit__kind"
            ),
            *_of_registrations(plan),
        ],
        sorts={"saved": ["-saved_at", "pk"], "title": ["title", "pk"], "unit": ["unit__sort_key", "pk"]},
    )
    return campaign, year, found


def _of_registrations(plan: Plan) -> list[Filter]:
    """What the plan sorts its registrations by, in its own words."""
    sorted_by = (("kind", "type", "initiative_kind", plan.kinds), ("field", "field", "field", plan.fields))
    return [
        Filter(name, word, [(each.id, each.label) for each in options], lookup=lookup)
        for part, name, lookup, options in sorted_by
        if (word := plan.word_for(part)) and options
    ]


@require_GET
@of_campaign
def list_(request):
    campaign, year, found = _listing(request)
    return render(request, "dossiers/list.html", {"campaign": campaign, "year": year, "listing": found})


@require_GET
@of_campaign
def excel(request):
    _campaign, year, found = _listing(request)
    columns, rows = workbook.sheet(found.rows, person=request.user)
    return excel_response(request, f"ho-so-{year}", columns, rows, count=found.count)
