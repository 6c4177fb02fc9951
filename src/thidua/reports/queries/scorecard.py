"""The scorecard of a unit: each criterion with its fields, its years, and what the units of its kind reach together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Sum, prefetch_related_objects

from thidua.campaigns.models import Campaign
from thidua.core import values as core
from thidua.core.figures import Verdict
from thidua.core.intervals import RANKED_FROM, wilson
from thidua.core.measures.schema import Measure
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.values import Amount, Source, Value
from thidua.core.vietnamese import number, percent
from thidua.documents import queries as documents
from thidua.people.models import Unit
from thidua.reports.models import Evidence, Figure, Result
from thidua.reports.queries import entries
from thidua.reports.queries.entries import Entry
from thidua.reports.queries.values import stated


@dataclass(frozen=True)
class Row:
    """A criterion of the unit, or one field of it: the value, with what the unit declared and what records count."""

    value: Value
    figure: Figure | None
    found: Entry | None

    @property
    def criterion(self) -> Criterion:
        return self.value.criterion

    @property
    def scope(self) -> str:
        return self.value.scope or ""

    @property
    def is_part(self) -> bool:
        return self.value.scope is not None

    @property
    def is_declared(self) -> bool:
        """Whether a unit declares just this: a field of the plan, or a criterion without fields."""
        criterion = self.criterion
        return criterion.source != Source.REGISTRATIONS and (
            self.scope in criterion.scopes if criterion.scopes else not self.is_part
        )

    @property
    def declared(self) -> str:
        """What the unit declared, where that can be compared with records."""
        return self._shown(self.value.stated.declared if self.value.stated else None)

    @property
    def counted(self) -> str:
        return self._shown(self.value.counted.amount if self.value.counted else None)

    def _shown(self, amount: Amount | None) -> str:
        return "" if amount is None else Value(self.criterion, None, amount).shown

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share is of few, how sure it is."""
        amount = self.value.amount
        if self.value.share is None or not amount or not amount.denominator or amount.denominator >= RANKED_FROM:
            return None
        return wilson(float(amount.numerator or 0), int(amount.denominator))


@dataclass(frozen=True)
class CardRow(Row):
    """``points``: (year, value) of the years with one. ``peers``: the share that the records of the same kind of
    units give together, and of how many units."""

    points: tuple[tuple[int, Decimal], ...] = ()
    peers: tuple[Decimal, int] | None = None
    measure: Measure | None = None

    @property
    def told(self) -> str:
        """The years in words, for those who do not see the line."""
        shown = number if self.criterion.is_count else percent
        return "; ".join(f"{year}: {shown(value)}" for year, value in self.points)


@dataclass(frozen=True)
class Card:
    rows: list[CardRow]

    @property
    def wholes(self) -> list[CardRow]:
        return [row for row in self.rows if not row.is_part]

    def of(self, *verdicts: Verdict) -> list[CardRow]:
        return [row for row in self.wholes if row.value.verdict in verdicts]

    @property
    def judged(self) -> int:
        """How many criteria are met or not."""
        return len(self.met) + len(self.missed)

    @property
    def met(self) -> list[CardRow]:
        return self.of(Verdict.MET)

    @property
    def missed(self) -> list[CardRow]:
        return self.of(Verdict.MISSED, Verdict.NEAR)

    @property
    def not_applicable(self) -> list[CardRow]:
        return self.of(Verdict.NOT_APPLICABLE)

    @property
    def open(self) -> list[CardRow]:
        return [row for row in self.wholes if row.value.source is None]

    @property
    def differing(self) -> list[CardRow]:
        return [row for row in self.rows if row.value.differs]

    @property
    def stale(self) -> list[CardRow]:
        return [row for row in self.rows if row.value.is_stale and not row.value.parts]

    @property
    def checked(self) -> list[CardRow]:
        return [row for row in self.wholes if row.value.source and row.value.source.is_of_office]


