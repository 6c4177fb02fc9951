"""Every number of a figure with its source, declared and computed side by side: what ``thidua figures show`` prints."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from thidua.analytics.registry import dataset_of
from thidua.campaigns.models import Campaign
from thidua.core.figures import NoValue, Verdict, verdict
from thidua.core.measures.schema import APART, Measure
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence, _
from thidua.people.models import Unit
from thidua.reports import computing, live
from thidua.reports.models import Figure, Result


def reason_of(result: Result, measure: Measure | None) -> Sentence | None:
    """Why there is no value, naming the columns that the file did not have."""
    if not result.reason:
        return _("The criterion counts; it has no share.") if result.denominator is None else None
    group = computing.lacking(measure, result.batch.columns) if measure else ()
    if result.reason != NoValue.COLUMN_MISSING or not measure or not group:
        return NoValue(result.reason).label
    dataset = dataset_of(measure.dataset)
    names = " / ".join(str(column.label) for name in group if (column := dataset.column(name)))
    return _("The file had no column “%(names)s”.", names=names)


@dataclass(frozen=True)
class Entry:
    """One number of one criterion, unit and scope (None: the whole), with where it comes from; ``fault``: of the file
    that it was counted in."""

    criterion: Criterion
    unit: str
    scope: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    source: str
    met: bool | None
    apart: dict[str, int] = field(default_factory=dict, hash=False)
    reason: Sentence | str | None = None
    no_value: NoValue | None = None
    batches: tuple[int, ...] = ()
    measure_version: int | None = None
    engine: str | None = None
    computed_at: dt.datetime | None = None
    fault: str = ""

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None

    @property
    def is_known(self) -> bool:
        """Whether the records say something of it, be it that nothing arose."""
        return self.no_value is not NoValue.COLUMN_MISSING


def met(criterion: Criterion, numerator: Decimal | None, denominator: Decimal | None) -> bool | None:
    """Against the target; None where nothing can be said, a zero denominator included."""
    if numerator is None or denominator == 0:
        return None
    found = verdict(criterion, numerator, denominator)
    return None if found is Verdict.NOT_APPLICABLE else found is Verdict.MET


def met_in_every(parts: Iterable[bool | None]) -> bool | None:
    """The whole of a criterion "in every field": every field with a denominator meets it."""
    known = [part for part in parts if part is not None]
    return all(known) if known else None


def entries(campaign: Campaign, year: int, *, units: QuerySet[Unit], criterion: str = "") -> list[Entry]:
    """All numbers of units' criteria, in the order of the plan, then of units, declared before computed ones."""
    plan = campaign.current.plan
    wanted = [each for each in plan.criteria if each.kind != "personal" and criterion in ("", each.id)]
    codes = list(units.in_order().values_list("code", flat=True))
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in (
        *_declared(campaign, year, units, wanted),
        *(entry for _year, entry in _computed(plan, campaign.pk, [year], units, wanted)),
    ):
        found[entry.criterion.id, entry.unit].append(entry)
    return [entry for each in wanted for code in codes for entry in found[each.id, code]]


Of = dict[tuple[str, str | None], Entry]  # (criterion, field folded, or None for the whole) → what was computed


def of_unit(
    plan: Plan, campaign_id: int, unit: Unit, years: Collection[int], criteria: Iterable[Criterion]
) -> dict[int, Of]:
    """What was computed from the unit's records in each of these years. One query, and one for what is kept here."""
    found: dict[int, Of] = defaultdict(dict)
    for year, entry in _computed(plan, campaign_id, years, [unit], criteria):
        found[year][entry.criterion.id, None if entry.scope is None else fold(entry.scope)] = entry
    return found


def of_units(
    plan: Plan, campaign_id: int, year: int, units: Iterable[int], criterion: str
) -> dict[tuple[str, str | None], Entry]:
    """(unit code, field folded, or None for the whole) → what was computed of one criterion. One query."""
    wanted = [each for each in plan.criteria if each.id == criterion]
    seen = Unit.objects.filter(pk__in=units)
    found = _computed(plan, campaign_id, [year], seen, wanted)
    return {(entry.unit, None if entry.scope is None else fold(entry.scope)): entry for _year, entry in found}


