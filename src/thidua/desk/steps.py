"""What each role does next, so that no first page ends in "nothing": one line of words and one page to open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.campaigns.chosen import Chosen
from thidua.core.units import RoleKind
from thidua.core.vietnamese import number
from thidua.people import queries as people
from thidua.people import rules
from thidua.people.models import Letter, Person, Unit

REFUSED_DAYS = 30  # older refusals of a mail server were seen to, or nobody will


@dataclass(frozen=True)
class Step:
    icon: str
    title: str
    detail: str
    url: str


def to_set_up(person: Person) -> list[Step]:
    """Before the first campaign: lists of units and people, and the plan, in this order."""
    load = Step(
        "book", _("Load a plan"), _("Load a plan file, read it, and publish it."), reverse("campaigns:versions")
    )
    steps = []
    if person.access.has(*rules.MANAGERS):
        if not Unit.objects.exists():
            words = _("From an Excel or CSV file; it is checked before anything is written.")
            steps.append(Step("unit", _("Import units"), words, reverse("people:import_units")))
        else:
            words = _("With accounts, posts and roles; then print the first-login slips.")
            steps.append(Step("people", _("Import people"), words, reverse("people:import_people")))
        steps.append(load)
    return steps


def of_person(person: Person, years: list[Chosen], *, now: dt.datetime) -> list[Step]:
    """On the first page of the campaigns that run, beside what waits."""
    access = person.access
    if access.sees_all:
        # Several campaigns stand in a table of their own, with these pages.
        return [*_of_administrator(person, now), *(_of_each(years, _overview, _report) if len(years) == 1 else ())]
    if access.has(RoleKind.COUNCIL):
        return _of_each(years, _plan, _overview)
    if access.member_of:
        return _of_each(years, _papers, _overview)
    words = _("You hold no post in a unit yet. Its focal point or the standing office adds you.")
    return [Step("people", _("Find your unit"), words, reverse("people:units")), *_of_each(years, _overview)]


def _of_each(years: list[Chosen], *pages: Callable[[Chosen], Step]) -> list[Step]:
    """These pages of each campaign, which is named where there are several."""
    found = [(each, page(each)) for each in years for page in pages]
    if len(years) == 1:
        return [step for _of, step in found]
    return [replace(step, title=f"{step.title}: {each.campaign.short_name}") for each, step in found]


def _overview(of: Chosen) -> Step:
    words = _("How many units registered and reported, and which targets are met.")
    return Step("chart", _("Campaign overview"), words, of.address("desk:overview"))


def _report(of: Chosen) -> Step:
    words = _("Progress, figures and verdicts of all units, in Word and Excel.")
    return Step("file", _("Consolidated report"), words, of.address("summaries:list"))


def _plan(of: Chosen) -> Step:
    words = _("The criteria, how each is counted, and what counts as met.")
    return Step("book", _("Read the plan"), words, of.address("campaigns:plan"))


def _papers(of: Chosen) -> Step:
    words = _("What your unit registered and reported, also in the years before.")
    return Step("bulb", _("Registrations and reports"), words, of.address("dossiers:list"))


def _of_administrator(person: Person, now: dt.datetime) -> list[Step]:
    if not person.access.has(RoleKind.ADMINISTRATOR):
        return []
    steps, people_url = [], reverse("people:people")
    if fresh := people.without_password(person, now.date()).count():
        title = ngettext("%(n)s account was never opened", "%(n)s accounts were never opened", fresh)
        words = _("Print the first-login slips and hand them out.")
        steps.append(Step("key", title % {"n": number(fresh)}, words, people_url))
    since = now - dt.timedelta(days=REFUSED_DAYS)
    refused = Letter.objects.filter(written_at__gte=since).exclude(failure="")
    if names := list(refused.order_by("to").values_list("to__username", flat=True).distinct()):
        title = ngettext("Mail to %(n)s person is refused", "Mail to %(n)s people is refused", len(names))
        words = _("Put the address right: %(names)s.") % {"names": ", ".join(names[:3])}
        steps.append(Step("mail", title % {"n": number(len(names))}, words, f"{people_url}?q={names[0]}"))
    words = _("Whether every row of the trail agrees with the one before it.")
    steps.append(Step("shield", _("Check the chain"), words, f"{reverse('desk:trail')}?verify=1"))
    return steps
