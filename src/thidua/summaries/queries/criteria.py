"""Criteria against their targets: figures of units, and results of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from thidua.core.figures import Verdict, verdict
from thidua.core.plan.schema import Audience, Criterion
from thidua.core.totals import Total, total
from thidua.core.values import Source, Value
from thidua.monitoring.queries import OF_PEOPLE, OnBoard
from thidua.reports.queries import best
from thidua.summaries.queries.counted import Scope
from thidua.summaries.queries.counts import Asked


@dataclass(frozen=True)
class Target:
    """One criterion over the units of one audience; ``owed``: units that the plan asks."""

    criterion: Criterion
    audience: Audience
    owed: int
    total: Total

    @property
    def asked_without(self) -> int:
        """Units that owe a figure and have none."""
        return max(self.owed - self.total.units, 0)


def targets(counted: Scope, owed: Asked) -> list[Target]:
    """Every criterion of units for every audience it speaks to, from the value of each unit."""
    plan = counted.campaign.current.plan
    values: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for at, value in best(counted.values, units=owed.registering).items():
        values[at.criterion, at.unit_kind].append(value)
    return [
        _target(criterion, audience, owed, [each for kind in audience.kinds for each in values[criterion.id, kind]])
        for audience in plan.audiences
        for criterion in plan.criteria
        if audience.id in criterion.audiences and not criterion.of_people
    ]


def _target(criterion: Criterion, audience: Audience, owed: Asked, values: list[Value]) -> Target:
    """What is counted here is asked of every unit that has a value of it."""
    found = total(criterion, values)
    asked = sum(owed.units[criterion.id, kind] for kind in audience.kinds)
    return Target(criterion, audience, found.units if criterion.source == Source.REGISTRATIONS else asked, found)


@dataclass(frozen=True)
class PersonalTarget:
    """One personal criterion over the people of one audience (plan, II.2.c): how many are recorded, and meet it."""

    criterion: Criterion
    audience: Audience
    people: int
    recorded: int
    met: int
    obligation: str

    def opens(self) -> OnBoard:
        """The units of the people whom it is about, with how many are recorded."""
        return OnBoard(what=self.obligation, show="asked", audience=self.audience.id)

    @property
    def value(self) -> Decimal | None:
        return Decimal(self.met) / self.people if self.people else None

    @property
    def verdict(self) -> Verdict | None:
        """Against the share that the plan wants; nobody recorded is no verdict."""
        return verdict(self.criterion, Decimal(self.met), Decimal(self.people)) if self.recorded else None


def personal_targets(counted: Scope, owed: Asked) -> list[PersonalTarget]:
    """``people``: those whom the criterion is about, recorded or not."""
    recorded, met = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    plan = counted.campaign.current.plan
    asked = {each.criterion: each.id for each in plan.obligations if each.year == counted.year}
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
            asked.get(criterion.id, OF_PEOPLE),
        )
        for audience in plan.audiences
        for criterion in plan.criteria
        if criterion.of_people and audience.id in criterion.audiences
    ]
