"""The queue put in order: jobs of a worker that ended wait again, and what is long done is removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from thidua.ledger import jobs
from thidua.ledger.attempts import distance_after
from thidua.ledger.models import FailedJob, FaultSort

# A worker gives a sign of life every ten seconds. Unheard of for a minute it is missed; for two, its jobs are taken up.
MISSED, SILENT = dt.timedelta(seconds=60), dt.timedelta(seconds=120)
SLACK = dt.timedelta(minutes=1)


def take_up_stalled(*, at: dt.datetime) -> None:
    """Jobs of workers that have not been heard of wait again, which is a try. So do tries that a clock moved away."""
    is_heard = Q(worker__in=heard_of(SILENT))
    take_up(ProcrastinateJob.objects.filter(Q(worker=None) | ~is_heard, status="doing"), at=at)
    _bring_nearer(at)
    _forget_done()
    _tell_of_untold(at)


def heard_of(lately: dt.timedelta = MISSED) -> QuerySet:
    """The workers that live. A sign of life from later is of one that does not, before the clock was put back."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__range=(Now() - lately, Now() + lately))


def take_up(left: QuerySet, *, at: dt.datetime) -> None:
    """Have these jobs tried again, each further away than the time before."""
    for job in left:
        try:
            with transaction.atomic():
                jobs.manager.retry_job_by_id(job.id, retry_at=at + distance_after(job.attempts + 1))
        except exceptions.UniqueViolation:  # what comes again waits already
            _end(job.id)
        except exceptions.ConnectorException:  # it ended by itself meanwhile
            continue


def take_up_lost(job_ids: Iterable[int]) -> None:
    """Jobs that nobody runs although their worker lives: the database was away when they ended."""
    take_up(ProcrastinateJob.objects.filter(id__in=list(job_ids), status="doing"), at=timezone.now())


def job_ids_of(worker_ids: Collection[int]) -> set[int]:
    """What the queue says that these workers are doing."""
    return set(ProcrastinateJob.objects.filter(worker_id__in=worker_ids, status="doing").values_list("id", flat=True))


def _end(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select procrastinate_finish_job_v1(%s, 'aborted', false)", [job_id])


def _bring_nearer(at: dt.datetime) -> None:
    """A try that lies further away than its distance was set by a clock that went ahead and was put right."""
    tried = ProcrastinateJob.objects.filter(status="todo", attempts__gt=0, scheduled_at__gt=at + SLACK)
    far = [job.id for job in tried if job.scheduled_at > at + SLACK + distance_after(job.attempts)]
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = %s where id = any(%s)", [at, far])


def _forget_done() -> None:
    """What is told of a try of jobs that were done after all, and could not be forgotten then."""
    done = ProcrastinateJob.objects.filter(status="succeeded").values("id")
    FailedJob.objects.filter(given_up_at=None, set_aside_at=None, job_id__in=done).delete()


def _tell_of_untold(at: dt.datetime) -> None:
    """Failed jobs that no try told of: this version does not know them, or the database was away."""
    told = FailedJob.objects.values("job_id")
    known = Q(task_name__in=[name for name, kind in jobs.kinds.items() if kind.cron])
    failed = ProcrastinateJob.objects.filter(status="failed").exclude(known).exclude(id__in=told)
    rows = [
        FailedJob(
            job_id=job.id, name=job.task_name[:80], arguments=job.args, tries=job.attempts,
            sort=FaultSort.PROGRAM if job.task_name in jobs.kinds else FaultSort.UNKNOWN, failed_at=at, given_up_at=at,
        )
        for job in failed[:1000]
    ]  # fmt: skip
    FailedJob.objects.bulk_create(rows, ignore_conflicts=True)


def remove_finished(*, at: dt.datetime) -> None:
    """Jobs that ended ``FINISHED_JOBS_DAYS`` ago, with their events; what was set aside or is told nowhere as well."""
    since = at - dt.timedelta(days=settings.FINISHED_JOBS_DAYS)
    FailedJob.objects.filter(set_aside_at__lt=since).delete()
    open_ones = list(FailedJob.objects.values_list("job_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            delete from procrastinate_jobs job
            where status in ('succeeded', 'failed', 'cancelled', 'aborted') and id <> all(%s)
            and not exists (select 1 from procrastinate_events where job_id = job.id and at >= %s)
            """,
            [open_ones, since],
        )
        cursor.execute("delete from procrastinate_periodic_defers where task_name <> all(%s)", [list(jobs.kinds)])
