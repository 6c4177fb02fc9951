"""A job that fails is tried again with growing distance, then given up: what waits for it is freed, and it is told."""

import datetime as dt
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.db import OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.fixtures import moment

from thidua.core.refusals import Away, Denied
from thidua.desk import operations
from thidua.ledger import attempts, jobs, looks, upkeep
from thidua.ledger.attempts import DISTANCES, MOST_TRIES, TryAgain
from thidua.ledger.models import FailedJob, FaultSort

AT = moment("2023-09-10 10:00")


def kind(work, given_up=None, cron="") -> jobs.Kind:
    return jobs.Kind("test.work", "Work", work, given_up, cron=cron)


def failing(fault):
    def work(*given, **arguments):
        raise fault

    return work


def distances(work, given_up=None) -> list[dt.timedelta]:
    """How far away each next try was put, until the job was given up."""
    found, tries = [], 0
    with time_machine.travel(AT, tick=False):
        while True:
            tries += 1
            try:
                attempts.attempt(kind(work, given_up), 7, {"thing": 1}, tries=tries)
            except TryAgain as again:
                found.append(again.at - AT)
            except Exception:
                return found


def test_the_distance_grows_until_it_is_given_up_and_told(db):
    freed = []
    assert distances(failing(KeyError()), lambda **arguments: freed.append(arguments)) == list(DISTANCES)
    assert freed == [{"thing": 1}]
    told = FailedJob.objects.given_up().get()
    assert (told.tries, told.error, told.failed_at, told.next_try_at) == (MOST_TRIES, "KeyError", AT, None)


def test_an_answer_is_not_asked_for_twice_and_what_is_away_is(db):
    assert distances(failing(Denied("Không được."))) == []
    assert FailedJob.objects.given_up().get().sentence == "Không được."
    assert distances(failing(Away("Chưa được."))) == list(DISTANCES)
    assert distances(failing(OperationalError())) == list(DISTANCES)


def test_done_after_all_is_told_no_more(db):
    with pytest.raises(TryAgain):
        attempts.attempt(kind(failing(KeyError())), 7, {}, tries=1)
    assert FailedJob.objects.count() == 1
    assert not FailedJob.objects.given_up()
    attempts.attempt(kind(lambda: None), 7, {}, tries=2)
    assert not FailedJob.objects.exists()


def test_what_cannot_be_freed_now_is_freed_later(db):
    """The database is away while a job is given up: it is given up again, and not before is it told."""
    faults = [OperationalError(), OperationalError()]

    def free(**arguments):
        if faults:
            raise faults.pop()

    for tries in (MOST_TRIES, MOST_TRIES + 1):
        with pytest.raises(TryAgain):
            attempts.attempt(kind(failing(KeyError()), free), 7, {}, tries=tries)
        assert not FailedJob.objects.given_up()
    with pytest.raises(attempts.KilledTooOften):
        attempts.attempt(kind(failing(KeyError()), free), 7, {}, tries=MOST_TRIES + 2)
    assert FailedJob.objects.given_up().count() == 1


def test_what_comes_again_within_the_hour_is_told_after_three_rounds(db):
    for job_id in range(3):
        assert not FailedJob.objects.given_up()
        with pytest.raises(KeyError):
            attempts.attempt(kind(failing(KeyError()), cron="*/10 * * * *"), job_id, {}, tries=1)
    assert FailedJob.objects.given_up().get().tries == 3
    attempts.attempt(kind(lambda: None, cron="*/10 * * * *"), 9, {}, tries=1)
    assert not FailedJob.objects.exists()


def test_what_comes_once_a_day_is_tried_again(db):
    nightly = kind(failing(KeyError()), cron="20 2 * * *")
    with pytest.raises(TryAgain):
        attempts.attempt(nightly, 7, {}, tries=1)


@pytest.fixture
def queue(db):
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
        cursor.execute("delete from procrastinate_workers")
    return put


def put(**columns) -> int:
    known = {"queue_name": "default", "task_name": "summaries.complete", "args": '{"report_id": 1}', "attempts": 0}
    known |= columns
    names, marks = ", ".join(known), ", ".join(["%s"] * len(known))
    with connection.cursor() as cursor:
        cursor.execute(f"insert into procrastinate_jobs ({names}) values ({marks}) returning id", list(known.values()))
        return cursor.fetchone()[0]


def worker(heard: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() + %s::interval) returning id", [heard]
        )
        return cursor.fetchone()[0]


def states() -> dict[int, str]:
    return dict(ProcrastinateJob.objects.values_list("id", "status"))


def test_jobs_of_a_dead_worker_wait_again_and_that_is_a_try(queue):
    alive, dead = worker("-10 seconds"), worker("-5 minutes")
    kept = queue(status="doing", worker_id=alive)
    left = [queue(status="doing", worker_id=dead), queue(status="doing", worker_id=None)]
    upkeep.take_up_stalled(at=AT)
    assert states() == {kept: "doing", left[0]: "todo", left[1]: "todo"}
    again = ProcrastinateJob.objects.get(id=left[0])
    assert (again.attempts, again.scheduled_at) == (1, AT + DISTANCES[0])


