"""Failed jobs in the words of people: what was to be done, to what, why it was not, and what comes now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from thidua.analytics.models import Batch, Delivery, Upload
from thidua.analytics.registry import DATASETS
from thidua.apologies.models import Run
from thidua.core.vietnamese import day, fold
from thidua.exchange.models import Export
from thidua.ledger.kinds import kinds, label_of
from thidua.ledger.models import FailedJob, FaultSort, StoredFile
from thidua.summaries.models import Report
from thidua.ui.listing import Filter

WAITS, COMES, ASIDE = "waits", "comes", "aside"
SHOWN = (
    (WAITS, gettext_lazy("Waits for you")),
    (COMES, gettext_lazy("Tried again by itself")),
    (ASIDE, gettext_lazy("Set aside")),
)
SENTENCES = {
    FaultSort.DATABASE: gettext_lazy("The database was away."),
    FaultSort.MEMORY: gettext_lazy("There was not enough memory."),
    FaultSort.OUTSIDE: gettext_lazy("A disk or a network did not work."),
    FaultSort.KILLED: gettext_lazy("The worker ended each time before it was done, perhaps for want of memory."),
    FaultSort.UNKNOWN: gettext_lazy("This version of the program does not know such a job."),
    FaultSort.PROGRAM: gettext_lazy("Something went wrong inside the program. The log of the worker says more."),
}


@dataclass(frozen=True)
class Thing:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Told:
    job: FailedJob
    what: str
    things: list[Thing]
    why: str

    @property
    def can_be_tried(self) -> bool:
        return self.job.name in kinds and self.job.set_aside_at is None

    @property
    def can_be_set_aside(self) -> bool:
        return self.job.given_up_at is not None and self.job.set_aside_at is None


def _of_records(thing: Batch | Delivery | Upload) -> str:
    return f"{DATASETS[thing.dataset].name}, {thing.unit}, {thing.period}"


def _report(report: Report) -> Thing:
    return Thing(gettext("Consolidated report %(year)s") % {"year": report.year}, report.get_absolute_url())


def _run(run: Run) -> Thing:
    on = day(localtime(run.issued_at).date())
    return Thing(gettext("Letters of apology of %(day)s") % {"day": on}, run.get_absolute_url())


def _file(file: StoredFile) -> Thing:
    on = day(localtime(file.stored_at).date())
    return Thing(gettext("%(kind)s file of %(day)s") % {"kind": file.extension.upper(), "day": on})


# Argument of a job → which thing has this number, and what it is called.
THINGS: dict[str, tuple[models.QuerySet, Callable[..., Thing]]] = {
    "export_id": (Export.objects.all(), lambda export: Thing(f"{export.name}.xlsx")),
    "report_id": (Report.objects.all(), _report),
    "run_id": (Run.objects.all(), _run),
    "file_id": (StoredFile.objects.all(), _file),
    "batch_id": (Batch.objects.select_related("unit"), lambda batch: Thing(_of_records(batch))),
    "delivery_id": (
        Delivery.objects.select_related("unit", "token"),
        lambda delivery: Thing(f"{_of_records(delivery)} ({delivery.token})"),
    ),
    "upload_id": (
        Upload.objects.select_related("unit", "handed_in_by"),
        lambda upload: Thing(f"{_of_records(upload)} ({upload.handed_in_by})"),
    ),
}


def told(found: Iterable[FailedJob]) -> list[Told]:
    """Rows of one page; one query for each sort of thing."""
    found = list(found)
    numbers: dict[str, set[int]] = defaultdict(set)
    for job in found:
        for name in job.arguments.keys() & THINGS.keys():
            numbers[name].add(job.arguments[name])
    things = {name: THINGS[name][0].in_bulk(ids) for name, ids in numbers.items()}
    return [Told(job, label_of(job.name), _things(job, things), sentence_of(job)) for job in found]


def _things(job: FailedJob, things: dict[str, dict[int, models.Model]]) -> list[Thing]:
    shown = []
    for name, value in job.arguments.items():
        if name in THINGS:
            thing = things[name].get(value)
            shown.append(THINGS[name][1](thing) if thing else Thing(gettext("It is no longer there.")))
    return shown


def sentence_of(job: FailedJob) -> str:
    return job.sentence or str(SENTENCES[FaultSort(job.sort)])


def _shown(queryset, value: str):
    if value == WAITS:
        return queryset.given_up()
    return queryset.exclude(set_aside_at=None) if value == ASIDE else queryset.filter(given_up_at=None)


def filters() -> list[Filter]:
    names = sorted({(name, label_of(name)) for name in kinds}, key=lambda each: fold(each[1]))
    return [Filter("show", gettext_lazy("State"), SHOWN, _shown), Filter("name", gettext_lazy("Job"), names)]


def _letters_shown(queryset, value: str):
    if value == WAITS:
        return queryset.refused()
    return queryset.exclude(set_aside_at=None) if value == ASIDE else queryset.delayed()


def letter_filters() -> list[Filter]:
    return [Filter("show", gettext_lazy("State"), SHOWN, _letters_shown)]
