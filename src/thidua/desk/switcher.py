"""The switch of campaign and year at the head of every page: it stays on the page where the other has such a page."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.campaigns.chosen import Chosen, published, running, spoken_of
from thidua.core.plan.schema import Plan

OVERVIEW = "desk:overview"
# Pages that every campaign has, and those of one criterion, which a plan may have or not.
OF_EVERY = {
    "desk:overview", "campaigns:plan", "campaigns:indices", "dossiers:list", "dossiers:links", "monitoring:board",
    "monitoring:marks", "monitoring:remind", "reports:scorecard", "reports:record", "reports:import_results",
    "reports:explorer", "summaries:list",
}  # fmt: skip
OF_A_CRITERION = {"reports:criterion", "reports:declare"}
OF_A_MEASURE = {"reports:explore", "reports:rows"}


def switch(request, chosen: Chosen | None) -> dict[str, object] | None:
    """What the page speaks of (``label``, ``year_name``), and every campaign with the addresses of its years, those
    that run first. None before anything is published."""
    if chosen is None:
        return None
    campaigns, today = published(request.user), timezone.localdate()
    shown = spoken_of(request) or (chosen if len(campaigns) == 1 else None)
    run = running(campaigns, today)
    return {
        "label": shown.campaign.short_name if shown else _("All campaigns"),
        "year_name": shown.campaign.current.plan.year_name(shown.year) if shown else "",
        "campaigns": [
            {
                "name": each.short_name,
                "is_over": each not in run,
                "years": [_year(request, Chosen(each, year), shown) for year in each.years],
            }
            for each in sorted(campaigns, key=lambda each: each not in run)
        ],
    }


def _year(request, target: Chosen, shown: Chosen | None) -> dict[str, object]:
    name = target.campaign.current.plan.year_names.get(str(target.year), target.year)
    return {"name": name, "url": same_page(request, target), "is_current": target == shown}


def same_page(request, target: Chosen) -> str:
    """The page that is open, of another campaign or year; a page about one object leads to the overview."""
    match = request.resolver_match
    if spoken_of(request) and request.method == "GET" and match and _has(target.campaign.current.plan, match):
        return target.at(request.path)
    return target.address(OVERVIEW)


def _has(plan: Plan, match) -> bool:
    criterion = match.kwargs.get("criterion")
    return (
        match.view_name in OF_EVERY
        or (match.view_name == "apologies:list" and plan.served_by_letters() is not None)
        or (match.view_name in OF_A_CRITERION and any(each.id == criterion for each in plan.criteria))
        or (match.view_name in OF_A_MEASURE and any(each.criterion == criterion for each in plan.measures))
    )
