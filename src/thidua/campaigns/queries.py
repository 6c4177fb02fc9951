"""Reads of campaigns for pages, papers and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from thidua.campaigns.models import Campaign, without_text
from thidua.core.refusals import Denied
from thidua.core.units import UnitKind
from thidua.core.words import Sentence, _
from thidua.people.models import SwappedDay, Unit


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
        person._default_campaign = published.defer(*without_text("current")).order_by("-last_year", "pk").first()
    return person._default_campaign


@lru_cache(maxsize=8)
def _calendar(year: int):
    import holidays  # 27 MB, for the few pages that count working days

    return holidays.country_holidays("VN", years=year)


def day_off_rule() -> Callable[[dt.date], Sentence | None]:
    """A function that says why a day is not a working day, or None. The table of swapped days wins over the library."""
    swapped = {day.on: day for day in SwappedDay.objects.all()}

    def day_off(day: dt.date) -> Sentence | None:
        if day in swapped:
            return None if swapped[day].is_working else _("a day off (%(source)s)", source=swapped[day].source)
        calendar = _calendar(day.year)
        if day in calendar:
            return _("a public holiday")
        return None if calendar.is_working_day(day) else _("a weekend")

    return day_off


def audience_units(audience, *, on: dt.date):
    """Units of an audience that exist on a day."""
    return Unit.objects.open_on(on).filter(kind__in=[UnitKind(kind) for kind in audience.kinds])


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
