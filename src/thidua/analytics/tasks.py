"""Jobs of the worker: files that were handed in are read; what nobody needs any more is removed."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.analytics import actions, queries, storage, workbook
from thidua.analytics.models import Upload


@app.task(name="analytics.read")
def read(upload_id: int, *, dry_run: bool = True, nothing_arose: bool = False) -> None:
    upload = Upload.objects.select_related("unit", "handed_in_by").filter(pk=upload_id).first()
    if upload is None:  # dropped meanwhile
        return
    choices = actions.Choices(
        sheets=tuple(upload.sheets),
        columns=upload.columns,
        remembered=queries.known_headings(upload.dataset, upload.unit),
        nothing_arose=nothing_arose,
        dry_run=dry_run,
    )
    outcome = actions.read(upload=upload, choices=choices, at=timezone.now())
    if outcome:
        workbook.colour(upload, choices, outcome)


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="analytics.remove_old", pass_context=False)
def remove_old(timestamp: int) -> None:
    actions.remove_old(at=timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="analytics.remove_unnamed", pass_context=False)
def remove_unnamed(timestamp: int) -> None:
    storage.remove_unnamed(at=timezone.now())
