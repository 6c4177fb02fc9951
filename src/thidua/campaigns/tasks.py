"""Jobs of the worker: publishing what is large, and obligations of those who came after the plan was published."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign, Publishing
from thidua.core.words import _
from thidua.core.writing import WritingState
from thidua.ledger import jobs
from thidua.ledger.models import Entry

LOOKED_BACK = dt.timedelta(minutes=11)  # two rounds: one may be missed


def _give_up(publishing_id: int) -> None:
    for publishing in Publishing.objects.filter(pk=publishing_id):
        actions.fail_publishing(publishing=publishing, at=timezone.now())


@jobs.task(
    "campaigns.publish",
    _("Publishing a version of a plan"),
    given_up=_give_up,
    again=actions.publish_again,
    is_long=True,
)
def publish(publishing_id: int) -> None:
    """A version that changes more than a page waits for."""
    waiting = Publishing.objects.filter(pk=publishing_id, state=WritingState.PREPARED)
    publishing = waiting.select_related("version__campaign", "asked_by").first()
    if publishing is not None:
        actions.carry_out(publishing=publishing, at=timezone.now())


@jobs.periodic("20 0 * * *", "campaigns.catch_up", _("Obligations of posts that begin today"))
def catch_up() -> None:
    """Every night, for those whose posts begin today."""
    _catch_up()


@jobs.periodic("*/5 * * * *", "campaigns.catch_up_soon", _("Obligations of people who were added"))
def catch_up_soon() -> None:
    """Within minutes after a list was imported or a colleague added; the trail tells whether anything was."""
    since = timezone.now() - LOOKED_BACK
    if Entry.objects.filter(verb__startswith="people.", at__gte=since).exists():
        _catch_up()


def _catch_up() -> None:
    for campaign in Campaign.objects.filter(current__isnull=False).select_related("current"):
        actions.catch_up(campaign=campaign, at=timezone.now())
