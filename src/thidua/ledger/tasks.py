"""Jobs about jobs: those that a killed worker left are taken up again. And what limits have counted is emptied."""

from __future__ import annotations

from django.utils import timezone

from thidua.core.words import _
from thidua.ledger import jobs, limits


@jobs.periodic("*/2 * * * *", "ledger.take_up_stalled", _("Taking up jobs of a worker that ended"))
def take_up_stalled() -> None:
    jobs.take_up_stalled()


@jobs.periodic("*/10 * * * *", "ledger.sweep_limits", _("Emptying what limits have counted"))
def sweep_limits() -> None:
    limits.sweep(at=timezone.now())
