"""Criteria against their targets: figures of units, and results of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from thidua.core.dossiers import DossierKind
from thidua.core.figures import Verdict, is_missed_in_a_field, verdict
from thidua.core.plan.schema import Audience, Criterion
from thidua.core.vietnamese import number
from thidua.core.words import Sentence, _
from thidua.reports.queries import DECLARABLE, Source, Stated, counted_here, stated
from thidua.summaries.queries.counted import Scope
from thidua.summaries.queries.counts import Asked, Coverage

# Where the values of units come from, in three words that an official weighs: counted, looked at, or only said.
ORIGINS = (
    (_("from records"), (Source.COMPUTED,)),
    (_("checked by the office"), (Source.ACCEPTED, Source.CHECKED)),
    (_("declared by the unit alone"), (Source.DECLARED,)),
    (_("from registrations here"), (Source.REGISTRATIONS,)),
)


@dataclass(frozen=True)
class Target:
    """One criterion over the units of one audience: sums of their best values, and how many units reach the target.

    A criterion that counts ("at least one") becomes a share of units: those that reach it / those with a value.
    ``owed``: units that the plan asks; ``applicable``: those with a value where something arose; ``sources``: from
    where the values of how many units come.
    """

    criterion: Criterion
    audience: Audience
    owed: int
    applicable: int
    met: int
    numerator: Decimal | None
    denominator: Decimal | None
    sources: Counter[Source] = field(hash=False)

    @property
    def units(self) -> int:
        """Units with a value."""
        return self.sources.total()

    @property
    def origins(self) -> list[tuple[Sentence, int]]:
        """How many units' values come from where, none left out."""
        found = [(words, sum(self.sources[source] for source in sources)) for words, sources in ORIGINS]
        return [(words, units) for words, units in found if units]

    @property
    def source(self) -> str:
        """The same in words: "From records 9/12, checked by the office 2/12, declared by the unit alone 1/12"."""
        whole = number(self.units)
        text = ", ".join(f"{words} {number(units)}/{whole}" for words, units in self.origins)
        return text[:1].upper() + text[1:]

    @property
    def is_computed(self) -> bool:
        """Whether records stand behind it, so that it opens down to their rows."""
        return bool(self.sources[Source.COMPUTED])

    @property
    def opens(self) -> str:
        """The page of what stands behind the number: who registered, the records, or what units declared."""
        if self.criterion.source == "registrations":
            return reverse("monitoring:board")
        return reverse(f"reports:{'explore' if self.is_computed else 'criterion'}", args=[self.criterion.id])

    @property
    def narrowed(self) -> str:
        """What that page is asked, so that it shows the units of this audience."""
        return f"audience={self.audience.id}" if self.is_computed else f"kind={self.audience.kinds[0]}"

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None

    @property
    def verdict(self) -> Verdict | None:
        """Of the sum; a target "in every field" is met where each unit meets it in each of its fields."""
        if not self.units:
            return None
        found = verdict(self.criterion, self.numerator, self.denominator)
        in_every_field = not self.criterion.scopes or self.met == self.applicable
        return found if in_every_field or found is not Verdict.MET else Verdict.MISSED

    @property
    def is_missed_in_a_field(self) -> bool:
        return is_missed_in_a_field(self.criterion, self.verdict, self.numerator, self.denominator)

    @property
    def asked_without(self) -> int:
        """Units that owe a figure and have none."""
        return max(self.owed - self.units, 0)


def targets(counted: Scope, owed: Asked) -> list[Target]:
    """Every criterion of units for every audience it speaks to, from the best value that is known of each unit."""
    plan = counted.campaign.current.plan
    values: dict[tuple[str, str], list[Stated]] = defaultdict(list)
    for each in (*stated(plan, counted.figures, counted.results), *registered(counted)):
        values[each.criterion, each.unit_kind].append(each)
    return [
        _registers(criterion, audience, owed.covered[DossierKind.REGISTRATION], values)
        if criterion.source == Source.REGISTRATIONS and criterion.kind == "count"
        else _target(criterion, audience, owed.units, values)
        for audience in plan.audiences
        for criterion in plan.criteria
        if audience.id in criterion.audiences and criterion.kind in DECLARABLE
    ]


def _of_units(criterion: Criterion) -> Criterion:
    """A count per unit, read as a share of units: all of them are to reach it."""
    return replace(criterion, kind="ratio", threshold=1.0)


def registered(counted: Scope) -> list[Stated]:
    """What registrations say of the units that were asked for some."""
    owing = counted.obligations.filter(kind=DossierKind.REGISTRATION, person=None, excused=False)
    plan, today = counted.campaign.current.plan, timezone.localdate()
    return counted_here(plan, counted.campaign.pk, counted.year, owing.values("unit"), today=today)


def _registers(
    criterion: Criterion, audience: Audience, asked: list[Coverage], values: dict[tuple[str, str], list[Stated]]
) -> Target:
    """A unit that was asked and registered nothing has reached nothing."""
    total = sum(row.total for row in asked if row.kind in audience.kinds)
    met = sum(each.met is True for kind in audience.kinds for each in values[criterion.id, kind])
    sources = Counter({Source.REGISTRATIONS: total})
    return Target(_of_units(criterion), audience, total, total, met, Decimal(met), Decimal(total), sources)


def _target(
    criterion: Criterion, audience: Audience, owed: Counter, values: dict[tuple[str, str], list[Stated]]
) -> Target:
    known = [each for kind in audience.kinds for each in values[criterion.id, kind]]
    arose = [each for each in known if each.numerator is not None]
    met = sum(each.met is True for each in arose)
    counts = criterion.kind == "count"
    top = Decimal(met) if counts else sum((each.numerator or Decimal(0) for each in arose), Decimal(0))
    bottom = Decimal(len(arose)) if counts else sum((each.denominator or Decimal(0) for each in arose), Decimal(0))
    return Target(
        _of_units(criterion) if counts else criterion,
        audience,
        owed=sum(owed[criterion.id, kind] for kind in audience.kinds),
        applicable=len(arose),
        met=met,
        numerator=top if arose else None,
        denominator=bottom if arose else None,
        sources=Counter(each.source for each in known),
    )


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


def personal_targets(counted: Scope, owed: Asked) -> list[PersonalTarget]:
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
