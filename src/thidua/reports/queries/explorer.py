"""From a number down to the rows that made it: a criterion, then by audience, unit, field and month, then the rows."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import QuerySet

from thidua.analytics import storage
from thidua.analytics.engine import listing
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.campaigns.models import Campaign
from thidua.core.figures import Verdict, merit, verdict
from thidua.core.intervals import RANKED_FROM, wilson
from thidua.core.measures.schema import Measure, Period
from thidua.core.plan.schema import Audience, Criterion
from thidua.core.totals import total
from thidua.core.units import UnitKind
from thidua.core.values import WITHOUT_FIELD, Amount, Source, Value, added
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence, _
from thidua.people.models import Unit
from thidua.reports import computing
from thidua.reports.queries.values import At, Sight, best, spelt


class By(StrEnum):
    """What a number can be broken down by, in the order of the way down."""

    AUDIENCE = "audience"
    UNIT = "unit"
    FIELD = "field"
    MONTH = "month"

    @property
    def label(self) -> Sentence:
        return BY_LABELS[self]

    @property
    def noun(self) -> Sentence:
        """What one part is."""
        return BY_NOUNS[self]


BY_NOUNS = {By.AUDIENCE: _("Audience"), By.UNIT: _("Unit"), By.FIELD: _("Field"), By.MONTH: _("Month")}
BY_LABELS = {
    By.AUDIENCE: _("By audience"),
    By.UNIT: _("By unit"),
    By.FIELD: _("By field"),
    By.MONTH: _("By month"),
}


@dataclass(frozen=True)
class Place:
    """A stand on the way down. ``scope`` None: all fields, "": what has none; ``month``: "2023-05" or "".

    ``measure`` is None where no records are counted.
    """

    campaign: Campaign
    year: int
    criterion: Criterion
    measure: Measure | None = None
    audience: Audience | None = None
    unit: Unit | None = None
    scope: str | None = None
    month: str = ""

    @property
    def audiences(self) -> list[Audience]:
        meant = self.criterion.audiences
        return [each for each in self.campaign.current.plan.audiences if each.id in meant and not each.personal]

    @property
    def steps(self) -> list[By]:
        """What is still open, the next one first."""
        measure = self.measure
        is_open = {
            By.AUDIENCE: len(self.audiences) > 1 and not (self.audience or self.unit or self.month)
            and self.scope is None,
            By.UNIT: self.unit is None,
            By.FIELD: bool(self.criterion.scopes or (measure and measure.scope)) and self.scope is None,
            By.MONTH: bool(measure and measure.day) and not self.month,
        }  # fmt: skip
        return [by for by in By if is_open[by]]

    def seen(self, seen: Sight) -> Sight:
        """Of what is in sight this criterion, audience and unit."""
        seen = seen.of_criterion(self.criterion.id)
        if self.unit:
            return seen.of_units(unit=self.unit)
        kinds = (
            self.audience.kinds if self.audience else computing.kinds_of(seen.campaign.current.plan, self.criterion.id)
        )
        return seen.of_units(unit__kind__in=kinds)


@dataclass(frozen=True)
class Slice:
    """One part of a number. ``key`` is its value in the address; ``group``: the peers it may be compared with.

    ``units``: of how many units something is known in it, and ``met`` how many of them reach the target. ``source``: in
    words where it comes from; ``has_rows``: whether records stand behind it.
    """

    criterion: Criterion
    key: str
    label: str
    amount: Amount
    verdict: Verdict | None
    group: str = ""
    units: int = 0
    met: int = 0
    rank: int | None = None
    source: str = ""
    is_stale: bool = False
    has_rows: bool = True
    is_missed_in_a_field: bool = False

    @property
    def numerator(self) -> Decimal | None:
        return self.amount.numerator

    @property
    def denominator(self) -> Decimal | None:
        return self.amount.denominator

    @property
    def share(self) -> Decimal | None:
        return self.amount.share

    @property
    def plotted(self) -> Decimal | None:
        """What parts are ranked by: the share, or the count."""
        return self.amount.numerator if self.criterion.is_count else self.amount.share

    @property
    def peers(self) -> Sentence:
        return UnitKind(self.group).label

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% Wilson interval of the share."""
        amount = self.amount
        return wilson(float(amount.numerator or 0), int(amount.denominator)) if amount.denominator else None


