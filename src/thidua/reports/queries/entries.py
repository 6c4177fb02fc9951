"""What each source says of a criterion, side by side, and the value that counts (``thidua figures show``)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from thidua.analytics.registry import dataset_of
from thidua.campaigns.models import Campaign
from thidua.core import values as core
from thidua.core.figures import NoValue
from thidua.core.measures.schema import APART, Measure
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.values import Amount, Counted, Source, Stated, Value
from thidua.core.words import Sentence, _
from thidua.people.models import Unit
from thidua.reports import computing, live
from thidua.reports.models import Figure, Result
from thidua.reports.queries.values import At, source_of, spelt, stated, values, values_here


@dataclass(frozen=True)
class Entry:
    """What one source says of one criterion, unit and scope (None: the whole). ``best``: the value that counts there;
    ``fault``: of the file that was counted."""

    criterion: Criterion
    unit: str
    scope: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    source: str
    met: bool | None
    best: Value | None = field(default=None, repr=False)
    apart: dict[str, int] = field(default_factory=dict, hash=False)
    reason: Sentence | str | None = None
    no_value: NoValue | None = None
    batches: tuple[int, ...] = ()
    measure_version: int | None = None
    engine: str | None = None
    computed_at: dt.datetime | None = None
    fault: str = ""

    @property
    def amount(self) -> Amount | None:
        """None where the records cannot tell."""
        if self.no_value is NoValue.COLUMN_MISSING:
            return None
        denominator = self.denominator if self.no_value is None else Decimal(0)
        return Amount.of(self.numerator, denominator)

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None


def entries(campaign: Campaign, year: int, *, units: QuerySet[Unit], criterion: str = "") -> list[Entry]:
    """All of units' criteria, in the order of the plan, then of units, declared before computed ones."""
    plan = campaign.current.plan
    wanted = [each for each in plan.criteria if not each.of_people and criterion in ("", each.id)]
    codes = dict(units.in_order().values_list("pk", "code"))
    best = _best(campaign, year, units, codes)
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in (
        *_declared(campaign, year, units, wanted),
        *(entry for _year, entry in _computed(plan, campaign.pk, [year], units, wanted)),
    ):
        counts = best.get((entry.criterion.id, entry.unit, entry.scope))
        found[entry.criterion.id, entry.unit].append(replace(entry, best=counts))
    return [entry for each in wanted for code in codes.values() for entry in found[each.id, code]]


def _best(
    campaign: Campaign, year: int, units: QuerySet[Unit], codes: dict[int, str]
) -> dict[tuple[str, str, str | None], Value]:
    """(criterion, unit code, field, or None for the whole) → the value that counts."""
    plan, seen = campaign.current.plan, {"campaign": campaign, "year": year, "unit__in": units.values("pk")}
    of_units: dict[At, Value] = values(
        plan, Figure.objects.filter(**seen), Result.objects.filter(**seen), with_parts=True
    ) | values_here(plan, campaign.pk, [year], units)
    return {
        (at.criterion, codes[at.unit_id], each.scope): each
        for at, value in of_units.items()
        for each in (value, *value.parts)
    }


Of = dict[str | None, Entry]  # field as the plan spells it, or None for the whole → what was counted


def of_unit(
    plan: Plan, campaign_id: int, unit: Unit, years: Collection[int], criteria: Iterable[Criterion]
) -> dict[int, dict[str, Of]]:
    """Year → criterion → what was counted for the unit. One query, and one for what is kept here."""
    found: dict[int, dict[str, Of]] = defaultdict(lambda: defaultdict(dict))
    for year, entry in _computed(plan, campaign_id, years, [unit], criteria):
        found[year][entry.criterion.id][entry.scope] = entry
    return found


def of_units(
    plan: Plan, campaign_id: int, year: int, units: Iterable[int], criterion: str
) -> dict[tuple[str, str | None], Entry]:
    """(unit code, field, or None for the whole) → what was counted of one criterion. One query."""
    wanted = [each for each in plan.criteria if each.id == criterion]
    seen = Unit.objects.filter(pk__in=units)
    return {(entry.unit, entry.scope): entry for _year, entry in _computed(plan, campaign_id, [year], seen, wanted)}


