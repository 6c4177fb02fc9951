"""The campaign in numbers, for the overview and for the consolidated report. Each list is one or two reads."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from thidua.campaigns.models import Campaign, Obligation
from thidua.campaigns.queries import IndexRow, index_rows
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.figures import Verdict, verdict
from thidua.core.obligations import BoardState, Standing
from thidua.core.plan.schema import Audience, Criterion, Plan
from thidua.core.units import UnitKind
from thidua.dossiers.models import Dossier
from thidua.monitoring.queries import OPEN, OWED
from thidua.people.models import not_ended
from thidua.reports.models import Figure, PersonalResult
from thidua.reports.queries import DECLARABLE

HANDED_IN = (DossierState.SUBMITTED, DossierState.ACCEPTED)
SETTLED = frozenset({BoardState.DONE, BoardState.SUBMITTED})


@dataclass(frozen=True)
class Scope:
    """What is counted: one year of a campaign, over the units in sight of a person (``person=None``: all units)."""

    campaign: Campaign
    year: int
    obligations: QuerySet[Obligation]
    dossiers: QuerySet[Dossier]
    figures: QuerySet[Figure]
    personal: QuerySet[PersonalResult]


def scope(campaign: Campaign, year: int, person=None) -> Scope:
    rows = (Obligation.objects.all(), Dossier.objects.all(), Figure.objects.all(), PersonalResult.objects.all())
    seen = rows if person is None else tuple(each.visible_to(person) for each in rows)
    return Scope(campaign, year, *(each.filter(campaign=campaign, year=year) for each in seen))


@dataclass(frozen=True)
class Coverage:
    """Units of one kind: how many stand how with one kind of obligation; excused units are left out."""

    kind: UnitKind
    total: int
    accepted: int
    submitted: int
    returned: int

    @property
    def none(self) -> int:
        return self.total - self.accepted - self.submitted - self.returned

    @property
    def handed_in(self) -> int:
        return self.accepted + self.submitted


def coverage(counted: Scope) -> dict[str, list[Coverage]]:
    """Kind of obligation (registration, report, unit plan) → one row a kind of unit, from one read.

    Closed units that handed nothing in are left out.
    """
    rows = (
        counted.obligations.filter(kind__in=list(DossierKind), person=None, excused=False)
        .filter(not_ended("unit__", timezone.localdate()) | Q(standing__in=["accepted", "submitted"]))
        .values("kind", "unit__kind")
        .annotate(
            total=Count("pk"),
            accepted=Count("pk", filter=Q(standing="accepted")),
            submitted=Count("pk", filter=Q(standing="submitted")),
            returned=Count("pk", filter=Q(standing="returned")),
        )
    )
    found = {
        (row["kind"], row["unit__kind"]): Coverage(
            UnitKind(row["unit__kind"]), row["total"], row["accepted"], row["submitted"], row["returned"]
        )
        for row in rows
    }
    return {kind: [found[kind, each] for each in UnitKind if (kind, each) in found] for kind in DossierKind}


@dataclass(frozen=True)
class Initiatives:
    """Registrations that were handed in and stand, by one answer (kind or field of reform)."""

    id: str
    label: str
    registered: int
    accepted: int


def initiatives_by(counted: Scope, answer: str) -> list[Initiatives]:
    """``answer``: "kind" or "field"; every option of the plan has its row, also with nothing."""
    rows = (
        counted.dossiers.filter(kind=DossierKind.REGISTRATION, state__in=HANDED_IN)
        .annotate(answer=KeyTextTransform(answer, "answers"))
        .values("answer")
        .annotate(registered=Count("pk"), accepted=Count("pk", filter=Q(state=DossierState.ACCEPTED)))
    )
    found = {row["answer"]: (row["registered"], row["accepted"]) for row in rows}
    plan = counted.campaign.current.plan
    options = plan.kinds if answer == "kind" else plan.fields
    return [Initiatives(each.id, each.label, *found.get(each.id, (0, 0))) for each in options]


@dataclass(frozen=True)
class Completion:
    """Accepted registrations of one kind of unit: milestones due by the day and done, and how many are carried out
    in full (plan, III: how far registered solutions were completed)."""

    kind: UnitKind
    registrations: int
    finished: int
    due: int
    done: int


def completion(counted: Scope, *, today: dt.date) -> list[Completion]:
    stays = Q(milestones__removed_at=None)
    due = stays & Q(milestones__due_on__lte=today)
    rows = (
        counted.dossiers.filter(kind=DossierKind.REGISTRATION, state=DossierState.ACCEPTED)
        .values("unit__kind")
        .annotate(
            registrations=Count("pk", distinct=True),
            unfinished=Count("pk", distinct=True, filter=stays & Q(milestones__percent__lt=100)),
            due=Count("milestones", filter=due),
            done=Count("milestones", filter=due & Q(milestones__percent=100)),
        )
    )
    found = {
        row["unit__kind"]: Completion(
            UnitKind(row["unit__kind"]),
            row["registrations"],
            row["registrations"] - row["unfinished"],
            row["due"],
            row["done"],
        )
        for row in rows
    }
    return [found[kind] for kind in UnitKind if kind in found]


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


@dataclass(frozen=True)
class Owing:
    """One obligation of the plan: how many units settled it, in time or late, and how many have not."""

    key: str
    name: str
    due_at: dt.datetime
    asked: int
    in_time: int
    late_but_in: int
    open: int
    late: int
    returned: int
    excused: int


@dataclass(frozen=True)
class Stood:
    """One obligation of one unit, and where it stands at the moment of the count."""

    obligation: Obligation
    standing: Standing


def standings(counted: Scope, *, now: dt.datetime) -> list[Stood]:
    rows = counted.obligations.filter(person=None).select_related("unit").order_by("due_at", "key", "unit__sort_key")
    return [Stood(row, row.on(now)) for row in rows]


def owing(stood: list[Stood], plan: Plan) -> list[Owing]:
    """By obligation of the plan, in the order of their due days."""
    names = {item.id: item.name for item in plan.obligations}
    groups: dict[str, list[Stood]] = defaultdict(list)
    for each in stood:
        groups[each.obligation.key].append(each)
    return [_owing(names.get(key, key), group) for key, group in groups.items()]


def _owing(name: str, group: list[Stood]) -> Owing:
    states = Counter(each.standing.state for each in group)
    settled = Counter(bool(each.standing.days_late) for each in group if each.standing.state in SETTLED)
    first = group[0].obligation
    return Owing(
        first.key,
        name,
        first.due_at,
        asked=len(group) - states[BoardState.EXCUSED] - states[BoardState.CLOSED],
        in_time=settled[False],
        late_but_in=settled[True],
        open=sum(states[state] for state in OPEN),
        late=states[BoardState.LATE],
        returned=states[BoardState.RETURNED],
        excused=states[BoardState.EXCUSED],
    )


def result_reports(counted: Scope) -> QuerySet[Dossier]:
    """Result reports that were handed in and stand, by unit."""
    return (
        counted.dossiers.filter(kind=DossierKind.REPORT, state__in=HANDED_IN)
        .select_related("unit", "about")
        .order_by("unit__sort_key", "pk")
    )


def voices(counted: Scope) -> dict[str, int]:
    """How many result reports name difficulties, lessons, proposals."""
    answers = list(result_reports(counted).values_list("answers", flat=True))
    return {key: sum(bool(each.get(key)) for each in answers) for key in ("difficulties", "lessons", "proposals")}


@dataclass(frozen=True)
class Summary:
    """Everything that the consolidated report of a year says, at one moment."""

    campaign: Campaign
    year: int
    at: dt.datetime
    units: int
    late_units: int
    registered: list[Coverage]
    planned: list[Coverage]
    reported: list[Coverage]
    by_kind: list[Initiatives]
    by_field: list[Initiatives]
    completion: list[Completion]
    targets: list[Target]
    personal: list[PersonalTarget]
    owing: list[Owing]
    indices: list[IndexRow]
    voices: dict[str, int]


def summary(counted: Scope, stood: list[Stood], *, now: dt.datetime) -> Summary:
    covered, owed = coverage(counted), owed_by_criterion(counted)
    return Summary(
        campaign=counted.campaign,
        year=counted.year,
        at=now,
        units=len({each.obligation.unit_id for each in stood}),
        late_units=len({each.obligation.unit_id for each in stood if each.standing.state in OWED}),
        registered=covered[DossierKind.REGISTRATION],
        planned=covered[DossierKind.UNIT_PLAN],
        reported=covered[DossierKind.REPORT],
        by_kind=initiatives_by(counted, "kind"),
        by_field=initiatives_by(counted, "field"),
        completion=completion(counted, today=now.date()),
        targets=targets(counted, owed, covered[DossierKind.REGISTRATION]),
        personal=personal_targets(counted, owed),
        owing=owing(stood, counted.campaign.current.plan),
        indices=index_rows(counted.campaign),
        voices=voices(counted),
    )
