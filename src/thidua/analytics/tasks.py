"""Jobs of the worker: files of batches that no manifest names are removed at night."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.analytics import storage


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="analytics.remove_unnamed", pass_context=False)
def remove_unnamed(timestamp: int) -> None:
    storage.remove_unnamed(at=timezone.now())