def _declared(campaign: Campaign, year: int, units: QuerySet[Unit], wanted: list[Criterion]) -> Iterator[Entry]:
    figures = Figure.objects.filter(campaign=campaign, year=year, unit__in=units.values("pk")).select_related("unit")
    grouped: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures.order_by("scope"):
        grouped[figure.criterion, figure.unit.code].append(figure)
    criteria = {each.id: each for each in wanted}
    for (id, unit), rows in grouped.items():
        if id not in criteria:
            continue
        checked = [each for each in rows if each.checked_at is not None]
        yield from _stated(criteria[id], unit, rows, "declared", "numerator", "denominator")
        yield from _stated(criteria[id], unit, checked, "checked", "checked_numerator", "checked_denominator")


def _stated(criterion: Criterion, unit: str, rows: list[Figure], source: str, top: str, bottom: str) -> Iterator[Entry]:
    """What people stated of each field; where there are fields the whole is their sum."""
    parts = []
    for row in rows:
        numerator, denominator = getattr(row, top), getattr(row, bottom)
        reason = None
        if source == "declared" and row.nothing_arose:
            reason = _("Nothing arose: %(why)s", why=row.explanation)
        is_met = met(criterion, numerator, denominator)
        parts.append(Entry(criterion, unit, row.scope or None, numerator, denominator, source, is_met, reason=reason))
    if parts and criterion.scopes:
        numerator, denominator = (_sum(getattr(part, key) for part in parts) for key in ("numerator", "denominator"))
        is_met = met_in_every(part.met for part in parts)
        reason = NoValue.NOTHING_AROSE.label if denominator is None else None
        yield Entry(criterion, unit, None, numerator, denominator, source, is_met, reason=reason)
    yield from parts


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _computed(
    plan: Plan, campaign_id: int, years: Collection[int], units: live.Units, wanted: Iterable[Criterion]
) -> Iterator[tuple[int, Entry]]:
    measures = {each.criterion: each for each in plan.measures}
    criteria = {each.id: each for each in wanted if each.id in measures}
    rows = Result.objects.counted_by(measures[id] for id in criteria).filter(
        campaign=campaign_id, year__in=years, unit__in=units
    )
    grouped: dict[tuple[int, str, str], list[Result]] = defaultdict(list)
    own = live.results(plan, campaign_id, years, units, criteria)
    for row in (*rows.select_related("unit", "batch").order_by("scope"), *own):
        grouped[row.year, row.criterion, row.unit.code].append(row)
    for (year, id, unit), results in grouped.items():
        for entry in _counted(criteria[id], measures[id], unit, results):
            yield year, entry


def _counted(criterion: Criterion, measure: Measure, unit: str, results: list[Result]) -> Iterator[Entry]:
    spelling = {fold(scope): scope for scope in criterion.scopes}
    fields = [each for each in results if each.scope is not None]
    for each in sorted(results, key=lambda row: (row.scope is not None, row.scope or "")):
        is_met = met(criterion, each.numerator, each.denominator)
        if each.scope is None and measure.scope:
            is_met = met_in_every(met(criterion, part.numerator, part.denominator) for part in fields)
        yield Entry(
            criterion=criterion,
            unit=unit,
            scope=each.scope if each.scope is None else spelling.get(fold(each.scope), each.scope),
            numerator=each.numerator,
            denominator=each.denominator,
            source="computed",
            met=is_met,
            apart=each.apart,
            reason=reason_of(each, measure),
            no_value=NoValue(each.reason) if each.reason else None,
            batches=(each.batch_id,) if each.batch_id else (),
            measure_version=each.measure_version,
            engine=each.engine,
            computed_at=each.computed_at,
            fault=each.batch.fault if each.batch_id else "",
        )


def as_json(entry: Entry) -> dict[str, object]:
    """One entry of ``thidua figures show --json``."""
    return {
        "criterion": entry.criterion.id,
        "unit": entry.unit,
        "scope": entry.scope,
        "numerator": plain(entry.numerator),
        "denominator": plain(entry.denominator),
        "value": plain(entry.value),
        "threshold": entry.criterion.threshold,
        "met": entry.met,
        "source": entry.source,
        "apart": {**dict.fromkeys(APART), **entry.apart},
        "reason": None if entry.reason is None else str(entry.reason),
        "batches": list(entry.batches),
        "measure_version": entry.measure_version,
        "engine": entry.engine,
        "computed_at": None if entry.computed_at is None else timezone.localtime(entry.computed_at).isoformat(),
    }


def plain(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
