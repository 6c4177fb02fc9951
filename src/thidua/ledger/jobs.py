"""Jobs of the worker: asked for in an action, declared in ``tasks.py``. Nobody else speaks to the queue.

An action asks, inside its transaction::

    jobs.ask("summaries.complete", report_id=report.pk)

and the room declares what is done then::

    @jobs.task("summaries.complete", _("Writing the consolidated report"), given_up=free)
    def complete(report_id: int) -> None: ...

    @jobs.periodic("5 * * * *", "people.mail_digests", _("Mailing the digests"))
    def mail_digests() -> None: ...

A job may run more than once, so each is safe to repeat. How often it is tried, and what comes when it is given up, is
in ``attempts``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.job_context import JobContext
from procrastinate.jobs import DEFAULT_QUEUE, Job
from procrastinate.manager import JobManager

from thidua.core.words import Sentence
from thidua.ledger import attempts
from thidua.ledger.attempts import Final
from thidua.ledger.kinds import LONG, Kind, Work, kinds

__all__ = ["Final", "Kind", "ask", "kinds", "manager", "periodic", "task"]
# The worker's own connector runs beside the transaction; this one always takes Django's connection of the thread.
manager = JobManager(DjangoConnector())


def ask(name: str, *, at: dt.datetime | None = None, once: str = "", **arguments: Any) -> None:
    """Ask the worker for a job; it is there when the caller's transaction is, and gone when that is rolled back.

    ``at``: not before this moment. ``once``: no second job of this word while one waits; the waiting one begins only
    after this transaction. Raises LookupError for a name that no ``tasks.py`` declares, TypeError for its arguments.
    """
    if name not in kinds:
        raise LookupError(f"No job is called {name}.")
    kinds[name].signature.bind(**arguments)
    job = Job(
        queue=_queue_of(kinds[name]),
        lock=None,
        queueing_lock=once or None,
        task_name=name,
        task_kwargs=arguments,
        scheduled_at=at,
    )
    while not (once and _waits(once)):
        try:
            with transaction.atomic():
                _insert(job)
        except exceptions.AlreadyEnqueued:
            continue
        return


def _waits(once: str) -> bool:
    """Whether such a job waits. Until the end of the transaction no worker takes it, so it will see what we write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from procrastinate_jobs where queueing_lock = %s and status = 'todo' for share", [once]
        )
        return cursor.fetchone() is not None


def _insert(job: Job) -> None:
    """Faults of the database stay what they are everywhere: Django's."""
    try:
        manager.defer_job(job)
    except exceptions.AlreadyEnqueued:
        raise
    except exceptions.ConnectorException as fault:
        with connection.wrap_database_errors:
            raise (fault.__cause__ or fault) from fault


def _queue_of(kind: Kind) -> str:
    return LONG if kind.is_long else DEFAULT_QUEUE


def task(
    name: str, label: Sentence, *, given_up: Work | None = None, again: Work | None = None, is_long: bool = False
) -> Callable[[Work], Work]:
    """Declare what is done for a job; the function itself stays as it is."""

    def declare(work: Work) -> Work:
        _declare(Kind(name, label, work, given_up, again, is_long=is_long))
        return work

    return declare


def periodic(cron: str, name: str, label: Sentence, *, is_long: bool = False) -> Callable[[Work], Work]:
    """Declare what is done again and again, without arguments; times of ``cron`` are UTC. One waits at most."""

    def declare(work: Work) -> Work:
        _declare(Kind(name, label, work, cron=cron, is_long=is_long))
        return work

    return declare


def _declare(kind: Kind) -> None:
    if kind.name in kinds:
        raise LookupError(f"Two jobs are called {kind.name}.")
    kinds[kind.name] = kind
    once = kind.name if kind.cron else None

    queue = _queue_of(kind)

    @app.task(name=kind.name, queue=queue, queueing_lock=once, pass_context=True, retry=attempts.Strategy())
    def run(context: JobContext, timestamp: int = 0, **arguments: Any) -> None:
        attempts.attempt(kind, context.job.id, arguments, tries=context.job.attempts + 1)

    if kind.cron:
        app.periodic(cron=kind.cron)(run)