def card(campaign: Campaign, unit: Unit, year: int) -> Card:
    """The same queries whatever the plan asks."""
    plan, years = campaign.current.plan, range(campaign.first_year, year + 1)
    asked = criteria_of(plan, unit)
    found = _of_years(plan, campaign.pk, unit, years, asked)
    mark_evidence(row.figure for row in found[year] if row.figure)
    points: dict[tuple[str, str | None], list[tuple[int, Decimal]]] = defaultdict(list)
    for each in years:
        for row in found[each]:
            plotted = row.value.numerator if row.criterion.is_count else row.value.share
            if plotted is not None:
                points[row.criterion.id, row.value.scope].append((each, plotted))
    peers, measures = _peers(campaign, unit, year), {each.criterion: each for each in plan.measures}
    return Card(
        [
            CardRow(
                row.value,
                row.figure,
                row.found,
                tuple(points[row.criterion.id, row.value.scope]),
                None if row.is_part else peers.get(row.criterion.id),
                measures.get(row.criterion.id),
            )
            for row in found[year]
        ]
    )


def declarable(plan: Plan, campaign_id: int, unit: Unit, year: int) -> list[Row]:
    """What the plan asks the unit to declare, a row each field of the plan."""
    criteria = [each for each in criteria_of(plan, unit) if each.source != Source.REGISTRATIONS]
    return [row for row in _of_years(plan, campaign_id, unit, [year], criteria)[year] if row.is_declared]


def _of_years(
    plan: Plan, campaign_id: int, unit: Unit, years: Collection[int], criteria: list[Criterion]
) -> dict[int, list[Row]]:
    """Year → each criterion and then its fields, in the order of the plan: those of the plan, and others that have
    something. Two queries, and one where the product itself counts."""
    figures: dict[tuple[int, str], dict[str | None, Figure]] = defaultdict(dict)
    for figure in Figure.objects.filter(campaign=campaign_id, unit=unit, year__in=years).select_related("unit"):
        figures[figure.year, figure.criterion][figure.scope or None] = figure
    counted = entries.of_unit(plan, campaign_id, unit, years, criteria)
    measures = {each.criterion: each for each in plan.measures}
    found: dict[int, list[Row]] = {}
    for year in years:
        found[year] = []
        for criterion in criteria:
            stands, entry = figures[year, criterion.id], counted[year][criterion.id]
            measure = measures.get(criterion.id)
            value = core.value(
                criterion,
                {scope: stated(figure) for scope, figure in stands.items()},
                entries.as_counted(criterion, entry),
                by_field=bool(measure and measure.scope),
            )
            shown = [value, *(part for part in value.parts if criterion.scopes and _is_shown(part))]
            found[year] += [Row(each, stands.get(each.scope), entry.get(each.scope)) for each in shown]
    return found


def _is_shown(part: Value) -> bool:
    """A field of the plan always; another one where somebody counted or stated something of it."""
    return part.scope in part.criterion.scopes or part.numerator is not None


def _peers(campaign: Campaign, unit: Unit, year: int) -> dict[str, tuple[Decimal, int]]:
    """Criterion → the share that the records of all units of this kind give together, and of how many; none where this
    unit is alone. Added in the database: there may be thousands of them."""
    rows = (
        Result.objects.counted_by(campaign.current.plan.measures)
        .filter(campaign=campaign, year=year, scope=None, unit__kind=unit.kind, denominator__gt=0)
        .order_by()
        .values_list("criterion")
        .annotate(top=Sum("numerator"), bottom=Sum("denominator"), units=Count("unit", distinct=True))
    )
    return {criterion: (top / bottom, units) for criterion, top, bottom, units in rows if units > 1}


def criteria_of(plan: Plan, unit: Unit) -> list[Criterion]:
    """The criteria that speak of units of this kind."""
    audiences = {each.id for each in plan.audiences if unit.kind in each.kinds and not each.personal}
    return [each for each in plan.criteria if not each.of_people and audiences & set(each.audiences)]


def mark_evidence(figures: Iterable[Figure]) -> list[Evidence]:
    """The files behind figures and what their signatures are, kept on the figures. One query."""
    figures = list(figures)
    files = documents.with_verdicts(Evidence.objects.order_by("pk"), public="figure__unit__is_public")
    prefetch_related_objects(figures, Prefetch("evidence", files))
    found = [each for figure in figures for each in figure.evidence.all()]
    documents.mark_signatures(found)
    return found
