"""Jobs of the worker: obligations of those who came after the plan was published."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign
from thidua.ledger.models import Entry

LOOKED_BACK = dt.timedelta(minutes=11)  # two rounds: one may be missed


@app.periodic(cron="20 0 * * *")
@app.task(queueing_lock="campaigns.catch_up", pass_context=False)
def catch_up(timestamp: int) -> None:
    """Every night, for those whose posts begin today."""
    _catch_up()


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="campaigns.catch_up_soon", pass_context=False)
def catch_up_soon(timestamp: int) -> None:
    """Within minutes after a list was imported or a colleague added; the trail tells whether anything was."""
    since = timezone.now() - LOOKED_BACK
    if Entry.objects.filter(verb__startswith="people.", at__gte=since).exists():
        _catch_up()


def _catch_up() -> None:
    for campaign in Campaign.objects.filter(current__isnull=False).select_related("current"):
        actions.catch_up(campaign=campaign, at=timezone.now())
