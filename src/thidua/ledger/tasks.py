"""Jobs about jobs: those that a killed worker left are taken up again."""

from __future__ import annotations

from thidua.core.words import _
from thidua.ledger import jobs


@jobs.periodic("*/2 * * * *", "ledger.take_up_stalled", _("Taking up jobs of a worker that ended"))
def take_up_stalled() -> None:
    jobs.take_up_stalled()