def criteria(seen: Sight, kinds: Set[str]) -> list[tuple[Criterion, Slice]]:
    """Every criterion of units, over all units in sight.

    ``kinds``: those of the units in sight; a principal is not shown what is asked of divisions.
    """
    plan, found = seen.campaign.current.plan, defaultdict[str, list[Value]](list)
    meant = {each.id: computing.kinds_of(plan, each.id) for each in plan.criteria}
    for at, value in best(seen).items():
        if at.unit_kind in meant[at.criterion]:
            found[at.criterion].append(value)
    return [
        (each, _total(each, "", "", found[each.id]))
        for each in plan.criteria
        if not each.of_people and meant[each.id] & kinds
    ]


def explored(place: Place, seen: Sight, by: By | None) -> tuple[Slice, list[Slice]]:
    """The number at a place, and its parts. The same queries however many units there are.

    Months are those of records: whoever declares a year declares no months of it.
    """
    if place.month:
        of_month = list(_of_records(place, seen, by).values()) if by else []
        return _of_month(place, seen), ranked(of_month) if by is By.UNIT else of_month
    values = _values(place, seen, with_parts=by is By.FIELD)
    whole = _total(place.criterion, "", "", values.values())
    if by is By.UNIT:
        return whole, ranked(list(_of_units(place, values).values()))
    if by is By.AUDIENCE:
        return whole, _by_audience(place, values)
    found = _of_fields(place, values) if by is By.FIELD else _of_records(place, seen, by) if by else {}
    return whole, sorted(found.values(), key=lambda part: part.key)


def _of_month(place: Place, seen: Sight) -> Slice:
    parts = list(_of_records(place, seen, By.UNIT).values())
    amount = added(each.amount for each in parts)
    met = sum(each.verdict is Verdict.MET for each in parts)
    return Slice(place.criterion, "", "", amount, verdict(place.criterion, *amount), units=len(parts), met=met)


def _values(place: Place, seen: Sight, *, with_parts: bool = False) -> dict[At, Value]:
    """The value of each unit at a place: its whole, or one field of it."""
    found = best(place.seen(seen), with_parts=with_parts or place.scope is not None)
    of_criterion = {at: value for at, value in found.items() if at.criterion == place.criterion.id}
    if place.scope is None:
        return of_criterion
    asked = fold(place.scope)
    return {
        at: part
        for at, value in of_criterion.items()
        for part in (value.parts or (replace(value, scope=""),))
        if fold(part.scope or "") == asked
    }


def _total(criterion: Criterion, key: str, label: str, values: Iterable[Value]) -> Slice:
    values = list(values)
    found = total(criterion, values)
    return Slice(
        found.criterion, key, label, found.amount, found.verdict, units=found.applicable, met=found.met,
        source=found.told, is_stale=any(each.is_stale for each in values),
        has_rows=bool(found.sources[Source.COMPUTED]), is_missed_in_a_field=found.is_missed_in_a_field,
    )  # fmt: skip


def _by_audience(place: Place, values: dict[At, Value]) -> list[Slice]:
    return [
        _total(place.criterion, each.id, each.name, [v for at, v in values.items() if at.unit_kind in each.kinds])
        for each in place.audiences
    ]


def _of_units(place: Place, values: dict[At, Value]) -> dict[str, Slice]:
    known = {at: value for at, value in values.items() if value.amount and value.amount.arose}
    units = Unit.objects.in_bulk({at.unit_id for at in known})
    found = {}
    for at, value in known.items():
        unit = units[at.unit_id]
        found[unit.code] = Slice(
            place.criterion, unit.code, unit.name, value.amount or Amount(None), value.verdict, unit.kind, 1,
            int(value.met is True), source=value.told, is_stale=value.is_stale,
            has_rows=value.source is Source.COMPUTED, is_missed_in_a_field=value.is_missed_in_a_field,
        )  # fmt: skip
    return found


def _of_fields(place: Place, values: dict[At, Value]) -> dict[str, Slice]:
    """A value that nobody gave by field stands with what has none."""
    found: dict[str, list[Value]] = defaultdict(list)
    for value in values.values():
        for part in value.parts or (value,):
            if part.amount and part.amount.arose:
                found[part.scope or ""].append(part)
    one = replace(place.criterion, scopes=())
    return {
        fold(scope): _total(one, fold(scope), scope or str(WITHOUT_FIELD), of_units)
        for scope, of_units in found.items()
    }


class _Row(NamedTuple):
    unit_id: int
    code: str
    name: str
    kind: str
    months: dict[str, list[float]]


