"""What stands on the first page of each role, the campaign at a glance, and the trail narrowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext

from thidua.campaigns.chosen import Chosen, in_years, published
from thidua.campaigns.models import Campaign, Obligation, without_text
from thidua.campaigns.queries import RANK, Duty, duties
from thidua.core.dossiers import DossierKind, DossierState, Progress
from thidua.core.obligations import BoardState
from thidua.core.plan.schema import Audience, Plan
from thidua.core.vietnamese import fold, search_words
from thidua.desk.trail import GROUPS, named_in_plans
from thidua.dossiers.models import Author, Dossier
from thidua.dossiers.queries import Papers, waiting_by_year
from thidua.ledger.models import Entry
from thidua.monitoring import queries as monitoring
from thidua.monitoring.queries import OPEN, Cell, OnBoard
from thidua.people.models import Person, Unit
from thidua.summaries.queries import Completion, Coverage, PersonalTarget, Target, carried_out, coverage_of_each, opens

# Kind of thing in the trail → its table, its page and what the address calls it by.
OPENED = {
    "dossiers.dossier": (Dossier, "dossiers:page", "pk"),
    "campaigns.obligation": (Obligation, "monitoring:obligation", "pk"),
    "people.unit": (Unit, "people:unit", "code"),
}
AnyTarget = TypeVar("AnyTarget", Target, PersonalTarget)
UNFINISHED = (DossierState.DRAFT, DossierState.PRESENTED, DossierState.RETURNED)
SETTLED = frozenset({BoardState.DONE, BoardState.SUBMITTED, BoardState.EXCUSED, BoardState.CLOSED, BoardState.DROPPED})


@dataclass(frozen=True)
class Task:
    """One thing to do, by when; ``with_head`` is its paper while that lies before the head of the unit."""

    name: str
    due_at: dt.datetime
    cell: Cell
    with_head: Dossier | None
    of: Chosen


def tasks_of_unit(
    person, years: list[Chosen], dossiers: list[Dossier], *, now: dt.datetime
) -> tuple[list[Task], list[Task]]:
    """(open, settled) of the units that the person acts for, by due date; ``dossiers`` are the units' own.

    What is open from the years before stands there too: nobody would look for it on the page of a year that is over.
    """
    presented = {_asked(each, each.obligation_key): each for each in dossiers if each.state == DossierState.PRESENTED}
    running = {each.campaign.pk: each for each in years}
    rows = (
        Obligation.objects.filter(in_years(years, and_before=True), unit__in=person.access.acts_for, person=None)
        .select_related("unit", "version")
        .defer(*without_text("version"))
        .order_by("due_at", "key")
    )
    tasks = [
        Task(
            _name(owed, running[owed.campaign_id].campaign),
            owed.closes_at,
            Cell(owed, owed.on(now)),
            presented.get(_asked(owed, owed.key)),
            running[owed.campaign_id].in_year(owed.year),
        )
        for owed in rows
    ]
    settled = [task for task in tasks if task.cell.state in SETTLED and task.of in years]
    return [task for task in tasks if task.cell.state in OPEN], settled


def _asked(thing: Dossier | Obligation, key: str) -> tuple[int, str, int]:
    """Of what it is: two campaigns may call an obligation by the same key."""
    return thing.campaign_id, key, thing.unit_id


def _name(owed: Obligation, campaign: Campaign) -> str:
    owed.campaign = campaign
    return owed.planned.name


@dataclass(frozen=True)
class PeopleTask:
    """Everything that one unit still has to record of its people: all of it is done on one page."""

    unit_name: str
    unit_code: str
    due_at: dt.datetime
    people: int
    recorded: int
    state: BoardState
    of: Chosen


def people_tasks(person, years: list[Chosen], *, now: dt.datetime) -> list[PeopleTask]:
    """One task a unit that the person acts for and a year of a campaign, while something of its people is open."""
    access = person.access
    running = {each.campaign.pk: each for each in years}
    rows = Obligation.objects.filter(in_years(years, and_before=True), unit__in=access.acts_for)
    asked: dict[tuple[int, Chosen], list[Duty]] = {}
    for duty in duties(rows, now=now) if access.acts_for else []:
        asked.setdefault((duty.unit_id, running[duty.campaign_id].in_year(duty.year)), []).append(duty)
    return [
        PeopleTask(
            access.unit_names[unit],
            access.unit_codes[unit],
            min(each.due_at for each in mine),
            sum(each.people for each in mine),
            sum(each.recorded for each in mine),
            min((each.standing.state for each in mine), key=RANK.__getitem__),
            of,
        )
        for (unit, of), mine in asked.items()
        if any(each.standing.state in OPEN for each in mine)
    ]


def shares_to_confirm(person) -> QuerySet[Author]:
    return (
        Author.objects.filter(person=person, confirmed_at=None)
        .exclude(dossier__state=DossierState.WITHDRAWN)
        .select_related("dossier__unit")
    )


def to_sign(person) -> QuerySet[Dossier]:
    return (
        Dossier.objects.filter(unit__in=person.access.signs_for, state=DossierState.PRESENTED)
        .select_related("unit")
        .order_by("saved_at")
    )


def own_dossiers(person, years: list[Chosen]) -> QuerySet[Dossier]:
    """Papers of these years, and those of the years before that are not handed in."""
    open_before = in_years(years, and_before=True) & Q(state__in=UNFINISHED)
    own = Q(unit__in=person.access.acts_for | person.access.member_of)
    return (
        Dossier.objects.filter(own, in_years(years) | open_before)
        .exclude(state=DossierState.WITHDRAWN)
        .annotate(steps=Count("milestones"), steps_done=Count("milestones", filter=Q(milestones__percent=100)))
        .order_by("kind", "pk")
    )


@dataclass(frozen=True)
class Running:
    """A running campaign in its present year, as who sees every unit finds it on the first page."""

    of: Chosen
    owing: int
    owed_things: int
    registered: list[Coverage]
    reported: list[Coverage]

    @property
    def sums(self) -> list[tuple[int, int, dict[str, OnBoard]]]:
        """(units that handed in, units asked, what they open) of registrations and of reports."""
        return [
            (sum(row.handed_in for row in rows), sum(row.total for row in rows), opens(of))
            for of, rows in ((DossierKind.REGISTRATION, self.registered), (DossierKind.REPORT, self.reported))
        ]

    @property
    def opens(self) -> OnBoard:
        """The units that owe, for themselves or for their people."""
        return OnBoard(show="owing")


def running_campaigns(person, years: list[Chosen], *, now: dt.datetime) -> list[Running]:
    """Three reads, however many campaigns run."""
    owing = monitoring.owing(person, years, now=now)
    covered = coverage_of_each(Obligation.objects.visible_to(person).filter(in_years(years)))
    nothing: dict[str, list[Coverage]] = {kind: [] for kind in DossierKind}
    return [
        Running(
            each,
            *owing[each.campaign.pk],
            *(covered.get(each.campaign.pk, nothing)[kind] for kind in (DossierKind.REGISTRATION, DossierKind.REPORT)),
        )
        for each in years
    ]


@dataclass(frozen=True)
class Waiting:
    """Dossiers of one year of a campaign that wait for the office."""

    of: Chosen
    count: int

    @property
    def opens(self) -> Papers:
        return Papers(state=DossierState.SUBMITTED)


def waiting(person) -> list[Waiting]:
    """Of all campaigns and years; the oldest year first."""
    campaigns = {each.pk: each for each in published(person)}
    found = sorted(waiting_by_year(person).items(), key=lambda each: (each[0][1], each[0][0]))
    return [Waiting(Chosen(campaigns[campaign], year), count) for (campaign, year), count in found]


@dataclass(frozen=True)
class Share:
    """A part of a whole at the head of the overview; ``opens`` are the rows of the part."""

    name: str
    part: int
    whole: int
    opens: OnBoard | Papers
    none: str

    @property
    def value(self) -> Decimal | None:
        return Decimal(self.part) / self.whole if self.whole else None


def shares(
    plan: Plan, registered: list[Coverage], reported: list[Coverage], completion: list[Completion]
) -> list[Share]:
    """What the campaign asks for: one without registrations has no share of them, one without milestones none of
    those."""

    def total(rows, name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    found = []
    if registered:
        rows = opens(DossierKind.REGISTRATION)["handed_in"]
        handed_in, asked = total(registered, "handed_in"), total(registered, "total")
        nothing = gettext("Nothing is asked yet")
        found.append(Share(gettext("Units registered"), handed_in, asked, rows, nothing))
    if reported:
        rows = opens(DossierKind.REPORT)["handed_in"]
        handed_in, asked = total(reported, "handed_in"), total(reported, "total")
        nothing = gettext("Nothing is asked yet")
        found.append(Share(gettext("Units that reported results"), handed_in, asked, rows, nothing))
    if registered and plan.asks("milestones"):
        papers = carried_out()
        done, due = total(completion, "done"), total(completion, "due")
        nothing = gettext("No milestone is due yet")
        found.append(Share(gettext("Milestones due and done"), done, due, papers[Progress.DONE], nothing))
        finished, all_ = total(completion, "finished"), total(completion, "registrations")
        nothing = gettext("None is accepted yet")
        found.append(
            Share(gettext("Registrations carried out in full"), finished, all_, papers[Progress.FINISHED], nothing)
        )
    return found


def by_audience(targets: list[AnyTarget]) -> list[tuple[Audience, list[AnyTarget]]]:
    """(audience, its criteria), in the order of the plan."""
    groups: dict[str, list[AnyTarget]] = {}
    for row in targets:
        groups.setdefault(row.audience.id, []).append(row)
    return [(rows[0].audience, rows) for rows in groups.values()]


def found(person, text: str) -> dict[str, list]:
    """The search of the top bar: units and dossiers, without marks."""
    return {
        "units": list(Unit.objects.visible_to(person).search(text).in_order()[:20]),
        "dossiers": list(
            Dossier.objects.visible_to(person).search(text).select_related("unit").order_by("-saved_at")[:30]
        ),
    }


def trail(
    person,
    campaigns: list[Campaign],
    *,
    q: str = "",
    who: str = "",
    verb: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Entry]:
    """The rows in sight, newest first. ``verb`` is a verb or a group of verbs; the days are both included."""
    entries = Entry.objects.visible_to(person).between(since, until)
    if q:
        units = Unit.objects.search(q).values_list("pk", flat=True)
        words = search_words(q)
        labels = [key for key, name in named_in_plans(campaigns).items() if all(word in fold(name) for word in words)]
        entries = entries.search(q, units=list(units), labels=labels)
    if who:
        entries = entries.filter(by_id=None) if _is_system(who) else entries.filter(by_id__in=_people(who))
    if verb:
        _name, verbs = GROUPS.get(verb, ("", [verb]))
        entries = entries.filter(verb__in=list(verbs))
    return entries.order_by("-at", "-id")


def _is_system(who: str) -> bool:
    return fold(who) in {"thidua", fold(gettext("The system"))}


def _people(who: str) -> QuerySet:
    return Person.objects.search(who).values("pk")


def trail_urls(person, entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """(kind of thing, id) → its page, of what the reader may open; one query."""
    ids: dict[str, set[str]] = {kind: set() for kind in OPENED}
    for each in entries:
        ids.get(each.thing_type, set()).add(each.thing_id)
    seen = [
        model.objects.visible_to(person)
        .filter(pk__in=ids[kind])
        .values_list(Value(kind), Cast("pk", CharField()), Cast(name, CharField()))
        for kind, (model, _view, name) in OPENED.items()
    ]
    found = seen[0].union(*seen[1:])
    return {(kind, pk): reverse(OPENED[kind][1], args=[name]) for kind, pk, name in found}
