"""The scorecard of a unit: each criterion with its fields, its years, and what the units of its kind reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from thidua.campaigns.models import Campaign
from thidua.core.figures import Verdict
from thidua.core.intervals import wilson
from thidua.core.measures.schema import Measure
from thidua.core.plan.schema import Criterion
from thidua.core.vietnamese import fold, number, percent
from thidua.people.models import Unit
from thidua.reports import computed
from thidua.reports.models import Figure, Result
from thidua.reports.queries.explorer import RANKED_FROM
from thidua.reports.queries.scorecard import Line, criteria_of, lines_of, mark_evidence
from thidua.reports.queries.stated import Source


@dataclass(frozen=True)
class Row:
    """``line`` is the whole of a criterion, or one field of it where ``is_part``.

    ``points``: (year, value) of the years with one. ``peers``: the share over the units of the same kind, and how many.
    """

    line: Line
    is_part: bool
    points: list[tuple[int, Decimal]]
    peers: tuple[Decimal, int] | None = None
    measure: Measure | None = None

    @property
    def is_declared(self) -> bool:
        """Whether a unit declares just this: a field of the plan, or a criterion without fields."""
        criterion, scope = self.line.criterion, self.line.scope
        return criterion.source != "registrations" and (scope in criterion.scopes if criterion.scopes else not scope)

    @property
    def told(self) -> str:
        """The years in words, for those who do not see the line."""
        shown = number if self.line.criterion.kind == "count" else percent
        return "; ".join(f"{year}: {shown(value)}" for year, value in self.points)

    @property
    def value(self) -> str:
        return _shown(self.line.criterion, self.line.numerator, self.line.denominator)

    @property
    def declared(self) -> str:
        """What the unit declared, where that can be compared with records."""
        figure = self.line.figure
        return "" if figure is None else _shown(self.line.criterion, figure.numerator, figure.denominator)

    @property
    def counted(self) -> str:
        found = self.line.computed
        return "" if found is None else _shown(self.line.criterion, found.numerator, found.denominator)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share is of few, how sure it is."""
        if self.line.value is None or not self.line.denominator or self.line.denominator >= RANKED_FROM:
            return None
        return wilson(float(self.line.numerator or 0), int(self.line.denominator))


def _shown(criterion: Criterion, numerator: Decimal | None, denominator: Decimal | None) -> str:
    if criterion.kind == "count" or numerator is None or not denominator:
        return number(numerator) if numerator is not None else "–"
    return percent(numerator, denominator)


@dataclass(frozen=True)
class Card:
    rows: list[Row]

    @property
    def wholes(self) -> list[Row]:
        return [row for row in self.rows if not row.is_part]

    def of(self, *verdicts: Verdict) -> list[Row]:
        return [row for row in self.wholes if row.line.verdict in verdicts]

    @property
    def judged(self) -> int:
        """How many criteria are met or not."""
        return len(self.met) + len(self.missed)

    @property
    def met(self) -> list[Row]:
        return self.of(Verdict.MET)

    @property
    def missed(self) -> list[Row]:
        return self.of(Verdict.MISSED, Verdict.NEAR)

    @property
    def not_applicable(self) -> list[Row]:
        return self.of(Verdict.NOT_APPLICABLE)

    @property
    def open(self) -> list[Row]:
        return [row for row in self.wholes if row.line.source == ""]

    @property
    def differing(self) -> list[Row]:
        return [row for row in self.rows if row.line.difference]

    @property
    def checked(self) -> list[Row]:
        return [row for row in self.wholes if row.line.source in (Source.CHECKED, Source.ACCEPTED)]


