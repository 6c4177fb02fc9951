"""What a person does with a job that was given up: has it tried again, or sets it aside with a reason."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import jobs, rules
from thidua.ledger.actions import record
from thidua.ledger.models import FailedJob


@transaction.atomic
def try_again(*, job: FailedJob, by, at: dt.datetime) -> None:
    """Ask for the same job anew, with all its tries; the old one and its row are gone. ``by`` None: a command.

    Raises Denied where what waited for it is gone or was decided on meanwhile."""
    if by is not None:
        rules.check_try_again(by, at=at)
    job = _locked(job)
    need(job.name in jobs.kinds, _("This version does not know such a job; it can only be set aside."))
    kind = jobs.kinds[job.name]
    record(by=by, at=at, verb="ledger.try_again", thing=job, before=_told(job))
    with connection.cursor() as cursor:  # a try that waits goes, too: the new job comes at once
        cursor.execute("delete from procrastinate_jobs where id = %s and status <> 'doing'", [job.job_id])
    job.delete()
    if kind.again and job.given_up_at:  # what is still tried by itself was not freed
        kind.again(**job.arguments)
    jobs.ask(kind.name, once=kind.name if kind.cron else "", **job.arguments)


@transaction.atomic
def set_aside(*, job: FailedJob, why: str, by, at: dt.datetime) -> None:
    """It is not done, and that is known; the reason stays beside it. ``by`` None: a command."""
    if by is not None:
        rules.check_set_aside(by, at=at)
    need(why.strip(), _("Write why it need not be done."))
    job = _locked(job)
    need(job.given_up_at, _("It is still tried by itself; wait until it is given up."))
    job.set_aside_at, job.why = at, nfc(why)[:500]
    job.set_aside_by_id, job.set_aside_by_name = (by.pk, str(by)) if by else (None, "thidua")
    job.save(update_fields=["set_aside_at", "why", "set_aside_by_id", "set_aside_by_name"])
    record(by=by, at=at, verb="ledger.set_aside", thing=job, before=_told(job), note=job.why)


def _locked(job: FailedJob) -> FailedJob:
    """Two people look at one list: who comes second is told."""
    found = FailedJob.objects.select_for_update().filter(pk=job.pk, set_aside_at=None).first()
    need(found, _("Somebody has dealt with this job already."))
    return found


def _told(job: FailedJob) -> dict[str, object]:
    return {"tries": job.tries, "error": job.error}
