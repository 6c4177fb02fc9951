"""Jobs of the worker: figures from records, after an import and whenever something waits to be counted.

How far a computation has come is what still waits (``computing.waiting``): every measure is stored when it is counted.
"""

from __future__ import annotations

from django.utils import timezone, translation

from thidua.analytics import actions as records
from thidua.analytics import engine
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.campaigns.models import Campaign
from thidua.core.records.periods import period as period_of
from thidua.core.words import _
from thidua.ledger import jobs
from thidua.people.models import Unit
from thidua.reports import actions, own


@jobs.task("reports.compute", _("Computing figures from records"))
def compute(batch_id: int) -> None:
    """What a batch that was imported or withdrawn changes: measures over its dataset, for its unit and year."""
    batch = Batch.objects.get(pk=batch_id)
    _compute(dataset=batch.dataset, year=int(batch.period), unit_id=batch.unit_id)


@jobs.periodic("*/10 * * * *", "reports.compute_waiting", _("Computing figures that wait"))
def compute_waiting() -> None:
    """What nobody asked for by name: a new version of a plan, and the next day of a year that still runs."""
    for dataset, period in Batch.objects.in_force().values_list("dataset", "period").distinct():
        _compute(dataset=dataset, year=int(period))


@jobs.task("reports.keep_own_records", _("Keeping answers and signed papers as records"), is_long=True)
def keep_own_records() -> None:
    """Answers to surveys and signed papers become batches of records; their figures follow as after any import."""
    with translation.override("vi"):  # the name of a batch is kept as it is written now
        for unit, year in own.answers_of():
            _keep_own("satisfaction", own.answers(unit, year), own.OF_SURVEYS, unit, year)
        for unit, year in own.papers_of():
            _keep_own("documents", own.papers(unit, year), own.OF_PAPERS, unit, year)


@jobs.periodic(
    "20 2 * * *", "reports.keep_own_records_nightly", _("Keeping answers and signed papers, each night"), is_long=True
)
def keep_own_records_nightly() -> None:
    keep_own_records()


def _keep_own(dataset: str, rows: list[own.Row], name: object, unit: Unit, year: int) -> None:
    records.keep_own(
        dataset=dataset_of(dataset),
        rows=rows,
        name=str(name),
        unit=unit,
        period=period_of(str(year)),
        at=timezone.now(),
    )


def _compute(*, dataset: str, year: int, unit_id: int | None = None) -> None:
    units = None if unit_id is None else Unit.objects.filter(pk=unit_id)
    for campaign in Campaign.objects.filter(current__isnull=False, first_year__lte=year, last_year__gte=year):
        for measure in campaign.current.plan.measures:
            if measure.dataset == dataset:
                actions.compute(campaign=campaign, measure=measure, year=year, by=None, at=timezone.now(), units=units)
                engine.prepare(measure, dataset_of(dataset))
