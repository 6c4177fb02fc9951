"""Jobs of the worker: obligations of those who came after the plan was published."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign
from thidua.core.words import _
from thidua.ledger import jobs
from thidua.ledger.models import Entry

LOOKED_BACK = dt.timedelta(minutes=11)  # two rounds: one may be missed


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
