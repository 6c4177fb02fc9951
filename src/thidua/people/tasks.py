"""Jobs of the worker: mail urgent letters at once, the rest in the morning."""

from __future__ import annotations

from django.utils import timezone

from thidua.core.words import _
from thidua.ledger import jobs
from thidua.people import actions


@jobs.periodic("* * * * *", "people.mail_letters", _("Mailing urgent letters"))
def mail_letters() -> None:
    actions.mail_letters(at=timezone.now())


@jobs.periodic("5 * * * *", "people.mail_digests", _("Mailing the digests of the morning"))
def mail_digests() -> None:
    """Every hour, because the hour of the morning is in the plan's zone, and a mail server may have been away."""
    actions.mail_digests(at=timezone.now())


@jobs.periodic("*/5 * * * *", "people.tell_failures", _("Writing wrong passwords into the trail"))
def tell_failures() -> None:
    actions.tell_failures(at=timezone.now())


@jobs.periodic("25 * * * *", "people.remove_old_sessions", _("Removing sign-ins that have ended"))
def remove_old_sessions() -> None:
    actions.remove_old_sessions(at=timezone.now())
