"""One try of a job: what follows when it fails, until it is given up and what waits for it is free again."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from thidua.core.refusals import Away, Conflict, Denied, TooOften
from thidua.ledger.kinds import Kind
from thidua.ledger.models import FailedJob, FaultSort

logger = logging.getLogger("thidua.jobs")
# After the first try, the second …: an hour and a half in all. The only place of these numbers.
DISTANCES = tuple(
    dt.timedelta(**each) for each in ({"seconds": 10}, {"minutes": 1}, {"minutes": 5}, {"minutes": 20}, {"hours": 1})
)
MOST_TRIES = len(DISTANCES) + 1
# What comes again within the hour has its next round as its next try; so many rounds in a row, and it is told.
MOST_ROUNDS = 3
# Giving up needs the database, too; a freeing that cannot be done so often is a fault of its own.
MOST_GIVING_UP = 2 * MOST_TRIES


def distance_after(tries: int) -> dt.timedelta:
    """How long a job waits after its first, second … try."""
    return DISTANCES[min(tries, len(DISTANCES)) - 1]


class Final(Exception):
    """Raised by a job from its fault: another try would meet it again, and somebody waits."""


class TryAgain(Exception):  # noqa: N818 - no error: the word to the queue
    def __init__(self, at: dt.datetime):
        super().__init__(f"next try at {at:%H:%M:%S}")
        self.at = at


class KilledTooOften(Exception):  # noqa: N818 - a fact
    """Each process that took the job was gone before it ended."""


# What an administrator can do something about; all else is a fault of the program. The first that fits counts.
SORTS = (
    (FaultSort.DATABASE, (OperationalError, InterfaceError)),
    (FaultSort.MEMORY, (MemoryError,)),
    (FaultSort.OUTSIDE, (OSError,)),  # with those of the network and of mail
    (FaultSort.KILLED, (KilledTooOften,)),
)


def sort_of(fault: BaseException) -> FaultSort:
    return next((sort for sort, classes in SORTS if isinstance(fault, classes)), FaultSort.PROGRAM)


class Strategy(BaseRetryStrategy):
    """The queue does as ``attempt`` decided."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        return RetryDecision(retry_at=exception.at) if isinstance(exception, TryAgain) else None


def attempt(kind: Kind, job_id: int, arguments: Mapping[str, Any], *, tries: int) -> None:
    """Do the work once. Raises TryAgain where another try comes, and the fault itself where none does.

    ``tries``: this one included. Tries that ended with their process are counted by the queue as well.
    """
    try:
        if tries > MOST_TRIES and not kind.is_hourly:
            raise KilledTooOften
        kind.work(**arguments)
    except Exception as fault:
        _forget_broken_connection()
        now = timezone.now()
        again = _next_try(kind, fault, tries, now)
        if again is None and not kind.is_hourly:
            _give_up(kind, job_id, arguments, fault, tries, now)
            raise
        with contextlib.suppress(Error):  # where the database is away the next try will tell
            _note(kind, job_id, arguments, fault, tries, now, again)
        if again is None:
            raise
        logger.warning("%s failed (%s); next try at %s", kind.name, type(fault).__name__, again)
        raise TryAgain(again) from None
    if tries > 1 or kind.cron:
        try:
            _forget(kind, job_id)
        except Error:  # it is done all the same; the row goes where the queue is put in order
            _forget_broken_connection()


def _next_try(kind: Kind, fault: Exception, tries: int, now: dt.datetime) -> dt.datetime | None:
    if kind.is_hourly or tries >= MOST_TRIES or is_answer(fault):
        return None
    return now + distance_after(tries)


def is_answer(fault: Exception) -> bool:
    """Whether the fault says no for good; what is away, or was changed by somebody else meanwhile, does not."""
    if isinstance(fault, Denied):
        return not isinstance(fault, Away | Conflict | TooOften)
    return isinstance(fault, Final)


def _give_up(kind: Kind, job_id: int, arguments, fault: Exception, tries: int, now: dt.datetime) -> None:
    """Free what waits, and put the job on the list; where that fails, the whole job is tried once more."""
    try:
        with transaction.atomic():
            _note(kind, job_id, arguments, fault, tries, now, None)
            if kind.given_up:
                kind.given_up(**arguments)
    except Exception as second:
        is_away = isinstance(second, OperationalError | InterfaceError)
        if is_away or tries < MOST_GIVING_UP:
            raise TryAgain(now + DISTANCES[1]) from second
        logger.exception("%s was given up, and what waits for it could not be freed", kind.name)
        _note(kind, job_id, arguments, fault, tries, now, None)


def _note(kind: Kind, job_id: int, arguments, fault: Exception, tries: int, now: dt.datetime, again) -> None:
    """One row a job; one row for all rounds of what comes again, which is told after the third in a row."""
    cause = fault.__cause__ if isinstance(fault, Final) and fault.__cause__ else fault
    row = FailedJob.objects.filter(name=kind.name, set_aside_at=None).first() if kind.is_hourly else None
    tries = row.tries + 1 if row else tries
    is_told = again is None and (tries >= MOST_ROUNDS or not kind.is_hourly)
    known = {
        "name": kind.name,
        "arguments": dict(arguments),
        "tries": tries,
        "error": type(cause).__name__[:100],
        "sort": sort_of(cause),
        "sentence": str(cause.sentence) if isinstance(cause, Denied) else "",
        "failed_at": now,
        "next_try_at": again,
        "given_up_at": now if is_told else None,
    }
    FailedJob.objects.update_or_create(job_id=row.job_id if row else job_id, defaults=known)


def _forget(kind: Kind, job_id: int) -> None:
    """It is done after all."""
    rows = FailedJob.objects.filter(name=kind.name) if kind.cron else FailedJob.objects.filter(job_id=job_id)
    rows.filter(set_aside_at=None).delete()


def _forget_broken_connection() -> None:
    """A connection that the fault broke would refuse what follows."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