def as_counted(criterion: Criterion, found: Of) -> dict[str | None, Counted]:
    """The same for ``core.values``."""
    return {scope: Counted(entry.amount, source_of(criterion)) for scope, entry in found.items()}


def _declared(campaign: Campaign, year: int, units: QuerySet[Unit], wanted: list[Criterion]) -> Iterator[Entry]:
    figures = Figure.objects.filter(campaign=campaign, year=year, unit__in=units.values("pk")).select_related("unit")
    grouped: dict[tuple[str, str], dict[str | None, Figure]] = defaultdict(dict)
    for figure in figures.order_by("scope"):
        grouped[figure.criterion, figure.unit.code][figure.scope or None] = figure
    criteria = {each.id: each for each in wanted}
    for (id, unit), rows in grouped.items():
        if id in criteria:
            said = {scope: stated(figure) for scope, figure in rows.items()}
            checked = {scope: each.checked for scope, each in said.items() if each.checked is not None}
            declared = {scope: each.declared for scope, each in said.items()}
            yield from _of_people(criteria[id], unit, "declared", declared, rows)
            yield from _of_people(criteria[id], unit, "checked", checked, {})


def _of_people(
    criterion: Criterion, unit: str, source: str, amounts: dict[str | None, Amount], rows: dict[str | None, Figure]
) -> Iterator[Entry]:
    """What people stated of each field; where there are fields the whole is their sum."""
    if not amounts:
        return
    value = core.value(criterion, {scope: Stated(each) for scope, each in amounts.items()}, {}, by_field=False)
    for each in (value, *(part for part in value.parts if part.scope in amounts)):
        figure = rows.get(each.scope)
        reason: Sentence | None = None
        if figure and figure.nothing_arose:
            reason = _("Nothing arose: %(why)s", why=figure.explanation)
        elif each.amount and not each.amount.arose:
            reason = NoValue.NOTHING_AROSE.label
        yield Entry(criterion, unit, each.scope, each.numerator, each.denominator, source, each.met, reason=reason)


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
        for entry in _of_results(criteria[id], measures[id], unit, results):
            yield year, entry


def _of_results(criterion: Criterion, measure: Measure, unit: str, results: list[Result]) -> Iterator[Entry]:
    """The whole first, then its fields."""
    found = {}
    for each in results:
        scope = each.scope if each.scope is None else spelt(criterion, each.scope)
        found[scope] = Entry(
            criterion=criterion,
            unit=unit,
            scope=scope,
            numerator=each.numerator,
            denominator=each.denominator,
            source="computed",
            met=None,
            apart=each.apart,
            reason=reason_of(each, measure),
            no_value=NoValue(each.reason) if each.reason else None,
            batches=(each.batch_id,) if each.batch_id else (),
            measure_version=each.measure_version,
            engine=each.engine,
            computed_at=each.computed_at,
            fault=each.batch.fault if each.batch_id else "",
        )
    value = core.value(criterion, {}, as_counted(criterion, found), by_field=bool(measure.scope))
    for part in (value, *value.parts):
        if part.scope in found:
            yield replace(found[part.scope], met=part.met)


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
        "best": None if entry.best is None else _best_as_json(entry.best),
        "apart": {**dict.fromkeys(APART), **entry.apart},
        "reason": None if entry.reason is None else str(entry.reason),
        "batches": list(entry.batches),
        "measure_version": entry.measure_version,
        "engine": entry.engine,
        "computed_at": None if entry.computed_at is None else timezone.localtime(entry.computed_at).isoformat(),
    }


def _best_as_json(value: Value) -> dict[str, object]:
    return {
        "numerator": plain(value.numerator),
        "denominator": plain(value.denominator),
        "value": plain(value.share),
        "met": value.met,
        "source": None
        if value.source is None
        else "computed"
        if value.source is Source.REGISTRATIONS
        else value.source,
        "stale": value.is_stale,
    }


def plain(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
