"""From a number down to the rows that made it: a criterion, then by audience, unit, field and month, then the rows."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import QuerySet

from thidua.analytics import storage
from thidua.analytics.engine import listing
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.campaigns.models import Campaign
from thidua.core.figures import Verdict, is_missed_in_a_field, merit, verdict
from thidua.core.intervals import wilson
from thidua.core.measures.schema import Measure, Period
from thidua.core.plan.schema import Audience, Criterion, Plan
from thidua.core.units import UnitKind
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence, _
from thidua.people.models import Unit
from thidua.reports import computing
from thidua.reports.models import Result
from thidua.reports.queries.stated import Stated, from_records

# A share of fewer than this many is chance more than merit: 1 of 30 moves it by over 3 points. It is shown, not ranked.
RANKED_FROM = 30


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
    """A stand on the way down. ``scope`` None: all fields, "": rows without one; ``month``: "2023-05" or ""."""

    campaign: Campaign
    year: int
    criterion: Criterion
    measure: Measure
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
        is_open = {
            By.AUDIENCE: len(self.audiences) > 1 and not (self.audience or self.unit or self.month)
            and self.scope is None,
            By.UNIT: self.unit is None,
            By.FIELD: bool(self.measure.scope) and self.scope is None,
            By.MONTH: bool(self.measure.day) and not self.month,
        }  # fmt: skip
        return [by for by in By if is_open[by]]

    def narrowed(self, results: QuerySet[Result]) -> QuerySet[Result]:
        """Of results in sight those of this criterion, year, audience and unit, in force."""
        found = results.counted_by([self.measure]).filter(campaign=self.campaign, year=self.year)
        if self.unit:
            return found.filter(unit=self.unit)
        return found.filter(unit__kind__in=self.audience.kinds) if self.audience else found


@dataclass(frozen=True)
class Line:
    """One part of the number of a criterion. ``key`` is its value in the address; ``group``: the peers it may be
    compared with.

    ``units``: how many units have a value in it, and ``met`` how many of them reach the target (a part of one unit: 1).
    """

    criterion: Criterion
    key: str
    label: str
    numerator: Decimal
    denominator: Decimal
    verdict: Verdict
    group: str = ""
    units: int = 0
    met: int = 0
    rank: int | None = None

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def merit(self) -> Decimal:
        return merit(self.criterion, self.value or Decimal(0))

    @property
    def is_missed_in_a_field(self) -> bool:
        return is_missed_in_a_field(self.criterion, self.verdict, self.numerator, self.denominator)

    @property
    def peers(self) -> Sentence:
        return UnitKind(self.group).label

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% Wilson interval of the share."""
        return wilson(float(self.numerator), int(self.denominator))


@dataclass
class _Sum:
    label: str = ""
    group: str = ""
    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    units: set[int] = field(default_factory=set)


class _Row(NamedTuple):
    unit_id: int
    code: str
    name: str
    kind: str
    scope: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    months: dict[str, list[float]]


def criteria(plan: Plan, results: QuerySet[Result], kinds: Set[str]) -> list[tuple[Criterion, Line]]:
    """Every criterion that a measure computes, over all units in sight; where nothing is counted yet, zeros.

    ``kinds``: those of the units in sight; a principal is not shown what is asked of divisions.
    """
    found = list(from_records(plan, results).values())
    measured = {each.criterion for each in computing.over_batches(plan)}
    return [
        (each, _over_units(each, "", "", [row for row in found if row.criterion == each.id]))
        for each in plan.criteria
        if each.id in measured and computing.kinds_of(plan, each.id) & kinds
    ]


def lines(place: Place, results: QuerySet[Result], by: By) -> list[Line]:
    """The parts of the number at a place. At most three queries, however many units there are."""
    seen = place.narrowed(results)
    if by is By.AUDIENCE:
        return _by_audience(place, seen)
    summed = _summed(_rows(place, seen, by), place, by)
    found = {key: _line(place.criterion, key, each) for key, each in summed.items()}
    if by is not By.UNIT:
        return sorted(found.values(), key=lambda line: line.key)
    if place.scope is None and not place.month:
        stated = from_records(place.campaign.current.plan, seen).values()
        missed = {each.unit_id for each in stated if each.met is False}
        for key, part in summed.items():
            if part.units & missed:  # a target "in every field" may be missed where the whole meets it
                found[key] = replace(found[key], verdict=Verdict.MISSED)
    return _ranked(list(found.values()))


def total(place: Place, results: QuerySet[Result]) -> Line:
    """The number at a place as a whole."""
    seen = place.narrowed(results)
    if place.scope is None and not place.month:
        stated = from_records(place.campaign.current.plan, seen)
        return _over_units(place.criterion, "", "", list(stated.values()))
    summed = _summed(_rows(place, seen, By.UNIT), place, By.UNIT)
    parts = [_line(place.criterion, key, each) for key, each in summed.items()]
    numerator, denominator = (
        sum((getattr(part, name) for part in parts), Decimal(0)) for name in ("numerator", "denominator")
    )
    return Line(
        place.criterion, "", "", numerator, denominator, _verdict(place.criterion, numerator, denominator),
        units=len(parts), met=sum(part.verdict is Verdict.MET for part in parts),
    )  # fmt: skip