def test_a_job_that_ends_every_worker_is_given_up(queue, world):
    """Read from the count of the queue alone: no process lived long enough to tell."""
    freed = []
    with pytest.raises(attempts.KilledTooOften):
        attempts.attempt(
            kind(lambda **arguments: None, lambda **arguments: freed.append(1)), 7, {}, tries=MOST_TRIES + 1
        )
    assert freed


def test_a_round_that_was_left_behind_gives_way_to_the_next(queue):
    left = queue(task_name="people.mail_letters", args="{}", queueing_lock="people.mail_letters", status="doing")
    after = queue(task_name="people.mail_letters", args="{}", queueing_lock="people.mail_letters")
    upkeep.take_up_stalled(at=AT)
    assert states() == {left: "aborted", after: "todo"}


def test_a_clock_put_back_an_hour_moves_no_try_away(queue):
    far = queue(attempts=1, scheduled_at=AT + dt.timedelta(hours=1, seconds=10))
    near = queue(attempts=5, scheduled_at=AT + DISTANCES[-1])
    asked = queue(attempts=0, scheduled_at=AT + dt.timedelta(days=3))
    upkeep.take_up_stalled(at=AT)
    at = dict(ProcrastinateJob.objects.values_list("id", "scheduled_at"))
    assert at == {far: AT, near: AT + DISTANCES[-1], asked: AT + dt.timedelta(days=3)}


def test_a_worker_heard_of_in_the_time_to_come_is_no_live_one(queue):
    left = queue(status="doing", worker_id=worker("1 hour"))
    assert not upkeep.heard_of()
    assert [sign.is_well for sign in looks.worker(AT)] == [False]
    upkeep.take_up_stalled(at=AT)
    assert states() == {left: "todo"}


def test_a_failed_job_that_this_version_does_not_know_is_told(queue):
    queue(task_name="gone.away", status="failed", attempts=1)
    upkeep.take_up_stalled(at=AT)
    assert FailedJob.objects.given_up().get().sort == FaultSort.UNKNOWN


def test_a_failed_job_whose_end_met_no_database_is_no_unknown_one(queue):
    queue(status="failed", attempts=6)
    upkeep.take_up_stalled(at=AT)
    assert FailedJob.objects.given_up().get().sort == FaultSort.PROGRAM


def test_what_was_done_and_could_not_be_forgotten_then_is_forgotten_later(queue, monkeypatch):
    job_id = queue(status="succeeded", attempts=2)
    FailedJob.objects.create(job_id=job_id, name="test.work", failed_at=AT)
    with monkeypatch.context() as patched:
        patched.setattr(attempts, "_forget", failing(OperationalError()))
        attempts.attempt(kind(lambda: None), job_id, {}, tries=2)
    upkeep.take_up_stalled(at=AT)
    assert not FailedJob.objects.exists()


@pytest.mark.parametrize(
    ("fault", "sort"),
    [
        (OperationalError(), FaultSort.DATABASE),
        (MemoryError(), FaultSort.MEMORY),
        (ConnectionRefusedError(), FaultSort.OUTSIDE),
        (SMTPServerDisconnected(), FaultSort.OUTSIDE),
        (PermissionError(), FaultSort.OUTSIDE),
        (attempts.KilledTooOften(), FaultSort.KILLED),
        (KeyError(), FaultSort.PROGRAM),
    ],
)
def test_an_administrator_reads_what_sort_of_fault_it_was(db, fault, sort):
    assert attempts.sort_of(fault) == sort
    distances(failing(fault))
    assert FailedJob.objects.get().sort == sort
    assert str(operations.sentence_of(FailedJob.objects.get()))


def test_what_is_long_done_is_removed_with_its_events(queue, settings):
    settings.FINISHED_JOBS_DAYS = 7
    old, fresh, told = queue(), queue(), queue(status="failed")
    FailedJob.objects.create(job_id=told, name="summaries.complete", failed_at=AT, given_up_at=AT)
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'succeeded' where id in (%s, %s)", [old, fresh])
        cursor.execute("update procrastinate_events set at = %s where job_id = %s", [AT - dt.timedelta(days=8), old])
        cursor.execute("update procrastinate_events set at = %s where job_id <> %s", [AT, old])
    upkeep.remove_finished(at=AT)
    assert set(states()) == {fresh, told}
    FailedJob.objects.update(set_aside_at=AT)
    upkeep.remove_finished(at=AT + dt.timedelta(days=8))
    assert not states()
    assert not FailedJob.objects.exists()


def test_every_declared_job_is_known_to_the_queue():
    assert set(jobs.kinds) <= set(app.tasks)
