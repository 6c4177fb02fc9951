"""Publishing that is too large for a page to wait: asked for by a person, done by the worker."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.db import DatabaseError, connection, transaction

from thidua.campaigns import rules
from thidua.campaigns.actions.publishing import in_force, publish
from thidua.campaigns.models import PlanVersion, Publishing
from thidua.core.refusals import Denied, need
from thidua.core.words import Sentence, _
from thidua.core.writing import WritingState
from thidua.ledger import actions as ledger
from thidua.ledger import jobs, turns
from thidua.ledger.kinds import FREE_AFTER, OVERTAKEN
from thidua.people.models import Person, Post, Unit

AT_ONCE = 20_000  # obligations that are changed while a page waits, in some seconds
TOLD_EVERY = 5  # percent
NOT_DONE = _("The version could not be published; nothing was changed. The administrator can see why.")


@transaction.atomic
def have_published(*, version: PlanVersion, by: Person, at: dt.datetime) -> None:
    """Publish at once, or by the worker where it is large. What is being published already is not asked for twice."""
    turns.take(in_force(version.campaign_id))
    waiting = Publishing.objects.filter(version__campaign=version.campaign_id, state=WritingState.PREPARED)
    for late in waiting.filter(asked_at__lt=at - FREE_AFTER):
        fail(publishing=late, at=at)
    if waiting.filter(version=version).exists():
        return
    need(not waiting.exists(), _("Another version of this plan is being published; wait until that is done."))
    rules.check_publish(by, version, at=at)
    if _size(version) <= AT_ONCE:
        publish(version=version, by=by, at=at)
        return
    publishing = Publishing.objects.create(version=version, asked_at=at, asked_by=by)
    ledger.record(by=by, at=at, verb="campaigns.have_published", thing=version, after={"version": version.number})
    jobs.ask("campaigns.publish", publishing_id=publishing.pk)


def _size(version: PlanVersion) -> int:
    """How many obligations there may be to change, at most."""
    there = version.campaign.obligations.count()
    personal = sum(each.kind == "personal" for each in version.plan.obligations)
    units = len(version.plan.obligations) - personal
    return max(there, units * Unit.objects.count() + personal * Post.objects.count())


def carry_out(*, publishing: Publishing, at: dt.datetime) -> None:
    """What the worker does; a second time it finds that it is done."""
    version, told = publishing.version, [0]

    def tell(percent: int) -> None:
        if percent - told[0] >= TOLD_EVERY:
            told[0] = percent
            _tell(publishing, percent)

    try:
        with transaction.atomic():
            if not PlanVersion.objects.filter(pk=version.pk).exclude(published_at=None).exists():
                publish(version=version, by=publishing.asked_by, at=at, tell=tell)
            _settle(publishing, WritingState.READY, at)
    except Denied as refusal:
        fail(publishing=publishing, sentence=refusal.sentence, at=at)


def _tell(publishing: Publishing, percent: int) -> None:
    """Beside the transaction, which nobody sees into until it is over."""
    beside = connection.copy()
    with contextlib.closing(beside), contextlib.suppress(DatabaseError), beside.cursor() as cursor:
        cursor.execute(
            "update campaigns_publishing set percent = %s where id = %s and state = 'prepared'",
            [percent, publishing.pk],
        )


def fail(*, publishing: Publishing, at: dt.datetime, sentence: Sentence | str = NOT_DONE) -> None:
    """Keep why it could not be published."""
    _settle(publishing, WritingState.FAILED, at, failure=str(sentence))


def wait_again(publishing_id: int) -> None:
    """The administrator has the job tried again that was given up; the job itself is asked for there."""
    failed = Publishing.objects.filter(pk=publishing_id, state=WritingState.FAILED, version__published_at=None)
    need(failed.update(state=WritingState.PREPARED, failure="", completed_at=None, percent=0), OVERTAKEN)


def _settle(publishing: Publishing, state: WritingState, at: dt.datetime, *, failure: str = "") -> None:
    waiting = Publishing.objects.filter(pk=publishing.pk, state=WritingState.PREPARED)
    waiting.update(state=state, completed_at=at, failure=failure)
