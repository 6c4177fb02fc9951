"""What stands on the first page of each role, and the campaign at a glance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from thidua.campaigns.models import Campaign, IndexValue, Obligation
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.obligations import BoardState
from thidua.core.units import UnitKind
from thidua.dossiers.models import Author, Dossier, Milestone
from thidua.monitoring.queries import OPEN, Cell
from thidua.people.models import Unit, not_ended

SETTLED = frozenset({BoardState.DONE, BoardState.SUBMITTED, BoardState.EXCUSED, BoardState.CLOSED})


@dataclass(frozen=True)
class Task:
    """One thing to do: what, by when, and the page that does it."""

    name: str
    detail: str
    due_at: dt.datetime
    cell: Cell


def tasks_of_unit(person, campaign: Campaign, year: int, *, now: dt.datetime) -> tuple[list[Task], list[Cell]]:
    """(open, settled) of the units that the person acts for, by due date."""
    names = {item.id: item.name for item in campaign.current.plan.obligations}
    rows = (
        Obligation.objects.of_year(campaign, year)
        .filter(unit__in=person.access.acts_for, person=None)
        .select_related("unit")
        .order_by("due_at", "key")
    )
    cells = [Cell(row, row.on(now)) for row in rows]
    open_cells = [cell for cell in cells if cell.state in OPEN]
    tasks = [
        Task(
            names.get(cell.obligation.key, cell.obligation.key),
            cell.obligation.unit.name,
            cell.obligation.extended_to or cell.obligation.due_at,
            cell,
        )
        for cell in open_cells
    ]
    return tasks, [
        cell
        for cell in cells
        if cell.state in {BoardState.DONE, BoardState.SUBMITTED, BoardState.EXCUSED, BoardState.CLOSED}
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


def own_dossiers(person, campaign: Campaign, year: int) -> QuerySet[Dossier]:
    return (
        Dossier.objects.filter(campaign=campaign, year=year, unit__in=person.access.acts_for | person.access.member_of)
        .exclude(state=DossierState.WITHDRAWN)
        .annotate(steps=Count("milestones"), steps_done=Count("milestones", filter=Q(milestones__percent=100)))
        .order_by("kind", "pk")
    )


@dataclass(frozen=True)
class Coverage:
    """Units of one kind: how many stand how with one obligation kind."""

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


def coverage(person, campaign: Campaign, year: int, kind: str) -> list[Coverage]:
    """One row a kind of unit for registrations, reports or unit plans.

    Excused units are left out, and closed ones that handed nothing in.
    """
    rows = (
        Obligation.objects.visible_to(person)
        .of_year(campaign, year)
        .filter(kind=kind, person=None, excused=False)
        .filter(not_ended("unit__", timezone.localdate()) | Q(standing__in=["accepted", "submitted"]))
        .values("unit__kind")
        .annotate(
            total=Count("pk"),
            accepted=Count("pk", filter=Q(standing="accepted")),
            submitted=Count("pk", filter=Q(standing="submitted")),
            returned=Count("pk", filter=Q(standing="returned")),
        )
    )
    order = list(UnitKind)
    found = [
        Coverage(UnitKind(row["unit__kind"]), row["total"], row["accepted"], row["submitted"], row["returned"])
        for row in rows
    ]
    return sorted(found, key=lambda row: order.index(row.kind))


@dataclass(frozen=True)
class Completion:
    """Milestones of accepted registrations: due by today, and done (S11)."""

    due: int
    done: int
    registrations: int
    finished: int


def completion(person, campaign: Campaign, year: int, *, today: dt.date) -> Completion:
    seen = Dossier.objects.visible_to(person).filter(
        campaign=campaign, year=year, kind=DossierKind.REGISTRATION, state=DossierState.ACCEPTED
    )
    steps = Milestone.objects.filter(dossier__in=seen.values("pk")).aggregate(
        due=Count("pk", filter=Q(due_on__lte=today)),
        done=Count("pk", filter=Q(due_on__lte=today, percent=100)),
    )
    counts = seen.aggregate(
        registrations=Count("pk", distinct=True),
        unfinished=Count("pk", filter=Q(milestones__percent__lt=100), distinct=True),
    )
    return Completion(
        steps["due"], steps["done"], counts["registrations"], counts["registrations"] - counts["unfinished"]
    )


def waiting_count() -> int:
    return Dossier.objects.filter(state=DossierState.SUBMITTED).count()


def index_rows(campaign: Campaign) -> list[dict[str, object]]:
    """Each index of the plan with its published values and targets by year."""
    by_index: dict[str, list[IndexValue]] = {}
    for value in IndexValue.objects.filter(campaign=campaign).order_by("year"):
        by_index.setdefault(value.index, []).append(value)
    return [{"index": index, "published": by_index.get(index.id, [])} for index in campaign.current.plan.indices]


def found(person, text: str) -> dict[str, list]:
    """The search of the top bar: units and dossiers, without marks."""
    return {
        "units": list(Unit.objects.visible_to(person).search(text).in_order()[:20]),
        "dossiers": list(
            Dossier.objects.visible_to(person).search(text).select_related("unit").order_by("-saved_at")[:30]
        ),
    }
