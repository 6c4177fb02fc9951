"""Criteria against their targets: figures of units, and results of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Q

from thidua.core.figures import Verdict, verdict
from thidua.core.plan.schema import Audience, Criterion
from thidua.reports.queries import DECLARABLE
from thidua.summaries.queries.counted import Scope
from thidua.summaries.queries.counts import Coverage


@dataclass(frozen=True)
class Target:
    """One criterion over the units of one audience: sums of their figures, and how many units reach the target.

    A criterion that counts ("at least one") becomes a share of units: those that reach it / those with a figure.
    ``owed``: units that the plan asks; ``units``: units with a figure; ``applicable``: those where something arose.
    """

    criterion: Criterion
    audience: Audience
    owed: int
    units: int
    applicable: int
    accepted: int
    met: int
    numerator: Decimal | None
    denominator: Decimal | None

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None

    @property
    def verdict(self) -> Verdict | None:
        return verdict(self.criterion, self.numerator, self.denominator) if self.units else None

    @property
    def asked_without(self) -> int:
        """Units that owe a figure and have none."""
        return max(self.owed - self.units, 0)


@dataclass(frozen=True)
class Owed:
    """How many units, and how many people, a criterion is asked of: by (criterion, kind of unit)."""

    units: Counter[tuple[str, str]]
    people: Counter[tuple[str, str]]


def owed_by_criterion(counted: Scope) -> Owed:
    """Excused units and people are left out."""
    rows = (
        counted.obligations.filter(excused=False)
        .exclude(criterion="")
        .values_list("criterion", "unit__kind")
        .annotate(units=Count("pk", filter=Q(person=None)), people=Count("person"))
    )
    found = Owed(Counter(), Counter())
    for criterion, kind, units, people in rows:
        found.units[criterion, kind], found.people[criterion, kind] = units, people
    return found


def targets(counted: Scope, owed: Owed, registered: list[Coverage]) -> list[Target]:
    """Every criterion of units for every audience it speaks to; accepted values win over declared ones.

    ``registered``: the coverage of registrations, which one criterion counts.
    """
    figures: dict[tuple[str, str], list] = defaultdict(list)
    for row in counted.figures.values_list(
        "criterion", "unit__kind", "unit_id", "nothing_arose", "numerator", "denominator",
        "accepted_numerator", "accepted_denominator", "accepted_at",
    ):  # fmt: skip
        figures[row[0], row[1]].append(row[2:])
    plan = counted.campaign.current.plan
    return [
        _registers(criterion, audience, registered)
        if criterion.source == "registrations"
        else _target(criterion, audience, owed.units, figures)
        for audience in plan.audiences
        for criterion in plan.criteria
        if audience.id in criterion.audiences and criterion.kind in DECLARABLE
    ]


def _of_units(criterion: Criterion) -> Criterion:
    """A count per unit, read as a share of units: all of them are to reach it."""
    return replace(criterion, kind="ratio", threshold=1.0)


def _registers(criterion: Criterion, audience: Audience, registered: list[Coverage]) -> Target:
    rows = [row for row in registered if row.kind in audience.kinds]
    total, met = sum(row.total for row in rows), sum(row.handed_in for row in rows)
    return Target(
        _of_units(criterion), audience, total, total, total, sum(row.accepted for row in rows), met, Decimal(met),
        Decimal(total),
    )  # fmt: skip


def _target(criterion: Criterion, audience: Audience, owed: Counter, figures: dict) -> Target:
    by_unit: dict[int, list] = defaultdict(list)
    for kind in audience.kinds:
        for unit, nothing, top, bottom, accepted_top, accepted_bottom, accepted_at in figures[criterion.id, kind]:
            values = (accepted_top, accepted_bottom) if accepted_at else (top, bottom)
            by_unit[unit].append((None, None, accepted_at) if nothing else (*values, accepted_at))
    arose = {unit: rows for unit, rows in by_unit.items() if any(part[0] is not None for part in rows)}
    met = sum(_all_met(criterion, rows) for rows in arose.values())
    counts = criterion.kind == "count"
    parts = [part for rows in arose.values() for part in rows if part[0] is not None]
    top = Decimal(met) if counts else sum((part[0] for part in parts), Decimal(0))
    bottom = Decimal(len(arose)) if counts else sum((part[1] or Decimal(0) for part in parts), Decimal(0))
    return Target(
        _of_units(criterion) if counts else criterion,
        audience,
        owed=sum(owed[criterion.id, kind] for kind in audience.kinds),
        units=len(by_unit),
        applicable=len(arose),
        accepted=sum(all(part[2] for part in rows) for rows in by_unit.values()),
        met=met,
        numerator=top if parts else None,
        denominator=bottom if parts else None,
    )


def _all_met(criterion: Criterion, rows: list) -> bool:
    """A target "in every field" is reached when every field where something arose reaches it."""
    return all(verdict(criterion, top, bottom) == Verdict.MET for top, bottom, _at in rows if top is not None)


@dataclass(frozen=True)
class PersonalTarget:
    """One personal criterion over the people of one audience (plan, II.2.c): how many are recorded, and meet it."""

    criterion: Criterion
    audience: Audience
    people: int
    recorded: int
    met: int

    @property
    def value(self) -> Decimal | None:
        return Decimal(self.met) / self.people if self.people else None

    @property
    def verdict(self) -> Verdict | None:
        """Against the share that the plan wants; nobody recorded is no verdict."""
        return verdict(self.criterion, Decimal(self.met), Decimal(self.people)) if self.recorded else None


def personal_targets(counted: Scope, owed: Owed) -> list[PersonalTarget]:
    """``people``: those whom the criterion is about, recorded or not."""
    recorded, met = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    plan = counted.campaign.current.plan
    passing = {each.id: each.passing for each in plan.criteria}
    rows = counted.personal.values("criterion", "unit__kind", "value").annotate(people=Count("pk"))
    for row in rows:
        at = row["criterion"], row["unit__kind"]
        recorded[at] += row["people"]
        met[at] += row["people"] if row["value"] in passing.get(row["criterion"], ()) else 0
    return [
        PersonalTarget(
            criterion,
            audience,
            *(sum(counts[criterion.id, kind] for kind in audience.kinds) for counts in (owed.people, recorded, met)),
        )
        for audience in plan.audiences
        for criterion in plan.criteria
        if criterion.kind == "personal" and audience.id in criterion.audiences
    ]