def card(campaign: Campaign, unit: Unit, year: int) -> Card:
    """Six queries, whatever the plan asks."""
    plan, years = campaign.current.plan, range(campaign.first_year, year + 1)
    figures: dict[int, list[Figure]] = defaultdict(list)
    for figure in Figure.objects.filter(campaign=campaign, unit=unit, year__in=years).order_by("year", "scope"):
        figures[figure.year].append(figure)
    mark_evidence(figures[year])
    found = computed.of_unit(plan, campaign.pk, unit, years, plan.criteria)
    asked = criteria_of(plan, unit)
    groups = {each: _groups(lines_of(asked, figures[each], found[each]), found[each]) for each in years}
    history, peers = _history(groups), _peers(campaign, unit, year)
    measures = {each.criterion: each for each in plan.measures}
    rows = [
        Row(
            line,
            number > 0,
            history.get((criterion, fold(line.scope)), []),
            None if number else peers.get(criterion),
            measures.get(criterion),
        )
        for criterion, lines in groups[year].items()
        for number, line in enumerate(lines)
    ]
    order = [each.id for each in plan.criteria]
    return Card(sorted(rows, key=lambda row: order.index(row.line.criterion.id)))


def _groups(lines: Iterable[Line], found: computed.Of) -> dict[str, list[Line]]:
    """Criterion → its whole and then its fields."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.criterion.id].append(line)
    return {id: _with_fields(group[0].criterion, group, found) for id, group in groups.items()}


def _with_fields(criterion: Criterion, lines: list[Line], found: computed.Of) -> list[Line]:
    """The whole first, then its fields: those of the plan, and others that the records name."""
    if not criterion.scopes:
        return lines
    named = {fold(scope) for scope in criterion.scopes}
    others = [
        Line(criterion, entry.scope or "", None, entry, entry.numerator, entry.denominator, Source.COMPUTED)
        for (id, scope), entry in found.items()
        if id == criterion.id and scope is not None and scope not in named and entry.denominator
    ]
    return [_whole(criterion, lines, found.get((criterion.id, None))), *lines, *others]


def _whole(criterion: Criterion, parts: Sequence[Line], entry: computed.Entry | None) -> Line:
    """What records say of the whole, unless the office stated its fields; then, or without records, their sum."""
    of_office = [part for part in parts if part.source in (Source.ACCEPTED, Source.CHECKED)]
    if entry and entry.is_known and not of_office:
        arose = bool(entry.denominator)
        values = (entry.numerator, entry.denominator) if arose else (None, None)
        return Line(criterion, "", None, entry, *values, Source.COMPUTED, entry.met)
    stated = [part for part in parts if part.source != ""]
    if not stated:
        return Line(criterion, "", None, entry, None, None, "")
    order = list(Source)
    source = max((Source(part.source) for part in stated), key=order.index)
    arose = [part for part in stated if part.value is not None]
    judged = [part.verdict is Verdict.MET for part in arose]
    numerator = sum((part.numerator or Decimal(0) for part in arose), Decimal(0)) if arose else None
    denominator = sum((part.denominator or Decimal(0) for part in arose), Decimal(0)) if arose else None
    return Line(criterion, "", None, entry, numerator, denominator, source, all(judged) if judged else None)


def _history(of_year: Mapping[int, Mapping[str, list[Line]]]) -> dict[tuple[str, str], list[tuple[int, Decimal]]]:
    """(criterion, field folded) → (year, value): shares, or counts where a criterion counts."""
    found: dict[tuple[str, str], list[tuple[int, Decimal]]] = defaultdict(list)
    for year, groups in of_year.items():
        for line in (line for group in groups.values() for line in group):
            value = line.value if line.value is not None else line.numerator
            if value is not None:
                found[line.criterion.id, fold(line.scope)].append((year, value))
    return found


def _peers(campaign: Campaign, unit: Unit, year: int) -> dict[str, tuple[Decimal, int]]:
    """Criterion → the share that all units of this kind reach together, from records; none where this unit is alone."""
    rows = (
        Result.objects.counted_by(campaign.current.plan.measures)
        .filter(campaign=campaign, year=year, scope=None, unit__kind=unit.kind, denominator__gt=0)
        .order_by()
        .values_list("criterion")
        .annotate(top=Sum("numerator"), bottom=Sum("denominator"), units=Count("unit", distinct=True))
    )
    return {criterion: (top / bottom, units) for criterion, top, bottom, units in rows if units > 1}
