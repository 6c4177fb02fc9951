"""The trail of the demonstration: each step in bulk as one row, and the last year of some units row by row."""

from __future__ import annotations

import datetime as dt

from thidua.campaigns.models import Campaign, IndexValue, Obligation
from thidua.core.dossiers import DossierState
from thidua.demo.world import World
from thidua.dossiers.models import Dossier, Milestone
from thidua.ledger import actions as ledger
from thidua.ledger.models import Entry
from thidua.people.models import Person, Unit
from thidua.reports.models import Figure, PersonalResult

UNITS_TOLD = 60  # row by row: enough to read, and written in a second
DECIDED = {DossierState.ACCEPTED: "dossiers.accept", DossierState.RETURNED: "dossiers.return_"}


def tell(world: World, campaigns: list[Campaign], *, stage: str, at: dt.datetime) -> None:
    told = sorted((each for campaign in campaigns for each in _dossiers(world, campaign)), key=lambda entry: entry.at)
    counts = {
        "units": Unit.objects.filter(is_sample=True).count(),
        "people": Person.objects.filter(is_sample=True).count(),
    }
    steps = [_step(campaigns[0], {name: count}, at) for name, count in counts.items()]
    steps += [_step(campaign, step, at) for campaign in campaigns for step in _filled(campaign)]
    steps.append(_step(campaigns[0], {"seed": world.seed, "stage": stage}, at))
    ledger.record_all([*told, *steps])


def _step(campaign: Campaign, after: dict[str, object], at: dt.datetime) -> Entry:
    return ledger.entry(by=None, at=at, verb="demo.fill", thing=campaign, after=after)


def _filled(campaign: Campaign) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = [{"indices": IndexValue.objects.filter(campaign=campaign).count()}]
    for year in campaign.current.plan.years:
        of_year = {"campaign": campaign, "year": year}
        dossiers = Dossier.objects.filter(**of_year)
        steps.append(
            {
                "year": year,
                "obligations": Obligation.objects.filter(**of_year).count(),
                "dossiers": dossiers.count(),
                "milestones": Milestone.objects.filter(dossier__in=dossiers).count(),
                "figures": Figure.objects.filter(**of_year).count(),
                "personal results": PersonalResult.objects.filter(**of_year).count(),
            }
        )
    return steps


def _dossiers(world: World, campaign: Campaign) -> list[Entry]:
    """Who began, handed in and decided the papers of the last year, as the actions would have recorded it."""
    units = {unit.pk for unit in world.units[:UNITS_TOLD]}
    found = Dossier.objects.filter(campaign=campaign, year=campaign.last_year, unit__in=units)
    entries = []
    for dossier in found.order_by("pk"):
        writer, head = world.focal_points[dossier.unit_id], world.heads[dossier.unit_id]
        after = {"form": dossier.form}
        entries.append(_entry(dossier, "dossiers.begin", writer, dossier.created_at, after=after))
        if dossier.submitted_at:
            step = _states("draft", "submitted")
            entries.append(_entry(dossier, "dossiers.submit", head, dossier.submitted_at, **step))
        if dossier.state in DECIDED:
            step = _states("submitted", dossier.state)
            entries.append(_entry(dossier, DECIDED[dossier.state], world.office, dossier.decided_at, **step))
    return entries


def _entry(dossier: Dossier, verb: str, by: Person, at: dt.datetime, **more) -> Entry:
    return ledger.entry(by=by, at=at, verb=verb, thing=dossier, unit_id=dossier.unit_id, **more)


def _states(before: str, after: str) -> dict[str, dict[str, str]]:
    return {"before": {"state": before}, "after": {"state": after}}
