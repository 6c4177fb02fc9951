"""The explorer of figures: from the number of the whole city down to the rows that made it, with Excel at each step."""

from __future__ import annotations

import re

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from thidua.analytics.engine.listing import Part
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.campaigns.chosen import Chosen, of_campaign, selected
from thidua.core import bounds
from thidua.core.refusals import NotThere, verdict
from thidua.core.values import WITHOUT_FIELD
from thidua.core.vietnamese import fold
from thidua.exchange.http import excel_response
from thidua.people.models import Unit
from thidua.reports import actions, computing, places, rules, workbook
from thidua.reports.queries import sight
from thidua.reports.queries.explorer import By, Place, Rows, Slice, batches, criteria, explored
from thidua.ui.pagination import page_of

MONTH = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")
PARTS = {
    Part.REST: gettext_lazy("Do not meet it"),
    Part.NUMERATOR: gettext_lazy("Meet it"),
    Part.WHOLE: gettext_lazy("All"),
}


@require_GET
@of_campaign
def explorer(request):
    campaign, year = selected(request)
    kinds = set(Unit.objects.visible_to(request.user).order_by().values_list("kind", flat=True).distinct())
    context = {"campaign": campaign, "year": year, "criteria": criteria(sight(campaign, year, request.user), kinds)}
    return render(request, "reports/explorer.html", context)


def _place(request, criterion: str) -> Place:
    """Where the address points; 404 where it names what is not there or not in sight."""
    campaign, year = selected(request)
    plan, given = campaign.current.plan, request.GET
    wanted = next((each for each in plan.criteria if each.id == criterion and not each.of_people), None)
    measure = next((each for each in computing.over_batches(plan) if each.criterion == criterion), None)
    audience = next((each for each in plan.audiences if each.id == given.get("audience")), None)
    month = given.get("month", "")
    if wanted is None or ("audience" in given and audience is None) or (month and not MONTH.fullmatch(month)):
        raise NotThere(_("The plan has no such criterion."))
    code = given.get("unit")
    unit = get_object_or_404(Unit.objects.visible_to(request.user), code=code) if code else None
    scope = given.get("field") if wanted.scopes or (measure and measure.scope) else None
    return Place(campaign, year, wanted, measure, audience, unit, scope, month if measure else "")


def _by(request, place: Place) -> By | None:
    """What the number is broken down by: what the address asks for, else the next step of the way down."""
    steps = place.steps
    asked = request.GET.get("by")
    return By(asked) if asked in steps else steps[0] if steps else None


def _explored(request, place: Place, by: By | None) -> tuple[Slice, list[Slice]]:
    """The number at a place, and those of its parts that the address asks for."""
    wanted = fold(request.GET.get("q", "").strip()[: bounds.SEARCH])
    whole, found = explored(place, sight(place.campaign, place.year, request.user), by)
    return whole, [each for each in found if wanted in fold(each.label)]


@require_GET
@of_campaign
def explore(request, criterion):
    """A number and its parts; each part opens the next step."""
    place = _place(request, criterion)
    by = _by(request, place)
    total, found = _explored(request, place, by)
    page = page_of(found, request)
    behind, waiting = batches(place, Batch.objects.visible_to(request.user)), _waiting(request, place)
    context = {
        "campaign": place.campaign,
        "year": place.year,
        "place": place,
        "by": by,
        "page": page,
        "parts": [(each, _down(place, by, each), _rows_of(place, by, each)) for each in page],
        "total": total,
        "tokens": _tokens(place),
        "links": places.links_of(place),
        "rows_url": _address("reports:rows", place) if place.measure else None,
        "excel_url": _address("reports:explore_excel", place, by=by),
        "batches": behind,
        "waiting": waiting,
        "counted": max(len(behind) - waiting, 0),
    }
    response = render(request, "reports/explore.html", context)
    if request.htmx and not waiting:  # the page asked whether the worker is done
        response["HX-Refresh"] = "true"
    return response


def _waiting(request, place: Place) -> int:
    """Batches of which the worker has not counted this yet."""
    if place.measure is None:
        return 0
    units = Unit.objects.visible_to(request.user)
    units = units.filter(pk=place.unit.pk) if place.unit else units
    today = timezone.localdate()
    return computing.waiting(place.campaign, place.measure, place.year, today=today, units=units).count()


