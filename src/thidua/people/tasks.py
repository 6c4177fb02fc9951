"""Jobs of the worker: mail urgent letters at once, the rest in the morning; take up jobs that a killed worker left."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.people import actions

# A worker that has not been heard of for so long is dead; its jobs are safe to run twice.
SILENT_SECONDS = 120


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="people.mail_letters", pass_context=False)
def mail_letters(timestamp: int) -> None:
    actions.mail_letters(at=timezone.now())


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="people.mail_digests", pass_context=False)
def mail_digests(timestamp: int) -> None:
    """Every hour, because the hour of the morning is in the plan's zone, and a mail server may have been away."""
    actions.mail_digests(at=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="people.take_up_stalled", pass_context=True)
async def take_up_stalled(context, timestamp: int) -> None:
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await manager.retry_job(job)
