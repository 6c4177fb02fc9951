"""A job is there when the transaction is that asked for it, whoever asks: a page, a command, or another job."""

import asyncio
import threading

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from thidua.ledger import jobs, worker
from thidua.ledger.kinds import LONG

NAME = "summaries.complete"


def waiting() -> list[dict]:
    return list(
        ProcrastinateJob.objects.filter(task_name=NAME, status="todo").order_by("id").values_list("args", flat=True)
    )


@pytest.fixture(autouse=True)
def _empty_queue(transactional_db):
    """The tables of the queue are not Django's own, so no flush empties them."""
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


@pytest.fixture(params=["web", "worker"])
def place(request):
    """The worker has another connector than everybody else, beside Django's transaction."""
    if request.param == "web":
        yield
        return
    with app.replace_connector(app.connector.get_worker_connector()) as changed, changed.open():
        yield


def test_a_job_comes_and_goes_with_the_transaction(place):
    with pytest.raises(KeyError), transaction.atomic():
        ask_and_stumble()
    assert waiting() == []
    with transaction.atomic():
        jobs.ask(NAME, report_id=2)
        assert in_another_thread(waiting) == []
    assert waiting() == [{"report_id": 2}]


def ask_and_stumble():
    jobs.ask(NAME, report_id=1)
    raise KeyError


def in_another_thread(step):
    found = []

    def run():
        found.append(step())
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_a_misspelt_job_is_a_fault_at_once():
    with pytest.raises(LookupError):
        jobs.ask("summaries.compete", report_id=1)
    with pytest.raises(TypeError):
        jobs.ask(NAME, run_id=1)


def test_one_of_a_word_waits_and_does_not_begin_before_the_last_asker_commits():
    with transaction.atomic():
        jobs.ask(NAME, once="one", report_id=1)
    with transaction.atomic():
        jobs.ask(NAME, once="one", report_id=1)
        assert in_another_thread(fetched) == []
    assert len(waiting()) == 1
    assert in_another_thread(fetched) != []


def fetched() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select id from procrastinate_fetch_job_v2(null, null) where id is not null")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("concurrency", [1, 2, 8])
def test_files_that_are_read_for_minutes_leave_a_place_to_letters_and_figures(concurrency):
    assert all(jobs.kinds[name].is_long for name in ("analytics.read", "analytics.take_in", "exchange.write"))
    places = worker._places(concurrency)
    assert sum(at_once for _queues, at_once in places) == concurrency
    short = [at_once for queues, at_once in places if queues is not None and LONG not in queues]
    assert short == ([1] if concurrency > 1 else [])
    assert any(queues is None for queues, _at_once in places)  # long work is done by somebody


@pytest.mark.django_db
def test_long_work_waits_in_a_line_of_its_own():
    jobs.ask("exchange.write", export_id=0)
    jobs.ask("reports.compute", batch_id=0)
    queues = dict(ProcrastinateJob.objects.filter(status="todo").values_list("task_name", "queue_name"))
    assert queues["exchange.write"] == LONG
    assert queues["reports.compute"] != LONG


def test_long_work_of_the_night_waits_in_that_line_too():
    long = {name for name, kind in jobs.kinds.items() if kind.cron and app.tasks[name].queue == LONG}
    assert long == {
        "documents.check_the_rest", "ledger.anchor", "ledger.look_at_store", "reports.keep_own_records_nightly",
    }  # fmt: skip
    assert all(app.tasks[name].queue != LONG for name, kind in jobs.kinds.items() if not kind.is_long)


@pytest.mark.django_db(transaction=True)
def test_what_looks_after_the_worker_and_fails_is_in_its_log(transactional_db, monkeypatch, caplog):
    async def broken(running):
        raise KeyError("H29")

    monkeypatch.setattr(worker.Running, "look_after", broken)
    asyncio.run(worker._live(asyncio.Event(), worker.Running(), 1, once=False))
    assert "KeyError" in caplog.text
