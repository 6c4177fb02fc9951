"""What is counted: one year of a campaign, over all units or those in sight of a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.dossiers import DossierKind, DossierState
from thidua.dossiers.models import Dossier
from thidua.dossiers.queries import STANDING, Papers
from thidua.reports.models import PersonalResult
from thidua.reports.queries import Sight, sight

REGISTRATIONS = Papers(kind=DossierKind.REGISTRATION, state=STANDING)
ACCEPTED = Papers(kind=DossierKind.REGISTRATION, state=DossierState.ACCEPTED)
REPORTS = Papers(kind=DossierKind.REPORT, state=STANDING)


@dataclass(frozen=True)
class Scope:
    """What is counted: one year of a campaign, over the units in sight of a person (``person=None``: all units)."""

    campaign: Campaign
    year: int
    values: Sight
    dossiers: QuerySet[Dossier]
    personal: QuerySet[PersonalResult]

    @property
    def obligations(self) -> QuerySet[Obligation]:
        return self.values.obligations


def scope(campaign: Campaign, year: int, person=None) -> Scope:
    seen = [
        each.objects.all() if person is None else each.objects.visible_to(person) for each in (Dossier, PersonalResult)
    ]
    dossiers, personal = (each.filter(campaign=campaign, year=year) for each in seen)
    return Scope(campaign, year, sight(campaign, year, person), dossiers, personal)


def result_reports(counted: Scope) -> QuerySet[Dossier]:
    """Result reports that were handed in and stand, by unit."""
    return REPORTS.of(counted.dossiers).select_related("unit", "about").order_by("unit__sort_key", "pk")
