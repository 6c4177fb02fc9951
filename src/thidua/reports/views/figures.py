"""The scorecard of a unit, declaring a figure, the office's check and acceptance, and the grid of a unit's people."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from thidua.campaigns import queries as campaigns
from thidua.campaigns.chosen import Chosen, of_campaign, selected
from thidua.campaigns.models import without_text
from thidua.core.refusals import Conflict, DeadlinePassed, Denied, NotThere, Verdict, verdict
from thidua.documents.http import stored_response
from thidua.exchange.http import excel_response
from thidua.people.models import Unit
from thidua.reports import actions, bulk, queries, rules, workbook
from thidua.reports.forms import CheckForm, DeclareForm, GridForm, ImportForm
from thidua.reports.models import Evidence, Figure
from thidua.reports.queries import entries
from thidua.ui.answers import status_of
from thidua.ui.fields import put_on
from thidua.ui.pagination import page_of


def _unit(request, code: str) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user), code=code)


def _criterion(campaign, id: str):
    found = next((each for each in campaign.current.plan.criteria if each.id == id), None)
    if found is None:
        raise NotThere(_("The plan has no such criterion."))
    return found


@require_GET
@of_campaign
def scorecard(request, code):
    campaign, year = selected(request)
    unit, now = _unit(request, code), timezone.now()
    closings = queries.closings(campaign, unit, year)
    card = queries.card(campaign, unit, year)
    context = {
        "campaign": campaign,
        "year": year,
        "unit": unit,
        "card": card,
        "rows": [
            (row, _may_declare(request, unit, closings, row.criterion.id, now) if row.is_declared else None)
            for row in card.rows
        ],
        "tallies": queries.grid(campaign, unit, year).tallies,
        "may_declare": verdict(rules.check_declare, request.user, unit, at=now),
    }
    return render(request, "reports/scorecard.html", context)


@require_GET
@of_campaign
def card_excel(request, code):
    campaign, year = selected(request)
    unit = _unit(request, code)
    card = queries.card(campaign, unit, year)
    rows, count = workbook.card_rows(card), len(card.rows)
    return excel_response(request, f"chi-tieu-{code}-{year}", workbook.card_columns(), rows, count=count)


def _may_declare(request, unit, closings, criterion: str, now) -> Verdict:
    return verdict(rules.check_declare, request.user, unit, closes_at=closings.get(criterion), at=now)


@of_campaign
def declare(request, code, criterion):
    """GET shows the form of one criterion (and field); POST states the figure."""
    campaign, year = selected(request)
    unit, wanted = _unit(request, code), _criterion(campaign, criterion)
    scope = request.GET.get("scope", "")
    if scope and scope not in wanted.scopes:
        raise NotThere(_("The criterion has no such field."))
    of_one = {"campaign": campaign, "year": year, "unit": unit, "criterion": criterion, "scope": scope}
    figure = Figure.objects.visible_to(request.user).filter(**of_one).first()
    found = entries.of_units(campaign.current.plan, campaign.pk, year, [unit.pk], criterion)
    counted = found.get((unit.code, scope or None))
    form = DeclareForm(
        request.POST or None, request.FILES or None, initial=_initial(figure, counted), is_count=wanted.is_count
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _declared(request, form, of_one):
            messages.success(request, _("The figure is declared."))
            return redirect(_back(request) or request.chosen.address("reports:scorecard", unit.code))
    context = {
        **of_one,
        "criterion": wanted,
        "form": form,
        "figure": figure,
        "counted": counted,
        "is_measured": wanted.source == "records",
        "evidence": queries.mark_evidence([figure]) if figure else [],
        "back": _back(request),
        "may_declare": _may_declare(request, unit, queries.closings(campaign, unit, year), criterion, timezone.now()),
    }
    return render(request, "reports/declare.html", context, status=status)


def _back(request) -> str:
    """The page of ours that asked for the figure, if it named itself."""
    address = request.GET.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def _initial(figure: Figure | None, counted: entries.Entry | None) -> dict[str, object]:
    """What was declared; else what the records say, which the unit may state as its own."""
    if figure is None:
        if counted is None or not counted.denominator:
            return {}
        return {name: entries.plain(getattr(counted, name)) for name in ("numerator", "denominator")}
    return {name: getattr(figure, name) for name in ("numerator", "denominator", "nothing_arose", "explanation")}


def _declared(request, form, of_one: dict[str, object]) -> bool:
    """Whether the action took the figure; a refusal is put beside its field, and what was typed stays."""
    try:
        actions.declare(
            **of_one,
            by=request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
    except Denied as refusal:
        put_on(form, refusal, {"reason": "explanation"})
        return False
    return True


@require_GET
@of_campaign
def criterion(request, criterion):
    """One criterion over the units in sight, each with its three values."""
    campaign, year = selected(request)
    wanted = campaigns.criterion_asked(campaign, criterion)
    page = page_of(_figures(request, campaign, year, criterion), request)
    queries.mark_evidence(page.object_list)
    found = entries.of_units(campaign.current.plan, campaign.pk, year, {figure.unit_id for figure in page}, criterion)
    for figure in page:
        figure.counted = found.get((figure.unit.code, figure.scope or None))
        figure.asked_otherwise = figure.wanted != wanted
    context = {
        "campaign": campaign,
        "year": year,
        "criterion": wanted,
        "is_asked": any(each.id == wanted.id for each in campaign.current.plan.criteria),
        "page": page,
        "is_office": request.user.access.is_office,
    }
    return render(request, "reports/criterion.html", context)


def _figures(request, campaign, year, criterion):
    seen = Figure.objects.visible_to(request.user).filter(campaign=campaign, year=year, criterion=criterion)
    if kind := request.GET.get("kind"):
        seen = seen.filter(unit__kind=kind)
    seen = seen.select_related("unit", "version").defer(*without_text("version"))
    return seen.order_by("unit__sort_key", "unit__code", "scope")


@require_GET
@of_campaign
def excel(request, criterion):
    campaign, year = selected(request)
    campaigns.criterion_asked(campaign, criterion)
    found = _figures(request, campaign, year, criterion)
    rows, count = workbook.figure_rows(found), found.count()
    return excel_response(request, f"{criterion}-{year}", workbook.figure_columns(), rows, count=count)


def _figure(request, pk) -> Figure:
    return get_object_or_404(Figure.objects.visible_to(request.user).select_related("version"), pk=pk)


@require_POST
def check(request, pk):
    figure = _figure(request, pk)
    form = CheckForm(request.POST, is_count=figure.wanted.is_count)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        actions.check(figure=figure, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The check is recorded beside the declared value."))
    return redirect(Chosen(figure.campaign, figure.year).address("reports:criterion", figure.criterion))


@require_POST
def accept(request, pk):
    figure = _figure(request, pk)
    actions.accept(figure=figure, by=request.user, at=timezone.now())
    messages.success(request, _("The figure is accepted."))
    return redirect(Chosen(figure.campaign, figure.year).address("reports:criterion", figure.criterion))


@require_GET
def evidence(request, pk):
    """The file, only to those who see the figure, always as an attachment."""
    found = get_object_or_404(
        Evidence.objects.filter(figure__in=Figure.objects.visible_to(request.user).values("pk")).select_related("file"),
        pk=pk,
    )
    return stored_response(found.file, found.name)


@of_campaign
def record(request, code):
    """GET shows people × personal criteria; POST records what was changed in the grid, all of it or nothing."""
    campaign, year = selected(request)
    unit, now = _unit(request, code), timezone.now()
    grid = queries.grid(campaign, unit, year)
    may_record = verdict(
        rules.check_record, request.user, unit, opens_on=grid.opens_on, closes_at=grid.closes_at, at=now
    )
    only_open = "open" in request.GET
    page = page_of([row for row in grid.rows if not (only_open and row.is_complete)], request)
    form = GridForm(grid, page.object_list, request.POST if request.method == "POST" else None, now=now)
    status = 200
    if request.method == "POST":
        status = _recorded(request, form, campaign, year, unit)
        if status == 303:
            return redirect(request.get_full_path())
    tallies = grid.tallies
    context = {
        "campaign": campaign,
        "year": year,
        "unit": unit,
        "grid": grid,
        "form": form,
        "page": page,
        "only_open": only_open,
        "recorded": sum(each.recorded for each in tallies),
        "asked": sum(each.people for each in tallies),
        "incomplete": sum(not row.is_complete for row in grid.rows),
        "may_record": may_record,
        "acts": unit.pk in request.user.access.acts_for,
    }
    return render(request, "reports/record.html", context, status=status)


def _recorded(request, form: GridForm, campaign, year, unit) -> int:
    """303 when the action took the grid; else the status to show the page with, and each refusal beside its cell."""
    if not form.is_valid():
        return 422
    at = timezone.now()
    try:
        count = actions.record(campaign=campaign, year=year, unit=unit, answers=form.answers, by=request.user, at=at)
    except (Conflict, DeadlinePassed) as refusal:
        form.add_errors(refusal.fields)
        return status_of(refusal)
    text = ngettext("%(n)s result was recorded.", "%(n)s results were recorded.", count) % {"n": count}
    messages.success(request, text if count else _("Nothing was changed."))
    return 303


@require_GET
@of_campaign
def people_excel(request, code):
    campaign, year = selected(request)
    grid = queries.grid(campaign, _unit(request, code), year)
    columns, rows = workbook.people_columns(grid), workbook.people_rows(grid)
    return excel_response(request, f"ca-nhan-{code}-{year}", columns, rows, count=len(grid.rows))


@of_campaign
def import_results(request, code):
    """GET shows the form; POST checks the sheet and, when asked and all rows are right, records it."""
    campaign, year = selected(request)
    unit, now = _unit(request, code), timezone.now()
    grid = queries.grid(campaign, unit, year)
    rules.check_record(request.user, unit, opens_on=grid.opens_on, closes_at=grid.closes_at, at=now)
    form, outcome = ImportForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        outcome = _imported(request, form, campaign, year, unit, upload)
    failed = request.method == "POST" and (outcome is None or outcome.errors)
    context = {"year": year, "unit": unit, "grid": grid, "form": form, "outcome": outcome}
    return render(request, "reports/import_results.html", context, status=422 if failed else 200)


def _imported(request, form, campaign, year, unit, upload):
    """What the sheet would change or did; None, with the sentence in the form, where it is no such sheet."""
    try:
        return bulk.import_results(
            campaign=campaign,
            year=year,
            unit=unit,
            content=upload.read(),
            name=upload.name,
            by=request.user,
            at=timezone.now(),
            commit=form.cleaned_data["commit"],
        )
    except Denied as refusal:
        put_on(form, refusal, {"": "file"})
        return None
