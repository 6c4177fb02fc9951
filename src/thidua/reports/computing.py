"""Measures over batches: which batches still wait for one, and what it counts in them. Nothing is written here."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from thidua.analytics import engine as engines
from thidua.analytics import storage
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.campaigns.models import Campaign
from thidua.core.figures import NoValue
from thidua.core.measures import evaluate
from thidua.core.measures.schema import Count, Measure, Period
from thidua.core.plan.schema import Plan
from thidua.ledger.store import Faulty
from thidua.people.models import Unit
from thidua.reports.models import Result


def over_batches(plan: Plan) -> list[Measure]:
    """The measures that an engine counts; what the product keeps itself is counted where it lies (``live``)."""
    return [each for each in plan.measures if not dataset_of(each.dataset).is_own]


def judged_on(measure: Measure, year: int, today: dt.date) -> dt.date:
    """The last day of the year, or today where the measure asks how things stand in a year that still runs."""
    end = Period.of_year(year).end
    conditions = evaluate.read(measure, dataset_of(measure.dataset))
    return min(end, today) if conditions.ask_until else end


def kinds_of(plan: Plan, criterion: str) -> set[str]:
    """The kinds of units that a criterion speaks to."""
    meant = plan.criterion(criterion).audiences
    return {kind for each in plan.audiences if each.id in meant and not each.personal for kind in each.kinds}


def audience_of(plan: Plan, criterion: str) -> QuerySet[Unit]:
    return Unit.objects.filter(kind__in=kinds_of(plan, criterion))


def kinds_counted(dataset: str, year: int) -> set[str]:
    """The kinds of units of which some campaign of the year counts this dataset."""
    running = Campaign.objects.filter(current__isnull=False, first_year__lte=year, last_year__gte=year)
    return {
        kind
        for campaign in running.select_related("current")
        for measure in campaign.current.plan.measures
        if measure.dataset == dataset
        for kind in kinds_of(campaign.current.plan, measure.criterion)
    }


def batches_of(plan: Plan, measure: Measure, year: int, units: QuerySet[Unit] | None = None) -> QuerySet[Batch]:
    """The batches in force that the measure counts."""
    found = Batch.objects.in_force().filter(dataset=measure.dataset, period=str(year))
    found = found.filter(unit__in=audience_of(plan, measure.criterion).values("pk"))
    return found if units is None else found.filter(unit__in=units.values("pk"))


def waiting(
    campaign: Campaign,
    measure: Measure,
    year: int,
    *,
    today: dt.date,
    units: QuerySet[Unit] | None = None,
    engine: str = "",
) -> QuerySet[Batch]:
    """Batches of which this version of the measure has no result yet, or none of the engine that is asked for."""
    done = Result.objects.filter(
        campaign=campaign,
        criterion=measure.criterion,
        measure_version=measure.version,
        judged_on=judged_on(measure, year, today),
        scope=None,
    )
    if engine:
        done = done.filter(engine=engine)
    return batches_of(campaign.current.plan, measure, year, units).exclude(pk__in=done.values("batch"))


def at_hand(batches: Iterable[Batch]) -> list[Batch]:
    """Those that can be counted: not those whose file is missing or changed, which must not keep the others from it."""
    found = []
    for batch in batches:
        with contextlib.suppress(Faulty):  # it stands on the batch
            if batch.key:
                storage.path_of(batch)
            found.append(batch)
    return found


def lacking(measure: Measure, columns: Collection[str]) -> tuple[str, ...]:
    """The first group of columns of which the file had none; () where it had what the measure needs."""
    return next((group for group in measure.needs if not set(group) & set(columns)), ())


def results(
    campaign: Campaign,
    measure: Measure,
    year: int,
    batches: Sequence[Batch],
    *,
    today: dt.date,
    engine: str,
    at: dt.datetime,
) -> list[Result]:
    """Rows to be stored: one query over all the batches that can be counted, and a reason for each of the others."""
    chosen, until = engines.chosen(engine), judged_on(measure, year, today)
    countable = [each for each in batches if each.key and not lacking(measure, each.columns)]
    counted = engines.count(
        measure,
        dataset_of(measure.dataset),
        [str(storage.path_of(each)) for each in countable],
        Period.of_year(year),
        until,
        engine=chosen,
    )
    by_unit: dict[str, list[Count]] = defaultdict(list)
    for count in counted:
        by_unit[count.unit].append(count)
    common = {
        "campaign": campaign,
        "criterion": measure.criterion,
        "measure_version": measure.version,
        "year": year,
        "judged_on": until,
        "engine": chosen.value,
        "computed_at": at,
    }
    return [
        Result(batch=batch, unit_id=batch.unit_id, **values, **common)
        for batch in batches
        for values in _values(measure, batch, by_unit[batch.unit.code])
    ]


def _values(measure: Measure, batch: Batch, counts: Sequence[Count]) -> list[dict[str, object]]:
    """The columns of ``Result`` that differ: the whole first, then each scope."""
    if batch.nothing_arose or not batch.key:
        return [{"scope": None, "reason": NoValue.NOTHING_AROSE}]
    if lacking(measure, batch.columns):
        return [{"scope": None, "reason": NoValue.COLUMN_MISSING}]
    months: dict[str | None, dict[str, list[float]]] = defaultdict(dict)
    for count in counts:
        if count.month is not None:
            months[count.scope][count.month] = [count.numerator, count.denominator]
    return [
        {
            "scope": count.scope,
            "numerator": Decimal(str(count.numerator)),
            "denominator": Decimal(str(count.denominator)),
            "apart": dict(count.apart),
            "months": months[count.scope],
            "reason": "" if count.denominator else NoValue.NOTHING_COUNTED,
        }
        for count in counts
        if count.month is None
    ]
