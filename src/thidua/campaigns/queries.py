"""Reads of campaigns for pages, papers and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import holidays
from django.db.models import BooleanField, Count, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.obligations import BoardState, Standing, StandingKind, state_of
from thidua.core.refusals import Denied
from thidua.core.units import UnitKind
from thidua.core.words import Sentence, _
from thidua.people.models import Post, SwappedDay, Unit, current


def campaign_by_code(code: str) -> Campaign:
    """The published campaign with this code. Raises Denied with the codes there are."""
    campaign = Campaign.objects.select_related("current").filter(code=code, current__isnull=False).first()
    if campaign is None:
        known = ", ".join(Campaign.objects.filter(current__isnull=False).values_list("code", flat=True)) or "–"
        raise Denied(_("There is no published campaign “%(code)s”. Published: %(known)s.", code=code, known=known))
    return campaign


def default_campaign(person) -> Campaign | None:
    """The newest published campaign: what pages open with. Asked once for a person (so once a request)."""
    if not hasattr(person, "_default_campaign"):
        published = Campaign.objects.visible_to(person).filter(current__isnull=False).select_related("current")
        person._default_campaign = published.defer("current__source").order_by("-last_year", "pk").first()
    return person._default_campaign


def day_off_rule() -> Callable[[dt.date], Sentence | None]:
    """A function that says why a day is not a working day, or None. The table of swapped days wins over the library."""
    swapped = {day.on: day for day in SwappedDay.objects.all()}

    def day_off(day: dt.date) -> Sentence | None:
        if day in swapped:
            return None if swapped[day].is_working else _("a day off (%(source)s)", source=swapped[day].source)
        calendar = holidays.country_holidays("VN", years=day.year)
        if day in calendar:
            return _("a public holiday")
        return None if calendar.is_working_day(day) else _("a weekend")

    return day_off


def audience_units(audience, *, on: dt.date, only: Unit | None = None):
    """Units of an audience that exist on a day, or the one of them that is meant."""
    units = Unit.objects.open_on(on).filter(kind__in=[UnitKind(kind) for kind in audience.kinds])
    return units if only is None else units.filter(pk=only.pk)


def posts_meant(criterion, units, *, on: dt.date) -> QuerySet[Post]:
    """(unit, person) of everybody whom a personal criterion is about: who holds such a post in a unit on the day."""
    posts = Post.objects.filter(current("", on), unit__in=units)
    if criterion.posts:
        posts = posts.filter(kind__in=criterion.posts)
    return posts.order_by("unit", "person").values_list("unit", "person").distinct()


@dataclass(frozen=True)
class Duty:
    """A personal obligation of one unit, its people taken together; ``recorded`` of ``people`` are done.

    It stands where the worst of its people stands, and reads like an obligation of the unit itself.
    """

    unit_id: int
    key: str
    year: int
    due_at: dt.datetime
    people: int
    recorded: int
    standing: Standing
    kind: str = "personal"
    pk: None = None
    person_id: None = None
    reason: str = ""
    excused: bool = False
    extended_to: None = None


# From worst to best: a unit stands where the worst of its people stands.
WORST_FIRST = (
    BoardState.LATE,
    BoardState.RETURNED,
    BoardState.DUE,
    BoardState.DRAFT,
    BoardState.NOT_DUE,
    BoardState.SUBMITTED,
    BoardState.DONE,
    BoardState.EXCUSED,
)


def duties(seen: QuerySet[Obligation], *, now: dt.datetime) -> list[Duty]:
    """What units owe for their people, one row a unit and obligation, by due day; counted in the database."""
    alike = ("opens_on", "due_at", "extended_to", "excused", "standing", "handed_in")
    groups = (
        seen.filter(person__isnull=False)
        .annotate(handed_in=Coalesce(Q(submitted_at__lte=now), Value(False), output_field=BooleanField()))
        .values("unit_id", "key", "year", *alike)
        .annotate(people=Count("pk"), last=Max("submitted_at"))
        .order_by("due_at", "key", "unit_id")
    )
    made: list[Duty] = []
    for (unit_id, key), rows in groupby(groups, key=lambda row: (row["unit_id"], row["key"])):
        parts = [(row, _standing(row, now)) for row in rows]
        made.append(_duty(unit_id, key, parts))
    return made


def _standing(row: dict, now: dt.datetime) -> Standing:
    return state_of(
        opens_on=row["opens_on"],
        due_at=row["due_at"],
        extended_to=row["extended_to"],
        excused=row["excused"],
        standing=row["standing"] if row["handed_in"] else StandingKind.NONE,
        submitted_at=row["last"] if row["handed_in"] else None,
        now=now,
    )


def _duty(unit_id: int, key: str, parts: list[tuple[dict, Standing]]) -> Duty:
    worst = min((standing.state for _row, standing in parts), key=WORST_FIRST.index)
    days = [standing.done_on for _row, standing in parts if standing.done_on]
    asked = [(row["people"], standing.state) for row, standing in parts if standing.state != BoardState.EXCUSED]
    return Duty(
        unit_id=unit_id,
        key=key,
        year=parts[0][0]["year"],
        due_at=parts[0][0]["due_at"],
        people=sum(count for count, _state in asked),
        recorded=sum(count for count, state in asked if state == BoardState.DONE),
        standing=Standing(
            worst,
            max(days) if worst == BoardState.DONE else None,
            max(standing.days_late for _row, standing in parts if standing.state == worst),
        ),
    )


def current_year(campaign: Campaign, today: dt.date) -> int:
    """The campaign's year that a page opens with: this year, or the nearest one of the campaign."""
    return min(max(today.year, campaign.first_year), campaign.last_year)


def selected(request) -> tuple[Campaign, int]:
    """The campaign and year that a page speaks of: ``?year=`` in the address, else the current one."""
    campaign = default_campaign(request.user)
    if campaign is None:
        raise Http404(gettext("No campaign is published yet."))
    year = request.GET.get("year", "")
    if year.isdigit() and campaign.first_year <= int(year) <= campaign.last_year:
        return campaign, int(year)
    return campaign, current_year(campaign, timezone.localdate())
