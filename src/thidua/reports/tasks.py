"""Jobs of the worker: figures from records, after an import and whenever something waits to be counted.

How far a computation has come is what still waits (``computing.waiting``): every measure is stored when it is counted.
"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.analytics.models import Batch
from thidua.campaigns.models import Campaign
from thidua.people.models import Unit
from thidua.reports import actions


@app.task(name="reports.compute")
def compute(batch_id: int) -> None:
    """What a batch that was imported or withdrawn changes: measures over its dataset, for its unit and year."""
    batch = Batch.objects.get(pk=batch_id)
    _compute(dataset=batch.dataset, year=int(batch.period), unit_id=batch.unit_id)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="reports.compute_waiting", pass_context=False)
def compute_waiting(timestamp: int) -> None:
    """What nobody asked for by name: a new version of a plan, and the next day of a year that still runs."""
    for dataset, period in Batch.objects.in_force().values_list("dataset", "period").distinct():
        _compute(dataset=dataset, year=int(period))


def _compute(*, dataset: str, year: int, unit_id: int | None = None) -> None:
    units = None if unit_id is None else Unit.objects.filter(pk=unit_id)
    for campaign in Campaign.objects.filter(current__isnull=False, first_year__lte=year, last_year__gte=year):
        for measure in campaign.current.plan.measures:
            if measure.dataset == dataset:
                actions.compute(campaign=campaign, measure=measure, year=year, by=None, at=timezone.now(), units=units)