def _of_records(place: Place, seen: Sight, by: By) -> dict[str, Slice]:
    """By month, or what one month says by unit or field."""
    found: dict[str, tuple[str, str, list[Amount], set[int]]] = {}
    for row, scope in _rows(place, place.seen(seen), by):
        for key, label, month in _keys(place, by, row, scope):
            amount = Amount.of(*(Decimal(str(each)) for each in row.months[month]))
            if amount.arose:
                part = found.setdefault(key, (label, row.kind if by is By.UNIT else "", [], set()))
                part[2].append(amount)
                part[3].add(row.unit_id)
    return {
        key: Slice(place.criterion, key, label, amount, verdict(place.criterion, *amount), group, len(units))
        for key, (label, group, amounts, units) in found.items()
        for amount in [added(amounts)]
    }


def _keys(place: Place, by: By, row: _Row, scope: str | None) -> Iterator[tuple[str, str, str]]:
    """Key and label of a part, and the month of the row that belongs to it."""
    for month in (place.month,) if place.month else row.months:
        if month in row.months:
            if by is By.MONTH:
                yield month, f"{month[5:]}/{month[:4]}", month
            elif by is By.UNIT:
                yield row.code, row.name, month
            else:
                yield fold(scope or ""), spelt(place.criterion, scope or "") or str(WITHOUT_FIELD), month


def _rows(place: Place, seen: Sight, by: By) -> Iterator[tuple[_Row, str | None]]:
    """Results of the whole, of one field (spelt as it may be in each file), or of all fields: the parts."""
    results = seen.results.counted_by([place.measure] if place.measure else [])
    of_fields = by is By.FIELD or place.scope is not None
    columns = ("unit_id", "unit__code", "unit__name", "unit__kind", "months", "scope")
    rows = results.filter(scope__isnull=not of_fields).order_by("unit__sort_key", "scope").values_list(*columns)
    for *row, scope in rows:
        if place.scope is None or fold(scope or "") == fold(place.scope):
            yield _Row(*row), scope


def ranked(found: list[Slice]) -> list[Slice]:
    """By kind of unit, the worst value first; ranked from the best, equal ones alike, tiny denominators not."""
    order, ranks = list(UnitKind), dict[tuple[str, Decimal | None], int]()
    best_first = sorted(filter(_is_ranked, found), key=lambda part: -merit(part.criterion, part.plotted or Decimal(0)))
    passed: dict[str, int] = {}
    for part in best_first:
        passed[part.group] = passed.get(part.group, 0) + 1
        ranks.setdefault((part.group, part.plotted), passed[part.group])
    known = [replace(part, rank=ranks[part.group, part.plotted] if _is_ranked(part) else None) for part in found]
    return sorted(
        known,
        key=lambda part: (
            order.index(UnitKind(part.group)),
            merit(part.criterion, part.plotted or Decimal(0)),
            part.label,
        ),
    )


def _is_ranked(part: Slice) -> bool:
    """A count is no matter of chance."""
    return part.criterion.is_count or (part.denominator or 0) >= RANKED_FROM


def batches(place: Place, seen: QuerySet[Batch]) -> list[Batch]:
    """The batches in force and in sight whose rows make the number."""
    if place.measure is None:
        return []
    plan = place.campaign.current.plan
    units = Unit.objects.filter(pk=place.unit.pk) if place.unit else None
    found = computing.batches_of(plan, place.measure, place.year, units).filter(pk__in=seen.values("pk"))
    if place.audience:
        found = found.filter(unit__kind__in=place.audience.kinds)
    return [
        each
        for each in found.exclude(key="").select_related("unit").order_by("unit__sort_key")
        if not computing.lacking(place.measure, each.columns)
    ]


@dataclass(frozen=True)
class Rows:
    """Rows behind a number, from the files of batches; answers ``count`` and slices as a paginator asks for them."""

    place: Place
    batches: list[Batch]
    part: listing.Part
    today: dt.date

    def count(self) -> int:
        return listing.count(*self._asked())

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        return listing.rows(*self._asked(), limit=wanted.stop - wanted.start, offset=wanted.start)

    def _asked(self) -> tuple:
        place, measure = self.place, self.place.measure
        between = {measure.day: _days_of(place.month)} if place.month else {}
        return (
            measure,
            dataset_of(measure.dataset),
            {each.unit.code: str(path) for each, path in storage.readable(self.batches)},
            Period.of_year(place.year),
            computing.judged_on(measure, place.year, self.today),
            listing.Narrowed(self.part, place.scope, between),
        )


def _days_of(month: str) -> tuple[dt.date, dt.date]:
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year, number, 1), dt.date(year, number, monthrange(year, number)[1])
