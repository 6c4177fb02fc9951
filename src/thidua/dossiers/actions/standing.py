"""Where a unit stands with an obligation, from the dossiers that it has."""

from __future__ import annotations

from django.db.models import F

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation, without_text
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.obligations import StandingKind
from thidua.core.refusals import need
from thidua.core.words import _
from thidua.dossiers.models import Dossier

# The best dossier decides where the unit stands; the first of these that is found.
STANDINGS = (
    (DossierState.ACCEPTED, StandingKind.ACCEPTED),
    (DossierState.SUBMITTED, StandingKind.SUBMITTED),
    (DossierState.RETURNED, StandingKind.RETURNED),
    (DossierState.PRESENTED, StandingKind.DRAFT),
    (DossierState.DRAFT, StandingKind.DRAFT),
)


STATE_RANK = {state: rank for rank, (state, _standing) in enumerate(STANDINGS)}


def note_standing(dossier: Dossier, obligation: Obligation) -> None:
    """Where the unit stands with its locked obligation: its best dossiers decide, as many as the plan asks for."""
    found = list(
        Dossier.objects.filter(
            campaign_id=dossier.campaign_id, obligation_key=dossier.obligation_key, unit_id=dossier.unit_id
        )
        .exclude(state=DossierState.WITHDRAWN)
        .order_by(F("submitted_at").asc(nulls_last=True))
        .values_list("state", "submitted_at", "days_late")
    )
    needed = reports_needed(dossier) if dossier.kind == DossierKind.REPORT else obligation.at_least
    standing, submitted_at = StandingKind.NONE, None
    for state, kind in STANDINGS:
        reached = [row for row in found if STATE_RANK[row[0]] <= STATE_RANK[state]]
        if found and len(reached) >= needed:
            standing, submitted_at = kind, max((row[1] for row in reached[:needed] if row[1]), default=None)
            break
    else:
        standing = StandingKind.DRAFT if found else StandingKind.NONE
    if (obligation.standing, obligation.submitted_at) != (standing, submitted_at):
        campaigns.note_standing(
            campaign_id=dossier.campaign_id,
            key=dossier.obligation_key,
            unit_id=dossier.unit_id,
            standing=standing,
            submitted_at=submitted_at,
        )


def reports_needed(dossier: Dossier) -> int:
    """A unit owes one result report for each registration that stands in the same year."""
    return max(
        Dossier.objects.filter(
            campaign_id=dossier.campaign_id,
            year=dossier.year,
            unit_id=dossier.unit_id,
            kind=DossierKind.REGISTRATION,
            state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
        ).count(),
        1,
    )


def obligation_of(campaign_id: int, key: str, unit_id: int) -> Obligation:
    rows = Obligation.objects.select_related("campaign__current", "version")
    rows = rows.defer(*without_text("campaign__current"), *without_text("version"))
    return _found(rows.filter(campaign_id=campaign_id, key=key, unit_id=unit_id, person=None))


def locked_obligation(campaign_id: int, key: str, unit_id: int) -> Obligation:
    """Held until the transaction ends: papers handed in at the same moment count one another, the second sees the
    first. Take it after the dossier's own lock."""
    rows = Obligation.objects.filter(campaign_id=campaign_id, key=key, unit_id=unit_id, person=None)
    return _found(rows.select_for_update(no_key=True))


def obligation_behind(dossier: Dossier) -> Obligation:
    """The locked obligation that a dossier answers."""
    return locked_obligation(dossier.campaign_id, dossier.obligation_key, dossier.unit_id)


def _found(rows) -> Obligation:
    obligation = next(iter(rows), None)
    need(obligation, _("The plan asks nothing of this kind from this unit."))
    return obligation