def _address(name: str, place: Place, **changed) -> str:
    """The address of a place; None takes a part away."""
    here = {
        "audience": place.audience.id if place.audience else None,
        "unit": place.unit.code if place.unit else None,
        "field": place.scope,
        "month": place.month or None,
    }
    return Chosen(place.campaign, place.year).address(name, place.criterion.id, **(here | changed))


def _down(place: Place, by: By, part: Slice) -> str:
    """The next step below a part: what is still open there, else what stands behind it."""
    if len(place.steps) > 1 and (part.has_rows or by is not By.UNIT):
        return _address("reports:explore", place, **{str(by): part.key})
    return _rows_of(place, by, part)


def _rows_of(place: Place, by: By, part: Slice) -> str:
    """The records of a part; without them the scorecard of the unit, where what it declared and what was checked stand
    with their evidence."""
    if part.has_rows and place.measure:
        return _address("reports:rows", place, **{str(by): part.key})
    if by is By.UNIT or place.unit:
        code = part.key if by is By.UNIT else place.unit.code
        return Chosen(place.campaign, place.year).address("reports:scorecard", code)
    return _address("reports:explore", place, **{str(by): part.key})


def _tokens(place: Place) -> list[tuple[str, str]]:
    """What was chosen on the way, each with the address without it."""
    chosen = {
        "audience": place.audience.name if place.audience else None,
        "unit": place.unit.name if place.unit else None,
        "field": place.scope if place.scope is None else place.scope or str(WITHOUT_FIELD),
        "month": f"{place.month[5:]}/{place.month[:4]}" if place.month else None,
    }
    return [(label, _address("reports:explore", place, **{key: None})) for key, label in chosen.items() if label]


@require_GET
@of_campaign
def explore_excel(request, criterion):
    place = _place(request, criterion)
    by = _by(request, place)
    _total, found = _explored(request, place, by)
    name = f"{criterion}-{place.year}-{by}" if by else f"{criterion}-{place.year}"
    rows = workbook.part_rows(found, by)
    return excel_response(request, name, workbook.part_columns(by), rows, count=len(found))


def _rows(request, place: Place) -> Rows:
    part = request.GET.get("show", Part.REST)
    if part not in list(Part) or place.measure is None:
        raise NotThere(_("No measure of the plan computes this."))
    seen = Batch.objects.visible_to(request.user)
    return Rows(place, batches(place, seen), Part(part), timezone.localdate())


@require_GET
@of_campaign
def rows(request, criterion):
    """The rows themselves, as they were handed in, without what names a citizen."""
    place = _place(request, criterion)
    found = _rows(request, place)
    dataset = dataset_of(place.measure.dataset)
    had = {column for batch in found.batches for column in batch.columns}
    columns = [column for column in dataset.columns if column.name in had]
    page = page_of(found, request)
    units = {batch.unit.code: batch for batch in found.batches}
    context = {
        "campaign": place.campaign,
        "year": place.year,
        "place": place,
        "dataset": dataset,
        "columns": columns,
        "page": page,
        "rows": [(row["_row"], units[row["_unit"]], workbook.cells(columns, row)) for row in page],
        "part": found.part,
        "faulty": [batch for batch in found.batches if batch.fault],
        "parts": list(PARTS.items()),
        "tokens": _tokens(place),
        "up_url": _address("reports:explore", place),
        "excel_url": _address("reports:rows_excel", place, show=found.part),
        "may_take": verdict(rules.check_take_rows, request.user, place.unit, at=timezone.now()),
    }
    return render(request, "reports/rows.html", context)


@require_GET
@of_campaign
def rows_excel(request, criterion):
    place = _place(request, criterion)
    found = _rows(request, place)
    dataset, now = dataset_of(place.measure.dataset), timezone.now()
    rules.check_take_rows(request.user, place.unit, at=now)

    def taken():
        """Once, where the workbook is written: that the rows are taken stands in the trail."""
        rows = actions.take_rows(campaign=place.campaign, rows=found, unit=place.unit, by=request.user, at=now)
        return workbook.rows(dataset, rows)

    name = f"{criterion}-{place.year}-dong"
    return excel_response(request, name, workbook.row_columns(dataset), taken, count=found.count())
