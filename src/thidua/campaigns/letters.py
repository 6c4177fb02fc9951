"""What units are told of a plan and of decisions on what they owe: one letter to a unit and person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.campaigns.changes import Line, in_order, names_in
from thidua.campaigns.models import Campaign, Fact, Obligation, PlanVersion
from thidua.core.obligations import FactKind
from thidua.core.units import PostKind
from thidua.core.vietnamese import day, number
from thidua.people.letters import Notice
from thidua.people.models import Person, Post, current

MOST_LINES = 12
TOLD = (FactKind.MOVED, FactKind.NEW, FactKind.DROPPED, FactKind.ASKED_AGAIN)


def publish(version: PlanVersion, *, at: dt.datetime, is_first: bool) -> Iterator[Notice]:
    """Of the first version: what the unit owes, when, and where to begin. Of a later one: what it changes."""
    words = cache(lambda lines: _first(version, lines, at) if is_first else _changed(version, lines))
    for unit_id, lines, readers in _concerned(version, at):
        yield from _notices(version.campaign, unit_id, readers, "campaigns.publish", *words(lines))


def catch_up(version: PlanVersion, *, at: dt.datetime) -> Iterator[Notice]:
    """To a unit that came, or got people, after publishing."""
    for unit_id, lines, readers in _concerned(version, at):
        is_new = all(line.kind is FactKind.NEW for line in lines)
        subject, body = _first(version, lines, at) if is_new else _changed(version, lines)
        yield from _notices(version.campaign, unit_id, readers, "campaigns.catch_up", subject, body)


def _first(version: PlanVersion, lines: tuple[Line, ...], at: dt.datetime) -> tuple[str, str]:
    ahead = sorted((line for line in lines if line.due_at >= at), key=lambda line: line.due_at)
    asked = [_owed(line.name, line.due_at, line.people) for line in ahead]
    subject = ngettext(
        "“%(plan)s”: %(n)s thing to hand in", "“%(plan)s”: %(n)s things to hand in", len(ahead)
    ) % {"plan": version.plan.short_name, "n": number(len(ahead))}  # fmt: skip
    parts = [_("The plan is published. Your unit hands in:"), *_cut(asked)]
    parts.append(_("Begin on the home page: each thing stands there with its form and its due day."))
    return subject, "\n".join(parts)


def _owed(name: str, due_at: dt.datetime, people: int = 0) -> str:
    text = _("– %(what)s, due %(day)s") % {"what": name, "day": day(timezone.localtime(due_at))}
    return f"{text} ({_people(people)})" if people else text


def _people(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": number(count)}


def _changed(version: PlanVersion, lines: tuple[Line, ...]) -> tuple[str, str]:
    subject = _("“%(plan)s”: version %(n)s of the plan changes what your unit hands in") % {
        "plan": version.plan.short_name,
        "n": version.number,
    }
    said = [f"– {line.what}" + (f" ({_people(line.people)})" if line.people else "") for line in in_order(lines)]
    parts = [_("What changes for your unit:"), *_cut(said), _("What was handed in stays as it is.")]
    return subject, "\n".join(parts)


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    rest = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], ngettext("– and %(n)s more", "– and %(n)s more", rest) % {"n": number(rest)}]


def _concerned(version: PlanVersion, at: dt.datetime) -> Iterator[tuple[int, tuple[Line, ...], list[Person]]]:
    """(unit, what changed for it at this moment, who is told). Three queries, whatever the number of units; most units
    have the same lines, in one order, so that these are put into words once."""
    rows = (
        Fact.objects.filter(version=version, at=at, kind__in=TOLD, obligation__excused=False)
        .values_list("obligation__unit", "kind", "obligation__key", "due_before", "due_at")
        .annotate(people=Count("obligation__person"))
        .order_by("obligation__unit", "due_at", "obligation__key")
    )
    names = names_in(version)
    units: dict[int, list[Line]] = defaultdict(list)
    for unit_id, kind, key, before, due_at, people in rows:
        units[unit_id].append(Line(FactKind(kind), key, names.get(key, key), before, due_at, 1, people))
    readers = readers_of(units)
    for unit_id, lines in units.items():
        yield unit_id, tuple(lines), readers.get(unit_id, [])


def readers_of(units: Iterable[int]) -> dict[int, list[Person]]:
    """Unit → its focal points and heads of today, each person once."""
    posts = Post.objects.filter(
        current("", timezone.localdate()), unit__in=list(units), person__is_active=True,
        kind__in=[PostKind.FOCAL_POINT, PostKind.HEAD],
    )  # fmt: skip
    found: dict[int, dict[int, Person]] = defaultdict(dict)
    for post in posts.select_related("person").order_by("pk"):
        found[post.unit_id][post.person_id] = post.person
    return {unit_id: list(people.values()) for unit_id, people in found.items()}


def decided(groups: list[list[Obligation]], kind: FactKind, reason: str) -> Iterator[Notice]:
    """``groups``: the obligations decided on, by unit."""
    readers = readers_of(mine[0].unit_id for mine in groups)
    for mine in groups:
        first = mine[0]
        names: dict[str, list[Obligation]] = defaultdict(list)
        for each in mine:
            names[each.planned.name].append(each)
        told = [
            _owed(name, rows[0].closes_at, sum(row.person_id is not None for row in rows))
            for name, rows in names.items()
        ]
        subject = DECIDED[kind]() % {"what": first.planned.name, "day": day(timezone.localtime(first.closes_at))}
        body = "\n".join([*_cut(told), _("Reason: %(reason)s") % {"reason": reason}])
        yield from _notices(
            first.campaign, first.unit_id, readers.get(first.unit_id, []), f"campaigns.{kind}", subject, body
        )


DECIDED = {
    FactKind.EXTENDED: lambda: _("More time for “%(what)s”: until %(day)s"),
    FactKind.EXTENSION_CANCELLED: lambda: _("The extension of “%(what)s” is taken back: due %(day)s"),
    FactKind.EXCUSED: lambda: _("Your unit is excused from “%(what)s”"),
    FactKind.EXCUSE_CANCELLED: lambda: _("The excuse from “%(what)s” is taken back: due %(day)s"),
}


def _notices(
    campaign: Campaign, unit_id: int, readers: list[Person], kind: str, subject: str, body: str
) -> Iterator[Notice]:
    address = reverse("desk:home")
    for person in readers:
        yield Notice(
            to=person, unit_id=unit_id, about=campaign.short_name, kind=kind, subject=subject, body=body,
            address=address,
        )  # fmt: skip
