"""Jobs about jobs; limits are emptied; each night the trail is anchored and a part of the store looked at."""

from __future__ import annotations

from django.utils import timezone

from thidua.core.words import _
from thidua.ledger import actions, jobs, limits, sending, store, upkeep

LOOKED_AT_FOR = 30 * 60  # seconds


@jobs.periodic("*/2 * * * *", "ledger.take_up_stalled", _("Taking up jobs of a worker that ended"))
def take_up_stalled() -> None:
    upkeep.take_up_stalled(at=timezone.now())


@jobs.periodic("50 2 * * *", "ledger.remove_finished", _("Removing jobs that are long done"))
def remove_finished() -> None:
    upkeep.remove_finished(at=timezone.now())


@jobs.periodic("*/10 * * * *", "ledger.sweep_limits", _("Emptying what limits have counted"))
def sweep_limits() -> None:
    limits.sweep(at=timezone.now())


@jobs.periodic("50 19 * * *", "ledger.look_at_store", _("Checking stored files"), is_long=True)
def look_at_store() -> None:
    store.slice_of_a_night(seconds=LOOKED_AT_FOR)


@jobs.periodic("45 17 * * *", "ledger.anchor", _("Anchoring the trail"), is_long=True)
def anchor() -> None:
    actions.anchor(at=timezone.now())


@jobs.task("ledger.send_anchor", _("Sending an anchor of the trail"))
def send_anchor(number: int, place: str) -> None:
    sending.send(number, place)
