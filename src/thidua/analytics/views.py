"""Records of units: a file dropped on a page, checked, confirmed; a batch taken back or had out again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.analytics import actions, queries, rules, spool, workbook
from thidua.analytics.forms import ColumnsForm, ImportForm
from thidua.analytics.models import Batch, Upload, UploadState
from thidua.analytics.outcome import advice_of, problems_of, sentence_of
from thidua.analytics.registry import DATASETS, dataset_of, importable
from thidua.core.records.periods import period
from thidua.core.records.problems import Code
from thidua.core.refusals import Denied, NotThere, verdict
from thidua.exchange.http import excel_response
from thidua.people.models import Unit
from thidua.people.places import places_of
from thidua.ui.answers import refresh
from thidua.ui.downloads import download
from thidua.ui.fields import put_on
from thidua.ui.listing import Filter, Listing, listing
from thidua.ui.pagination import page_of

YEARS_BACK = 4
# A worker that is there begins within a second.
LATE = dt.timedelta(seconds=10)
COLOURED_WITHIN = dt.timedelta(minutes=5)


def _listing(request) -> Listing:
    years = [(year, year) for year in _years()]
    datasets = [(each.id, each.name) for each in importable()]
    filters = [Filter("dataset", _("Dataset"), datasets), Filter("period", _("Year"), years)]
    return listing(request, queries.batches(request.user), filters=filters)


@require_GET
def list_(request):
    found, now = _listing(request), timezone.now()
    in_force = queries.in_force_ids(Batch.objects.filter(pk__in=[batch.pk for batch in found.page]))
    rows = [
        {
            "batch": batch,
            "dataset": DATASETS[batch.dataset].name,
            "counts": batch.pk in in_force,
            "may_withdraw": verdict(rules.check_withdraw, request.user, batch, at=now),
        }
        for batch in found.page
    ]
    context = {
        "listing": found,
        "rows": rows,
        "may_import": _units(request).exists(),
        "undecided": queries.uploads(request.user).undecided(),
    }
    return render(request, "analytics/list.html", context)


@require_GET
def list_excel(request):
    found = _listing(request)
    batches = found.rows
    rows = workbook.batch_rows(batches.iterator(chunk_size=2000), queries.in_force_ids(batches))
    return excel_response(request, "du-lieu", workbook.batch_columns(), rows, count=found.count)


def _years() -> range:
    this_year = timezone.localdate().year
    return range(this_year, this_year - YEARS_BACK - 1, -1)


def _units(request):
    """Whose records the person may hand in."""
    return Unit.objects.open_on(timezone.localdate()).acted_for(request.user).order_by("sort_key")


def hand_in(request):
    """GET shows the form; POST keeps the file for the worker and leads to its page."""
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        units=_units(request),
        years=_years(),
        initial={name: request.GET.get(name) for name in ("dataset", "unit", "period")},
    )
    if request.method == "POST" and form.is_valid() and (upload := _handed_in(request, form)):
        return _seen(upload)
    context = {
        "form": form,
        "datasets": importable(),
        "may_import": _units(request).exists(),
        "undecided": queries.uploads(request.user).undecided(),
    }
    return render(request, "analytics/import.html", context, status=422 if request.method == "POST" else 200)


def _handed_in(request, form: ImportForm) -> Upload | None:
    """None, with the sentence in the form above the list of what waits, where the action refused."""
    wanted = form.cleaned_data
    try:
        return actions.hand_in(
            dataset=dataset_of(wanted["dataset"]), unit=wanted["unit"], period=period(wanted["period"]),
            file=wanted["file"], by=request.user, at=timezone.now(),
        )  # fmt: skip
    except Denied as refusal:
        put_on(form, refusal, {"": "file"})
        return None


def _seen(upload: Upload) -> HttpResponseRedirect:
    return HttpResponseRedirect(upload.get_absolute_url(), status=303)


def _upload(request, pk) -> Upload:
    return get_object_or_404(queries.uploads(request.user), pk=pk)


@require_GET
def upload(request, pk):
    """The outcome; while the worker reads, the page asks again every second (or by a link, without script)."""
    return _shown(request, _upload(request, pk))


def _shown(request, upload: Upload, form: ColumnsForm | None = None):
    if upload.is_running:
        now = timezone.now()
        may_drop = verdict(rules.check_drop, request.user, upload, at=now)
        context = {"upload": upload, "is_late": now - upload.asked_at > LATE, "may_drop": may_drop}
        context["away"] = sentence_of(upload.outcome["away"]) if "away" in upload.outcome else ""
        return render(request, "analytics/upload.html" + ("#progress" if request.htmx else ""), context)
    if request.htmx and "coloured" in request.GET:
        return render(request, "analytics/upload.html#coloured", _colours(upload))
    if request.htmx:
        return refresh()
    outcome = upload.outcome
    problems = problems_of(outcome)
    context = {
        "upload": upload,
        "dataset": DATASETS[upload.dataset],
        "outcome": outcome,
        "reason": sentence_of(outcome["reason"]["sentence"]) if outcome["reason"] else "",
        "advice": advice_of(outcome["reason"]["code"]) if outcome["reason"] else "",
        "page": page_of([each for each in problems if each.code is not Code.OTHER_PERIOD], request),
        "of_another_year": [each.sentence for each in problems if each.code is Code.OTHER_PERIOD],
        "more": outcome["problem_count"] - len(outcome["problems"]),
        "form": form or ColumnsForm(upload=upload, known=queries.known_headings(upload.dataset, upload.unit)),
        "may_confirm": verdict(rules.check_confirm, request.user, upload, at=timezone.now()),
        "places": places_of(request, upload.unit, upload.period) if upload.state == UploadState.IMPORTED else (),
        **_colours(upload),
    }
    return render(request, "analytics/upload.html", context, status=422 if form else 200)


def _colours(upload: Upload) -> dict[str, object]:
    outcome, since = upload.outcome, timezone.now() - upload.settled_at
    is_made = spool.coloured_of(upload.folder).exists()
    has_file = spool.file_of(upload.folder).exists()
    wanted = has_file and workbook.is_coloured(outcome["rows"]["read"], outcome["problem_count"]) and not is_made
    failed = wanted and ("uncoloured" in outcome or since > COLOURED_WITHIN)
    comes = wanted and not failed
    return {
        "upload": upload, "has_file": has_file, "has_workbook": is_made, "workbook_comes": comes,
        "workbook_failed": failed,
    }  # fmt: skip


@require_POST
def check_again(request, pk):
    upload = _upload(request, pk)
    known = queries.known_headings(upload.dataset, upload.unit)
    form = ColumnsForm(request.POST, upload=upload, known=known) if upload.outcome else None
    if form and not form.is_valid():
        return _shown(request, upload, form)
    said = {"columns": form.chosen_columns(), "sheets": form.chosen_sheets()} if form else {"columns": {}, "sheets": []}
    actions.check_again(upload=upload, by=request.user, at=timezone.now(), **said)
    return _seen(upload)


@require_POST
def confirm(request, pk):
    upload, what = _upload(request, pk), request.POST.get("what")
    actions.confirm(upload=upload, nothing_arose=what == "nothing", by=request.user, at=timezone.now())
    return _seen(upload)


@require_POST
def drop(request, pk):
    actions.drop(upload=_upload(request, pk), by=request.user, at=timezone.now())
    return HttpResponseRedirect(reverse("analytics:import"), status=303)


@require_GET
def coloured(request, pk):
    """The file with its wrong cells coloured, which the worker laid beside it."""
    upload = _upload(request, pk)
    try:
        made = spool.coloured_of(upload.folder).open("rb")
    except FileNotFoundError as error:
        raise NotThere(_("There is no such file.")) from error
    return download(made, f"{Path(upload.file_name).stem}-sua", "xlsx")


def _batch(request, pk) -> Batch:
    return get_object_or_404(queries.batches(request.user), pk=pk)


@require_POST
def withdraw(request, pk):
    actions.withdraw(batch=_batch(request, pk), by=request.user, at=timezone.now())
    return redirect("analytics:list")


@require_GET
def export(request, pk):
    batch, now = _batch(request, pk), timezone.now()
    rules.check_export(request.user, batch, at=now)

    def taken():
        """Once, where the workbook is written: that the rows are had out stands in the trail."""
        return workbook.rows_of(batch, actions.export(batch=batch, by=request.user, at=now))

    name = f"du-lieu-{batch.dataset}-{batch.unit.code}-{batch.period}"
    return excel_response(request, name, workbook.row_columns(batch), taken, count=batch.rows)
