"""The shell around every page: who I am, which campaign and year, and where I can go. At most three small queries."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from thidua.campaigns import queries as campaigns
from thidua.core.units import RoleKind
from thidua.dossiers import queries as dossiers
from thidua.people.models import Unit
from thidua.people.places import Place


def navigation(request) -> dict[str, object]:
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or getattr(person, "must_change_password", False):
        return {}
    access = person.access
    campaign = campaigns.default_campaign(person)
    year = campaigns.year_asked(request, campaign) if campaign else None
    groups = _groups(person, request.path)
    links = [link for group in groups for link in group["links"]]
    return {
        "navigation": groups,
        "tabbar": links[:4],
        "campaign_switch": _switch(campaign, year),
        "unread": access.unread,
        "is_sample": campaign is not None and campaign.is_sample,
        "search_url": reverse("desk:search"),
        "search_text": request.GET.get("q", "") if request.path == reverse("desk:search") else "",
        "notices_url": reverse("people:letters"),
        "me_links": [{"label": _("My account"), "url": reverse("people:account"), "icon": "user"}],
        "me": {"name": person.full_name, "initials": person.initials, "post": _post(person, access)},
    }


def places_of_unit(unit: Unit) -> list[Place]:
    """What the rooms between people and the desk keep about a unit, for its page."""
    papers = f"{reverse('dossiers:list')}?{urlencode({'q': unit.name})}"
    return [
        Place(_("Figures and evidence"), reverse("reports:scorecard", args=[unit.code]), "data"),
        Place(_("Registrations and reports"), papers, "bulb"),
    ]


def _switch(campaign, year):
    if campaign is None:
        return None
    years = range(campaign.first_year, campaign.last_year + 1)
    return {
        "label": campaign.short_name,
        "year": year,
        "url": reverse("desk:overview") + f"?year={year}",
        "years": [{"year": each, "url": f"?year={each}"} for each in years],
    }


def _post(person, access) -> str:
    roles = [kind for kind in RoleKind if kind in access.roles]
    if roles:
        return str(roles[0].label)
    return access.unit_names.get(access.home_unit_id, person.title)


def _groups(person, path: str) -> list[dict[str, object]]:
    access = person.access

    def link(label, name, icon, count=None, short="", args=()):
        url = reverse(name, args=args)
        return {"label": label, "url": url, "icon": icon, "count": count, "current": False, "short": short}

    top = [
        link(_("To do"), "desk:home", "home", short=_("To-do")),
        link(_("Campaign overview"), "desk:overview", "chart", short=_("Overview")),
    ]
    follow = [link(_("Who owes what"), "monitoring:board", "board")]
    if access.is_office:
        waiting = dossiers.waiting_count(person) or None
        follow.append(link(_("Review desk"), "dossiers:review", "desk", waiting, short=_("Review")))
    if access.sees_all:
        follow.append(link(_("Consolidated report"), "summaries:list", "file"))
    if access.is_office or access.acts_for:
        follow.append(link(_("Records of systems"), "analytics:list", "data", short=_("Import a file")))
        follow.append(link(_("To be looked at again"), "monitoring:marks", "flag"))
    follow.append(link(_("Figures explorer"), "reports:explorer", "search"))
    if access.is_office:
        follow.append(link(_("Letters of apology"), "apologies:list", "mail"))
    papers = [link(_("Registrations and reports"), "dossiers:list", "bulb", short=_("Papers"))]
    units = [link(_("Units"), "people:units", "people")]
    if access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR):
        units.append(link(_("People"), "people:people", "people"))
    if access.acts_for:
        code = access.home_unit_code
        papers.append(link(_("Figures and evidence"), "reports:scorecard", "data", args=[code]))
        units.append(link(_("People of the unit"), "people:members", "people"))
        units.append(link(_("Personal criteria"), "reports:record", "done", args=[code]))
    records = [link(_("The plan"), "campaigns:plan", "book"), link(_("Trail"), "desk:trail", "history")]
    records.append(link(_("Large Excel files"), "exchange:exports", "download"))
    follow.append(link(_("Satisfaction surveys"), "surveys:list", "done"))
    if access.is_office:
        records.insert(1, link(_("Templates of papers"), "documents:list", "file"))
    if access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR):
        records.append(link(_("How the system runs"), "desk:operations", "shield"))
    groups = [
        {"heading": "", "links": top},
        {"heading": _("Follow"), "links": follow},
        {"heading": _("Papers"), "links": papers},
        {"heading": _("Units and people"), "links": units},
        {"heading": _("Records"), "links": records},
    ]
    _mark_current([link for group in groups for link in group["links"]], path)
    return groups


def _mark_current(links: list[dict], path: str) -> None:
    """The nearest place above the page: the review desk lies below the list of papers, and is one of its own."""
    above = [each for each in links if path == each["url"] or (each["url"] != "/" and path.startswith(each["url"]))]
    if above:
        max(above, key=lambda each: len(each["url"]))["current"] = True
