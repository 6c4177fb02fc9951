"""Late dossiers without a letter of apology, issuing the letters in one go, and the Word file of a run."""

from __future__ import annotations

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.apologies import actions, queries, rules, workbook
from thidua.apologies.forms import IssueForm
from thidua.apologies.models import Run
from thidua.apologies.queries import WorkList
from thidua.campaigns.chosen import about, of_campaign, selected
from thidua.core.apologies import Owed
from thidua.core.refusals import NotThere, Verdict, verdict
from thidua.core.writing import WritingState
from thidua.documents.http import stored_response
from thidua.exchange.http import excel_response
from thidua.people.models import Unit
from thidua.ui.answers import refresh
from thidua.ui.pagination import page_of

MADE = "made"
ALL = "all"
READ = 20_000  # rows of the work list that one go, or one workbook, looks at


def _worklist(request) -> tuple[WorkList, Unit | None]:
    campaign, year = selected(request)
    code = request.GET.get("unit")
    unit = get_object_or_404(Unit.objects.visible_to(request.user), code=code) if code else None
    owed = request.GET.get("show", Owed.RETURNED)
    if owed not in list(Owed):
        raise NotThere(_("There is no such list."))
    batches = queries.batches(campaign, year, request.user, unit)
    return WorkList(campaign, year, Owed(owed), batches, timezone.localdate()), unit


@of_campaign
def list_(request):
    """GET shows the dossiers that owe a letter, or the letters; POST issues letters for those chosen, or for all."""
    if request.GET.get("show") == MADE:
        return _letters(request)
    worklist, unit = _worklist(request)
    page = page_of(worklist, request)
    form = IssueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _issued(request, worklist, page, form)
        return redirect(made)
    units = {batch.unit.code: batch.unit for batch in worklist.batches}
    letters = queries.letters_of(page, units)
    context = {
        "year": worklist.year,
        "unit": unit,
        "owed": worklist.owed,
        "kinds": list(Owed),
        "page": page,
        "rows": [(units[row["_unit"]], row, letters.get((row["_unit"], row["code"]))) for row in page],
        "form": form,
        "may_issue": _may_issue(request, unit, units),
        "has_batches": bool(worklist.batches),
        "faulty": [batch for batch in worklist.batches if batch.fault],
    }
    return render(request, "apologies/list.html", context, status=422 if request.method == "POST" else 200)


def _may_issue(request, unit: Unit | None, units: dict[str, Unit]) -> Verdict:
    """Of the unit, else of the units in the list: letters of a refused one stop the whole go."""
    now, asked = timezone.now(), [unit] if unit else list(units.values())
    verdicts = [verdict(rules.check_issue, request.user, each, at=now) for each in asked]
    return next((each for each in verdicts if not each.allowed), verdicts[0] if verdicts else Verdict(True))


def _issued(request, worklist: WorkList, page, form) -> Run:
    if request.POST.get("what") == ALL:
        rows = worklist[0:READ]
    else:
        chosen = set(request.POST.getlist("dossier"))
        rows = [row for row in page if f"{row['_unit']} {row['code']}" in chosen]
    of = {"campaign": worklist.campaign, "year": worklist.year, "batches": worklist.batches}
    return actions.issue(rows=rows, **of, by=request.user, at=timezone.now(), **form.cleaned_data)


def _letters(request):
    _campaign, year = selected(request)
    code = request.GET.get("unit")
    unit = get_object_or_404(Unit.objects.visible_to(request.user), code=code) if code else None
    page = page_of(queries.letters(request.user, year, unit), request)
    context = {"year": year, "unit": unit, "owed": MADE, "kinds": list(Owed), "page": page, "has_batches": True}
    return render(request, "apologies/letters.html", context)


@require_GET
@of_campaign
def excel(request):
    worklist, _unit = _worklist(request)
    units = {batch.unit.code: batch.unit for batch in worklist.batches}
    found = worklist[0:READ]
    rows = workbook.rows(found, units, queries.letters_of(found, units))
    return excel_response(
        request, f"thu-xin-loi-{worklist.year}-{worklist.owed}", workbook.columns(), rows, count=len(found)
    )


def _run(request, pk) -> Run:
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("issued_by", "word"), pk=pk)


@require_GET
def run(request, pk):
    """The letters of one go; while the worker writes, the page asks again every second (or by a link)."""
    found = _run(request, pk)
    if request.htmx:
        is_running = found.state == WritingState.PREPARED
        return render(request, "apologies/run.html#progress", {"run": found}) if is_running else refresh()
    about(request, found)
    letters = queries.letters_of_run(request.user, found)
    context = {
        "run": found,
        "page": page_of(letters, request),
        "left": letters.count() >= actions.MOST,
        "may_write_again": verdict(rules.check_write_again, request.user, found, at=timezone.now()),
    }
    return render(request, "apologies/run.html", context)


@require_POST
def write_again(request, pk):
    found = _run(request, pk)
    actions.write_again(run=found, by=request.user, at=timezone.now())
    return redirect(found)


@require_GET
def word(request, pk):
    found = _run(request, pk)
    if found.word is None:
        raise NotThere(_("There is no such file."))
    return stored_response(found.word, f"thu-xin-loi-{found.pk}")
