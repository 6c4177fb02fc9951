"""Jobs of the worker: obligations of those who came after the plan was published."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign


@app.periodic(cron="20 0 * * *")
@app.task(queueing_lock="campaigns.catch_up", pass_context=False)
def catch_up(timestamp: int) -> None:
    for campaign in Campaign.objects.filter(current__isnull=False).select_related("current"):
        actions.catch_up(campaign=campaign, at=timezone.now())
