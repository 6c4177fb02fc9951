"""Records of units: what was handed in, a file dropped on a page, a batch taken back or had out again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from thidua.analytics import actions, queries, rules, workbook
from thidua.analytics.forms import ALL, CHECK, ImportForm
from thidua.analytics.models import Batch
from thidua.analytics.outcome import Outcome, Status
from thidua.analytics.registry import DATASETS, dataset_of
from thidua.core.records.periods import period
from thidua.core.refusals import verdict
from thidua.exchange.http import CONTENT_TYPE
from thidua.people.models import Unit
from thidua.ui.pagination import page_of

YEARS_BACK = 4
SHOWN = 200  # problems on the page; the workbook of the command line holds all


@require_GET
def list_(request):
    page = page_of(queries.batches(request.user), request)
    in_force = queries.in_force_ids(Batch.objects.filter(pk__in=[batch.pk for batch in page]))
    now = timezone.now()
    rows = [
        {
            "batch": batch,
            "dataset": DATASETS[batch.dataset].name,
            "counts": batch.pk in in_force,
            "may_withdraw": verdict(rules.check_withdraw, request.user, batch, at=now),
        }
        for batch in page
    ]
    context = {"page": page, "rows": rows, "may_import": _units(request).exists()}
    return render(request, "analytics/list.html", context)


def _units(request):
    """Whose records the person may hand in."""
    units = Unit.objects.open_on(timezone.localdate()).order_by("sort_key")
    return units if request.user.access.is_office else units.filter(pk__in=request.user.access.acts_for)


def import_records(request):
    """GET shows the form; POST checks the file and, when asked, imports it."""
    this_year = timezone.localdate().year
    years = range(this_year, this_year - YEARS_BACK - 1, -1)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        units=_units(request),
        years=years,
        initial={name: request.GET.get(name) for name in ("dataset", "unit", "period")},
    )
    outcome = _imported(request, form.cleaned_data) if request.method == "POST" and form.is_valid() else None
    context = {"form": form, "outcome": outcome, "datasets": DATASETS.values(), "may_import": _units(request).exists()}
    if outcome:
        context |= {"shown": outcome.problems[:SHOWN], "more": max(len(outcome.problems) - SHOWN, 0)}
    failed = request.method == "POST" and (outcome is None or outcome.status is Status.REFUSED)
    return render(request, "analytics/import.html", context, status=422 if failed else 200)


def _imported(request, wanted) -> Outcome:
    """The upload lies in a folder that is gone at the end: only the cleaned rows are kept."""
    upload = wanted["file"]
    choices = actions.Choices(
        nothing_arose=wanted["nothing_arose"],
        dry_run=wanted["what"] == CHECK,
        only_if_all_valid=wanted["what"] == ALL,
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "upload"
        with file.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        return actions.import_records(
            dataset=dataset_of(wanted["dataset"]),
            file=file,
            name=upload.name,
            unit=wanted["unit"],
            period=period(wanted["period"]),
            choices=choices,
            by=request.user,
            at=timezone.now(),
        )


def _batch(request, pk) -> Batch:
    return get_object_or_404(queries.batches(request.user), pk=pk)


@require_POST
def withdraw(request, pk):
    actions.withdraw(batch=_batch(request, pk), by=request.user, at=timezone.now())
    return redirect("analytics:list")


@require_GET
def export(request, pk):
    batch = _batch(request, pk)
    source = actions.export(batch=batch, by=request.user, at=timezone.now())
    made = workbook.rows_in_excel(batch, dataset_of(batch.dataset), source)
    name = f"du-lieu-{batch.dataset}-{batch.unit.code}-{batch.period}.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
