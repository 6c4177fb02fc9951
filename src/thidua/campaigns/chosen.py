"""Which campaign and year a page speaks of: its address says both, and each address that it gives says both (ADR 26).

A view of such a page is marked ``@of_campaign``; a page about one object says ``about`` with the object's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.campaigns.models import Campaign, Obligation, without_text
from thidua.core.obligations import StandingKind
from thidua.core.refusals import NotThere

CAMPAIGN, YEAR = "campaign", "year"
COOKIE = "campaign"
CODE_LENGTH = Campaign._meta.get_field("code").max_length


@dataclass(frozen=True)
class Chosen:
    """One year of one campaign, and the addresses of its pages."""

    campaign: Campaign
    year: int

    @property
    def said(self) -> dict[str, object]:
        return {CAMPAIGN: self.campaign.code, YEAR: self.year}

    def address(self, name: str, *args: object, **narrowed: object) -> str:
        """A page of this campaign and year. What is None narrows nothing."""
        more = {key: value for key, value in narrowed.items() if value is not None}
        return f"{reverse(name, args=args)}?{urlencode(self.said | more)}"

    def at(self, path: str) -> str:
        return f"{path}?{urlencode(self.said)}"

    def in_year(self, year: int) -> Chosen:
        return replace(self, year=year)


def published(person) -> list[Campaign]:
    """Those that the person sees, the one that ends last first; asked once for a person (so once a request)."""
    if not hasattr(person, "_published"):
        seen = Campaign.objects.visible_to(person).filter(current__isnull=False).select_related("current")
        person._published = list(seen.defer(*without_text("current")).order_by("-last_year", "pk"))
    return person._published


def running(campaigns: list[Campaign], today: dt.date) -> list[Campaign]:
    """Those whose years include today; where there is none, those whose years are nearest."""

    def away(campaign: Campaign) -> int:
        return max(campaign.first_year - today.year, today.year - campaign.last_year, 0)

    nearest = min(map(away, campaigns), default=0)
    return [each for each in campaigns if away(each) == nearest]


def current_year(campaign: Campaign, today: dt.date) -> int:
    """The campaign's year that a page opens with: this year, or the nearest one of the campaign."""
    return min(max(today.year, campaign.first_year), campaign.last_year)


def now_running(person) -> list[Chosen]:
    """What first pages speak of: every running campaign in its present year."""
    today = timezone.localdate()
    return [Chosen(each, current_year(each, today)) for each in running(published(person), today)]


def usual(person) -> Chosen | None:
    """What a person is led to who says nothing: the running campaign in which his or her units owe the next thing,
    else the one that ends last. Asked once for a person."""
    if not hasattr(person, "_usual"):
        choices = now_running(person)
        owed = _owes_next(person, choices) if len(choices) > 1 else None
        ends_last = max(
            choices, key=lambda each: (each.campaign.current.plan.last_day, -each.campaign.pk), default=None
        )
        person._usual = next((each for each in choices if each.campaign.pk == owed), ends_last)
    return person._usual


def _owes_next(person, choices: list[Chosen]) -> int | None:
    own = Q(unit__in=person.access.acts_for) | Q(person=person)
    waits = Obligation.objects.asked().filter(own, excused=False, opens_on__lte=timezone.localdate())
    waits = waits.filter(campaign__in=[each.campaign for each in choices]).exclude(
        standing__in=(StandingKind.SUBMITTED, StandingKind.ACCEPTED)
    )
    return waits.order_by("due_at", "pk").values_list("campaign", flat=True).first()


def in_years(years: Iterable[Chosen], *, and_before: bool = False) -> Q:
    """Rows of these years of these campaigns; ``and_before``: of the years before as well."""
    found = Q(pk__in=())
    for each in years:
        found |= Q(campaign=each.campaign.pk, **{"year__lte" if and_before else YEAR: each.year})
    return found


def of_campaign(view: Callable) -> Callable:
    """The view speaks of one campaign and year: ``selected(request)`` gives them.

    An address that does not say both is led on to the one that does; a form or a file has nobody to be led. Where the
    person sees one campaign alone, that is the one: what the address leaves out is filled in, so that all that is
    made of it (links, filters, a workbook that the worker writes later) says it.
    """

    @wraps(view)
    def speaking(request, *args, **kwargs):
        chosen = _asked(request)
        if request.GET.get(CAMPAIGN) != chosen.campaign.code or request.GET.get(YEAR) != str(chosen.year):
            if CAMPAIGN in request.GET or len(published(request.user)) > 1:
                return _led_on(request, chosen)
            _fill_in(request, chosen)
        request.chosen = chosen
        return view(request, *args, **kwargs)

    speaking.speaks_of_campaign = True
    return speaking


def _asked(request) -> Chosen:
    """What the address asks for, and what it leaves out as it is for this person."""
    seen = published(request.user)
    if not seen:
        raise NotThere(_("No campaign is published yet."))
    campaign = _named(seen, request.GET.get(CAMPAIGN, "")) or usual(request.user).campaign
    year = _year_of(campaign, request.GET.get(YEAR, ""))
    return Chosen(campaign, year or current_year(campaign, timezone.localdate()))


def _year_of(campaign: Campaign, text: str) -> int | None:
    return next((year for year in campaign.years if str(year) == text), None)


def _named(seen: list[Campaign], code: str) -> Campaign | None:
    if not code:
        return None
    found = next((each for each in seen if each.code == code), None)
    if found is None:
        raise NotThere(_("There is no campaign “%(code)s”.") % {"code": code[:CODE_LENGTH]})
    return found


def _led_on(request, chosen: Chosen):
    if request.method not in ("GET", "HEAD"):
        raise NotThere(_("The address does not say which campaign and year it is about. Open the page anew."))
    return redirect(f"{request.path}?{_with(request, chosen).urlencode()}")


def _fill_in(request, chosen: Chosen) -> None:
    request.GET = _with(request, chosen)
    request.META["QUERY_STRING"] = request.GET.urlencode()


def _with(request, chosen: Chosen):
    given = QueryDict(mutable=True)
    given.update(chosen.said)
    for name, values in request.GET.lists():
        if name not in chosen.said:
            given.setlist(name, values)
    return given


def selected(request) -> tuple[Campaign, int]:
    """The campaign and year that a page ``of_campaign`` speaks of."""
    return request.chosen.campaign, request.chosen.year


def about(request, thing) -> None:
    """The page is about one object: it speaks of the object's campaign and year, whatever its address says.

    The object is given the campaign that is loaded already. What belongs to a plan that is a draft speaks of none.
    """
    campaign = next((each for each in published(request.user) if each.pk == thing.campaign_id), None)
    if campaign is None:
        return
    thing.campaign = campaign
    request.chosen = Chosen(campaign, getattr(thing, "year", None) or current_year(campaign, timezone.localdate()))


def spoken_of(request) -> Chosen | None:
    """What the page speaks of; None on pages of all campaigns or of none."""
    return getattr(request, "chosen", None)


def for_links(request) -> Chosen | None:
    """What the links of a page lead to: what it speaks of, else what this browser was shown last, else the usual."""
    return spoken_of(request) or _shown_last(request) or usual(request.user)


def _shown_last(request) -> Chosen | None:
    code, _dot, year = request.COOKIES.get(COOKIE, "").rpartition(".")
    campaign = next((each for each in published(request.user) if each.code == code), None)
    shown = _year_of(campaign, year) if campaign else None
    return Chosen(campaign, shown) if shown else None


def remembered(chosen: Chosen) -> str:
    """The value of the cookie from which ``for_links`` knows what was shown last."""
    return f"{chosen.campaign.code}.{chosen.year}"
