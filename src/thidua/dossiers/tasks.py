"""Jobs of the worker: what was typed comes onto the trail when nobody goes on with it."""

from __future__ import annotations

from django.utils import timezone

from thidua.core.words import _
from thidua.dossiers import actions
from thidua.ledger import jobs


@jobs.periodic("*/5 * * * *", "dossiers.tell_saves", _("Writing what was typed onto the trail"))
def tell_saves() -> None:
    actions.tell_ended(at=timezone.now())


@jobs.periodic("50 2 * * *", "dossiers.forget_saves", _("Forgetting saves that stand on the trail"))
def forget_saves() -> None:
    actions.forget_saves(at=timezone.now())
