"""The shell around every page: who I am, which campaign and year, and where I can go. At most three small queries.

Links of a campaign lead to the one that the page speaks of. The one count, what waits at the review desk, is over all
campaigns, as the desk is.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from thidua.campaigns.chosen import Chosen, for_links, published
from thidua.core.units import RoleKind
from thidua.desk.switcher import switch
from thidua.dossiers import queries as dossiers
from thidua.people.models import Unit
from thidua.people.places import Place


def navigation(request) -> dict[str, object]:
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or getattr(person, "must_change_password", False):
        return {}
    access = person.access
    chosen = for_links(request)
    groups = _groups(person, request.path, chosen)
    links = [link for group in groups for link in group["links"]]
    return {
        "navigation": groups,
        "tabbar": links[:4],
        "campaign_switch": switch(request, chosen),
        "several": len(published(person)) > 1,
        "unread": access.unread,
        "is_sample": chosen is not None and chosen.campaign.is_sample,
        "search_url": reverse("desk:search"),
        "search_text": request.GET.get("q", "") if request.path == reverse("desk:search") else "",
        "notices_url": reverse("people:letters"),
        "me_links": [{"label": _("My account"), "url": reverse("people:account"), "icon": "user"}],
        "me": {"name": person.full_name, "initials": person.initials, "post": _post(person, access)},
    }


def places_of_unit(request, unit: Unit, year: str) -> list[Place]:
    """What the rooms between people and the desk keep about a unit, for its page."""
    chosen = for_links(request)
    if chosen is None:
        return []
    chosen = next((chosen.in_year(each) for each in chosen.campaign.years if str(each) == year), chosen)
    papers = chosen.address("dossiers:list", q=unit.name)
    return [
        Place(_("Figures and evidence"), chosen.address("reports:scorecard", unit.code), "data"),
        Place(_("Registrations and reports"), papers, "bulb"),
    ]


def _post(person, access) -> str:
    roles = [kind for kind in RoleKind if kind in access.roles]
    if roles:
        return str(roles[0].label)
    return access.unit_names.get(access.home_unit_id, person.title)


def _groups(person, path: str, chosen: Chosen | None) -> list[dict[str, object]]:
    access = person.access

    def link(label, name, icon, count=None, short=""):
        return _link(label, reverse(name), reverse(name), icon, count, short)

    def of(label, name, icon, short="", args=()):
        """A page of the campaign; before one is published there is none."""
        url = chosen.address(name, *args) if chosen else ""
        return _link(label, url, reverse(name, args=args), icon, None, short)

    top = [
        link(_("To do"), "desk:home", "home", short=_("To-do")),
        of(_("Campaign overview"), "desk:overview", "chart", short=_("Overview")),
    ]
    follow = [of(_("Who owes what"), "monitoring:board", "board")]
    if access.is_office:
        waiting = dossiers.waiting_count(person) or None
        follow.append(link(_("Review desk"), "dossiers:review", "desk", waiting, short=_("Review")))
    if access.sees_all:
        follow.append(of(_("Consolidated report"), "summaries:list", "file"))
    if access.is_office or access.acts_for:
        follow.append(link(_("Records of systems"), "analytics:list", "data", short=_("Import a file")))
        follow.append(of(_("To be looked at again"), "monitoring:marks", "flag"))
    follow.append(of(_("Figures explorer"), "reports:explorer", "search"))
    if access.is_office and chosen and chosen.campaign.current.plan.served_by_letters():
        follow.append(of(_("Letters of apology"), "apologies:list", "mail"))
    papers = [of(_("Registrations and reports"), "dossiers:list", "bulb", short=_("Papers"))]
    units = [link(_("Units"), "people:units", "people")]
    if access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR):
        units.append(link(_("People"), "people:people", "people"))
    if access.acts_for:
        code = access.home_unit_code
        papers.append(of(_("Figures and evidence"), "reports:scorecard", "data", args=[code]))
        units.append(link(_("People of the unit"), "people:members", "people"))
        units.append(of(_("Personal criteria"), "reports:record", "done", args=[code]))
    records = [of(_("The plan"), "campaigns:plan", "book"), link(_("Trail"), "desk:trail", "history")]
    records.append(link(_("Large Excel files"), "exchange:exports", "download"))
    follow.append(link(_("Satisfaction surveys"), "surveys:list", "done"))
    if access.is_office:
        records.insert(1, link(_("Templates of papers"), "documents:list", "file"))
    if access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR):
        records.append(link(_("How the system runs"), "desk:operations", "shield"))
    groups = [
        {"heading": "", "links": top},
        {"heading": _("Follow"), "links": follow},
        {"heading": _("Registering and reporting"), "links": papers},
        {"heading": _("Units and people"), "links": units},
        {"heading": _("Records"), "links": records},
    ]
    for group in groups:
        group["links"] = [each for each in group["links"] if each["url"]]
    _mark_current([each for group in groups for each in group["links"]], path)
    return [group for group in groups if group["links"]]


def _link(label: str, url: str, path: str, icon: str, count: int | None, short: str) -> dict[str, object]:
    return {"label": label, "url": url, "path": path, "icon": icon, "count": count, "current": False, "short": short}


def _mark_current(links: list[dict], path: str) -> None:
    """The nearest place above the page: the review desk lies below the list of papers, and is one of its own."""
    above = [each for each in links if path == each["path"] or (each["path"] != "/" and path.startswith(each["path"]))]
    if above:
        max(above, key=lambda each: len(each["path"]))["current"] = True
