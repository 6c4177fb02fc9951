"""The value of each criterion of a unit and year, read for one unit or for many; ``core.values`` decides what counts.

Many units are read folded: no row of a field leaves the database, but those of units whose fields somebody stated.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, Protocol

from django.db.models import F, Max, Min, Q, QuerySet
from django.utils import timezone

from thidua.campaigns.models import Campaign, Obligation
from thidua.core import values as core
from thidua.core.dossiers import DossierKind
from thidua.core.figures import NoValue
from thidua.core.measures.schema import Measure
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.values import Amount, Counted, Source, Stated, Value
from thidua.core.vietnamese import fold
from thidua.people.models import Person, Unit, not_ended
from thidua.reports import live
from thidua.reports.models import Figure, Result


class At(NamedTuple):
    criterion: str
    unit_id: int
    unit_kind: str
    year: int


@dataclass(frozen=True)
class Sight:
    """What is read: figures, results and obligations of one campaign and year, as far as somebody sees them."""

    campaign: Campaign
    year: int
    figures: QuerySet[Figure]
    results: QuerySet[Result]
    obligations: QuerySet[Obligation]

    def of_units(self, **conditions: object) -> Sight:
        """Of these units alone: ``unit=…`` or ``unit__kind__in=…``."""
        figures, results, obligations = self.figures, self.results, self.obligations
        return replace(
            self,
            figures=figures.filter(**conditions),
            results=results.filter(**conditions),
            obligations=obligations.filter(**conditions),
        )

    def of_criterion(self, id: str) -> Sight:
        return replace(self, figures=self.figures.filter(criterion=id), results=self.results.filter(criterion=id))


def sight(campaign: Campaign, year: int, person: Person | None = None) -> Sight:
    """In the eyes of a person (None: everything)."""
    seen = [
        (each.objects.all() if person is None else each.objects.visible_to(person)).filter(campaign=campaign, year=year)
        for each in (Figure, Result, Obligation)
    ]
    figures, results, obligations = seen
    return Sight(campaign, year, figures, results, obligations.asked())


def best(seen: Sight, *, with_parts: bool = False, units: list[Unit] | None = None) -> dict[At, Value]:
    """All of them: what people state and records count, and what lies here. At most four queries and one a measure.

    ``units``: those that are asked for registrations, where they are read already.
    """
    plan = seen.campaign.current.plan
    of_people = values(plan, seen.figures, seen.results, with_parts=with_parts)
    asked = registering(seen.obligations) if units is None else units
    return of_people | values_here(plan, seen.campaign.pk, [seen.year], asked)


def registering(obligations: QuerySet[Obligation]) -> QuerySet[Unit]:
    """The units that are asked for registrations; those that are excused, or ended with nothing handed in, are not."""
    stays = not_ended("unit__", timezone.localdate()) | Q(standing__in=["accepted", "submitted"])
    asked = obligations.filter(stays, kind=DossierKind.REGISTRATION, person=None, excused=False)
    return Unit.objects.filter(pk__in=asked.values("unit")).only("code", "kind")


OF_FIGURE = (
    "criterion", "unit_id", "unit__kind", "year", "scope", "nothing_arose", "numerator", "denominator", "declared_at",
    "checked_numerator", "checked_denominator", "checked_at",
    "accepted_numerator", "accepted_denominator", "accepted_at", "records_moved_at",
)  # fmt: skip
Scopes = dict[str | None, Stated]


class Row(Protocol):
    """A figure, or a row of its columns."""

    nothing_arose: bool
    numerator: Decimal | None
    denominator: Decimal | None
    declared_at: dt.datetime
    checked_numerator: Decimal | None
    checked_denominator: Decimal | None
    checked_at: dt.datetime | None
    accepted_numerator: Decimal | None
    accepted_denominator: Decimal | None
    accepted_at: dt.datetime | None
    records_moved_at: dt.datetime | None


def stated(figure: Row) -> Stated:
    """What people say in one figure. A check from before the unit declared anew is one no more."""
    declared = Amount(None) if figure.nothing_arose else Amount.of(figure.numerator, figure.denominator)
    checked = accepted = None
    if figure.checked_at and figure.checked_at >= figure.declared_at:
        checked = Amount.of(figure.checked_numerator, figure.checked_denominator)
    if figure.accepted_at:
        accepted = Amount.of(figure.accepted_numerator, figure.accepted_denominator)
    moments = [each for each in (figure.checked_at if checked else None, figure.accepted_at) if each]
    return Stated(declared, checked, accepted, max(moments, default=None), figure.records_moved_at)


def source_of(criterion: Criterion) -> Source:
    """Of what a measure counts: records that were handed in, or what lies here."""
    return Source.REGISTRATIONS if criterion.source == Source.REGISTRATIONS else Source.COMPUTED


def spelt(criterion: Criterion, scope: str) -> str:
    """A field as the plan spells it, however a file does."""
    return next((each for each in criterion.scopes if fold(each) == fold(scope)), scope)


def values(
    plan: Plan, figures: QuerySet[Figure], results: QuerySet[Result], *, with_parts: bool = False
) -> dict[At, Value]:
    """Of one campaign, as far as its figures and results are in sight. At most three queries, however many units.

    ``with_parts``: with the fields of each; else of those alone that somebody stated fields of.
    """
    criteria = {each.id: each for each in plan.criteria if each.source != Source.REGISTRATIONS}
    measures = {each.criterion: each for each in plan.measures if each.criterion in criteria}
    people, records = _people(figures, criteria), _records(results, measures, criteria)
    parted = set(records) if with_parts else set()
    parted |= {at for at, said in people.items() if with_parts or any(scope is not None for scope in said)}
    read = _Read(criteria, measures, people, records, _fields(results, measures, criteria, parted))
    return {at: read.value(at, with_parts=at in parted) for at in dict.fromkeys((*records, *people))}


class _Folded(NamedTuple):
    """What records count as a whole, and the share of the field that is furthest from the target."""

    counted: Counted
    worst: Decimal | None


@dataclass(frozen=True)
class _Read:
    criteria: dict[str, Criterion]
    measures: dict[str, Measure]
    people: dict[At, Scopes]
    records: dict[At, _Folded]
    fields: dict[At, dict[str, Amount]]

    def value(self, at: At, *, with_parts: bool) -> Value:
        criterion, said, folded = self.criteria[at.criterion], self.people.get(at, {}), self.records.get(at)
        counted, measure = folded.counted if folded else None, self.measures.get(at.criterion)
        if not with_parts:
            return core.whole(criterion, said.get(None), counted, worst=folded.worst if folded else None)
        found = {scope: Counted(each) for scope, each in self.fields.get(at, {}).items()}
        of_whole = {None: counted} if counted else {}
        return core.value(criterion, said, {**of_whole, **found}, by_field=bool(measure and measure.scope))


def _people(figures: QuerySet[Figure], criteria: Collection[str]) -> dict[At, Scopes]:
    found: dict[At, Scopes] = defaultdict(dict)
    for row in figures.filter(criterion__in=criteria).values_list(*OF_FIGURE, named=True):
        at = At(row.criterion, row.unit_id, row.unit__kind, row.year)
        found[at][row.scope or None] = stated(row)
    return found


def _records(
    results: QuerySet[Result], measures: dict[str, Measure], criteria: dict[str, Criterion]
) -> dict[At, _Folded]:
    """One row a unit and criterion, with the lowest and highest share of its fields."""
    share = F("numerator") / F("denominator")
    is_field, is_whole = Q(scope__isnull=False, denominator__gt=0), Q(scope=None)
    rows = (
        results.counted_by(measures.values())
        .order_by()
        .values_list("criterion", "unit_id", "unit__kind", "year")
        .annotate(
            top=Max("numerator", filter=is_whole),
            bottom=Max("denominator", filter=is_whole),
            lowest=Min(share, filter=is_field),
            highest=Max(share, filter=is_field),
            why=Max("reason", filter=is_whole),
        )
    )
    found = {}
    for criterion, unit, kind, year, top, bottom, lowest, highest, why in rows:
        amount = None if why == NoValue.COLUMN_MISSING else Amount.of(top, bottom or Decimal(0))
        worst = core.furthest(criteria[criterion], (lowest, highest))
        found[At(criterion, unit, kind, year)] = _Folded(Counted(amount), worst)
    return found


def _fields(
    results: QuerySet[Result], measures: dict[str, Measure], criteria: dict[str, Criterion], wanted: Collection[At]
) -> dict[At, dict[str, Amount]]:
    asked = [measures[each] for each in {at.criterion for at in wanted} if each in measures and measures[each].scope]
    if not asked:
        return {}
    rows = results.counted_by(asked).filter(scope__isnull=False, unit__in={at.unit_id for at in wanted}).order_by()
    found: dict[At, dict[str, Amount]] = defaultdict(dict)
    for criterion, unit, kind, year, scope, top, bottom in rows.values_list(
        "criterion", "unit_id", "unit__kind", "year", "scope", "numerator", "denominator"
    ):
        found[At(criterion, unit, kind, year)][spelt(criteria[criterion], scope)] = Amount.of(top, bottom)
    return found


def values_here(plan: Plan, campaign: int, years: Collection[int], units: live.Units) -> dict[At, Value]:
    """What lies in this system itself: a unit that is asked and has none of it counts zero. One query a measure."""
    criteria = {each.id: each for each in plan.criteria if each.source == Source.REGISTRATIONS}
    found = {}
    for row in live.results(plan, campaign, years, units, criteria):
        if row.scope is None:
            counted = Counted(Amount.of(row.numerator, row.denominator), Source.REGISTRATIONS)
            at = At(row.criterion, row.unit_id, row.unit.kind, row.year)
            found[at] = core.whole(criteria[row.criterion], None, counted)
    return found