def _by_audience(place: Place, seen: QuerySet[Result]) -> list[Line]:
    stated = list(from_records(place.campaign.current.plan, seen).values())
    return [
        _over_units(place.criterion, each.id, each.name, [row for row in stated if row.unit_kind in each.kinds])
        for each in place.audiences
    ]


def _over_units(criterion: Criterion, key: str, label: str, rows: list[Stated]) -> Line:
    """The sums of units. A target "in every field", and one that counts, is met where each unit meets its own."""
    numerator = sum((row.numerator for row in rows if row.numerator is not None), Decimal(0))
    denominator = sum((row.denominator for row in rows if row.denominator is not None), Decimal(0))
    judged = [row.met for row in rows if row.met is not None]
    found = _verdict(criterion, numerator, denominator)
    if judged and (criterion.kind == "count" or criterion.scopes):
        found = Verdict.MET if all(judged) else Verdict.MISSED
    return Line(criterion, key, label, numerator, denominator, found, units=len(judged), met=sum(judged))


def _verdict(criterion: Criterion, numerator: Decimal, denominator: Decimal) -> Verdict:
    return verdict(criterion, numerator, denominator) if denominator else Verdict.NOT_APPLICABLE


def _rows(place: Place, seen: QuerySet[Result], by: By) -> Iterable[_Row]:
    """Of the whole, of one field (spelt as it may be in each file), or of all fields where these are the parts."""
    if by is By.FIELD:
        seen = seen.filter(scope__isnull=False)
    elif place.scope is None:
        seen = seen.filter(scope=None)
    else:
        spelt = seen.filter(scope__isnull=False).order_by().values_list("scope", flat=True).distinct()
        seen = seen.filter(scope__in=[each for each in spelt if fold(each) == fold(place.scope)])
    columns = ("unit_id", "unit__code", "unit__name", "unit__kind", "scope", "numerator", "denominator", "months")
    return (_Row(*row) for row in seen.order_by("unit__sort_key", "scope").values_list(*columns))


def _summed(rows: Iterable[_Row], place: Place, by: By) -> dict[str, _Sum]:
    found: dict[str, _Sum] = {}
    spelling = {fold(scope): scope for scope in place.criterion.scopes}
    for row in rows:
        for key, label, group, numerator, denominator in _PARTS[by](row, place, spelling):
            if not denominator:
                continue
            part = found.setdefault(key, _Sum(label, group))
            part.numerator += numerator
            part.denominator += denominator
            part.units.add(row.unit_id)
    return found


def _amounts(row: _Row, place: Place) -> tuple[Decimal, Decimal]:
    if not place.month:
        return row.numerator or Decimal(0), row.denominator or Decimal(0)
    return _decimals(row.months.get(place.month, [0, 0]))


def _decimals(pair: list[float]) -> tuple[Decimal, Decimal]:
    return Decimal(str(pair[0])), Decimal(str(pair[1]))


_Part = tuple[str, str, str, Decimal, Decimal]  # key, label, group, numerator, denominator


def _of_unit(row: _Row, place: Place, spelling: dict[str, str]) -> Iterator[_Part]:
    yield row.code, row.name, row.kind, *_amounts(row, place)


def _of_field(row: _Row, place: Place, spelling: dict[str, str]) -> Iterator[_Part]:
    key = fold(row.scope or "")
    yield key, spelling.get(key, row.scope or ""), "", *_amounts(row, place)


def _of_month(row: _Row, place: Place, spelling: dict[str, str]) -> Iterator[_Part]:
    for month, pair in row.months.items():
        yield month, f"{month[5:]}/{month[:4]}", "", *_decimals(pair)


_PARTS: dict[By, Callable[[_Row, Place, dict[str, str]], Iterator[_Part]]] = {
    By.UNIT: _of_unit,
    By.FIELD: _of_field,
    By.MONTH: _of_month,
}


def _line(criterion: Criterion, key: str, part: _Sum) -> Line:
    found = _verdict(criterion, part.numerator, part.denominator)
    return Line(criterion, key, part.label, part.numerator, part.denominator, found, part.group, units=len(part.units))


def _ranked(found: list[Line]) -> list[Line]:
    """By kind of unit, the worst share first; ranked from the best, equal shares alike, tiny denominators not."""
    order, ranks = list(UnitKind), dict[tuple[str, Decimal | None], int]()
    large = sorted((line for line in found if line.denominator >= RANKED_FROM), key=lambda line: -line.merit)
    passed: dict[str, int] = {}
    for line in large:
        passed[line.group] = passed.get(line.group, 0) + 1
        ranks.setdefault((line.group, line.value), passed[line.group])
    ranked = [
        replace(line, rank=ranks[line.group, line.value] if line.denominator >= RANKED_FROM else None) for line in found
    ]
    return sorted(ranked, key=lambda line: (order.index(UnitKind(line.group)), line.merit, line.label))


def batches(place: Place, seen: QuerySet[Batch]) -> list[Batch]:
    """The batches in force and in sight whose rows make the number."""
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
