"""Registrations, reports and plans in numbers: coverage, initiatives by kind and field, completion."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from thidua.campaigns.models import Obligation
from thidua.core.dossiers import DossierKind, DossierState, Progress
from thidua.core.plan.schema import Option
from thidua.core.units import UnitKind
from thidua.dossiers.queries import Papers, done, due, unfinished
from thidua.monitoring.queries import OnBoard, papers
from thidua.people.models import Unit, not_ended
from thidua.summaries.queries.counted import ACCEPTED, REGISTRATIONS, Scope


@dataclass(frozen=True)
class Coverage:
    """Units of one kind: how many stand how with one kind of obligation; excused units are left out."""

    of: DossierKind
    kind: UnitKind
    total: int
    accepted: int
    submitted: int
    returned: int

    def opens(self) -> dict[str, OnBoard]:
        """What each of its numbers counts, by what the board calls it."""
        return opens(self.of, self.kind)

    @property
    def none(self) -> int:
        return self.total - self.accepted - self.submitted - self.returned

    @property
    def handed_in(self) -> int:
        return self.accepted + self.submitted


def opens(of: DossierKind, kind: str = "") -> dict[str, OnBoard]:
    """The rows of the board behind each number of a kind of paper, over units of one kind or all."""
    shown = ("asked", "handed_in", "accepted", "waiting", "returned", "nothing")
    return {show: OnBoard(show=show, what=papers(of), kind=kind) for show in shown}


@dataclass(frozen=True)
class Asked:
    """What the plan asks: ``covered`` as ``coverage`` gives it; of how many units, and of how many people, a criterion
    is asked, by (criterion, kind of unit); and the units that are asked for registrations, by key and kind alone."""

    covered: dict[str, list[Coverage]]
    units: Counter[tuple[str, str]]
    people: Counter[tuple[str, str]]
    registering: list[Unit]


def coverage(counted: Scope) -> dict[str, list[Coverage]]:
    """Kind of obligation (registration, report, unit plan) → one row a kind of unit, from one read.

    Closed units that handed nothing in are left out.
    """
    return _covered(_groups(counted.obligations.filter(kind__in=list(DossierKind), person=None)))


def coverage_of_each(obligations: QuerySet[Obligation]) -> dict[int, dict[str, list[Coverage]]]:
    """Id of a campaign → its ``coverage``, of several campaigns from one read."""
    rows = _groups(obligations.filter(kind__in=list(DossierKind), person=None), "campaign")
    campaigns = {row["campaign"] for row in rows}
    return {each: _covered([row for row in rows if row["campaign"] == each]) for each in campaigns}


def asked(counted: Scope) -> Asked:
    """All of it from one read. Excused units and people are left out."""
    rows = _groups(counted.obligations)
    units, people = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows:
        units[row["criterion"], row["unit__kind"]] += row["units"]
        people[row["criterion"], row["unit__kind"]] += row["people"]
    registering = {
        pk: row["unit__kind"] for row in rows if row["kind"] == DossierKind.REGISTRATION for pk in row["who"]
    }
    return Asked(_covered(rows), units, people, [Unit(pk=pk, kind=kind) for pk, kind in registering.items()])


def _groups(obligations: QuerySet[Obligation], *by: str) -> list[dict[str, Any]]:
    of_units = Q(person=None)
    stays = not_ended("unit__", timezone.localdate()) | Q(standing__in=["accepted", "submitted"])
    return list(
        obligations.filter(excused=False)
        .values("kind", "criterion", "unit__kind", *by)
        .annotate(
            units=Count("pk", filter=of_units),
            people=Count("person", filter=stays),
            total=Count("pk", filter=of_units & stays),
            who=ArrayAgg("unit", filter=of_units & stays & Q(kind=DossierKind.REGISTRATION), default=Value([])),
            accepted=Count("pk", filter=of_units & Q(standing="accepted")),
            submitted=Count("pk", filter=of_units & Q(standing="submitted")),
            returned=Count("pk", filter=of_units & stays & Q(standing="returned")),
        )
    )


def _covered(rows: list[dict[str, Any]]) -> dict[str, list[Coverage]]:
    found: dict[str, list[Coverage]] = {kind: [] for kind in DossierKind}
    for kind in UnitKind:
        for of in DossierKind:
            mine = [row for row in rows if (row["kind"], row["unit__kind"]) == (of, kind) and row["total"]]
            if mine:
                counts = ("total", "accepted", "submitted", "returned")
                found[of].append(Coverage(of, kind, *(sum(row[name] for row in mine) for name in counts)))
    return found


@dataclass(frozen=True)
class Initiatives:
    """Registrations that were handed in and stand, by one answer (kind or field)."""

    id: str
    label: str
    registered: int
    accepted: int


@dataclass(frozen=True)
class Registered:
    """How many registrations stand, how many of them are accepted, and how many are of each kind and field that the
    plan lists, also those without any."""

    all: int
    accepted: int
    by_kind: list[Initiatives]
    by_field: list[Initiatives]


def initiatives(counted: Scope) -> Registered:
    rows = (
        REGISTRATIONS.of(counted.dossiers)
        .values("initiative_kind", "field")
        .annotate(registered=Count("pk"), accepted=Count("pk", filter=Q(state=DossierState.ACCEPTED)))
    )
    found, plan = list(rows), counted.campaign.current.plan
    return Registered(
        sum(row["registered"] for row in found),
        sum(row["accepted"] for row in found),
        _by("initiative_kind", found, plan.kinds if plan.word_for("kind") else ()),
        _by("field", found, plan.fields if plan.word_for("field") else ()),
    )


def _by(column: str, rows: list[dict[str, Any]], options: tuple[Option, ...]) -> list[Initiatives]:
    registered, accepted = Counter[str](), Counter[str]()
    for row in rows:
        registered[row[column]] += row["registered"]
        accepted[row[column]] += row["accepted"]
    return [Initiatives(each.id, each.label, registered[each.id], accepted[each.id]) for each in options]


@dataclass(frozen=True)
class Completion:
    """Accepted registrations of one kind of unit: milestones due by the day and done, and how many are carried out
    in full (plan, III: how far registered solutions were completed)."""

    kind: UnitKind
    registrations: int
    finished: int
    due: int
    done: int

    def opens(self) -> dict[str, Papers]:
        """The papers behind each of its numbers; of milestones, the papers that have them."""
        return carried_out(self.kind)


def carried_out(kind: str = "") -> dict[str, Papers]:
    accepted = replace(ACCEPTED, unit_kind=kind)
    return {"registrations": accepted, **{each.value: replace(accepted, progress=each.value) for each in Progress}}


def completion(counted: Scope, *, today: dt.date) -> list[Completion]:
    """Nothing of a campaign whose registrations promise no milestones."""
    if not counted.campaign.current.plan.asks("milestones"):
        return []
    rows = (
        ACCEPTED.of(counted.dossiers)
        .values("unit__kind")
        .annotate(
            registrations=Count("pk", distinct=True),
            unfinished=Count("pk", distinct=True, filter=unfinished("milestones__")),
            due=Count("milestones", filter=due(today, "milestones__")),
            done=Count("milestones", filter=done(today, "milestones__")),
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
