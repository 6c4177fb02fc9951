"""Measures over what the product keeps itself, as registrations: counted where it lies when somebody asks, so that no
number is a day old.

The database groups the rows by the columns that a measure asks for; the reference judges one row of each group.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from django.db.models import Count as CountOf
from django.db.models import QuerySet
from django.utils import timezone

from thidua.analytics.registry import OWN, dataset_of
from thidua.core.figures import NoValue
from thidua.core.measures import evaluate
from thidua.core.measures.schema import Cell, Count, Measure, Period
from thidua.core.plan.schema import Plan
from thidua.people.models import Unit
from thidua.reports import computing
from thidua.reports.models import Result

ENGINE = "reference"
NONE = Count("", None, None, 0, 0)
Units: TypeAlias = QuerySet[Unit] | list[Unit]


def measures(plan: Plan, criteria: Collection[str]) -> list[Measure]:
    return [each for each in plan.measures if each.dataset in OWN and each.criterion in criteria]


class At(NamedTuple):
    year: int
    unit_id: int
    unit_kind: str


def counts(
    measure: Measure, campaign: int, years: Collection[int], units: Units, *, today: dt.date
) -> dict[At, list[Count]]:
    """What the measure counts for each year and unit that has rows: the whole, and each field of it. One query."""
    dataset, own = dataset_of(measure.dataset), OWN[measure.dataset]
    asked = {*evaluate.read(measure, dataset).columns, measure.day, measure.scope, measure.mean_of} - {""}
    names = sorted(asked)
    rows = own.rows(campaign, years).filter(unit__in=units).order_by()
    grouped = rows.values_list("year", "unit_id", "unit__kind", *(own.columns[name] for name in names))
    cells: dict[At, list[Cell]] = defaultdict(list)
    for year, unit, kind, *values, times in grouped.annotate(times=CountOf("pk")):
        row = {**dict(zip(names, values, strict=True)), "_unit": str(unit)}
        until = computing.judged_on(measure, year, today)
        for cell in evaluate.cells(measure, dataset, [row], Period.of_year(year), until):
            cells[At(year, unit, kind)].append(_times(cell, times))
    return {
        at: [count for count in evaluate.rolled_up(measure, of_unit) if count.month is None]
        for at, of_unit in cells.items()
    }


def _times(cell: Cell, times: int) -> Cell:
    return cell._replace(
        numerator=cell.numerator * times,
        denominator=cell.denominator * times,
        apart=tuple(amount * times for amount in cell.apart),
    )


def results(
    plan: Plan, campaign: int, years: Collection[int], units: Units, criteria: Collection[str]
) -> Iterator[Result]:
    """As measures over batches are stored, but of this moment, and never stored. A unit without rows counts zero."""
    wanted = measures(plan, criteria)
    if not wanted:
        return
    now, listed = timezone.now(), list(units)
    for measure in wanted:
        found = counts(measure, campaign, years, units, today=timezone.localdate(now))
        kinds, is_count = computing.kinds_of(plan, measure.criterion), plan.criterion(measure.criterion).is_count
        for unit in (each for each in listed if each.kind in kinds):
            for year in years:
                for count in found.get(At(year, unit.pk, unit.kind), [NONE]):
                    yield _result(measure, campaign, year, unit, count, is_count=is_count, at=now)


def _result(
    measure: Measure, campaign: int, year: int, unit: Unit, count: Count, *, is_count: bool, at: dt.datetime
) -> Result:
    """A criterion that counts has no share, and zero is a number of it."""
    return Result(
        campaign_id=campaign,
        criterion=measure.criterion,
        measure_version=measure.version,
        unit=unit,
        year=year,
        scope=count.scope,
        numerator=Decimal(str(count.numerator)),
        denominator=None if is_count else Decimal(str(count.denominator)),
        apart=count.apart,
        reason="" if is_count or count.denominator else NoValue.NOTHING_COUNTED,
        engine=ENGINE,
        computed_at=at,
    )
