"""What /healthz says: each thing that is wrong is told by its name, once in the log, and nothing makes it a 500."""

import datetime as dt
import logging
import shutil
import threading

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from thidua.ledger import jobs, looks, signs
from thidua.ledger.models import StoredFile
from thidua.ledger.signs import Sign

pytestmark = pytest.mark.django_db
LATER = "update procrastinate_jobs set scheduled_at = %s where args ->> 'report_id' = '1'"


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    """Folders of its own, which can be taken away."""
    settings.HOME, settings.FILES_ROOT = tmp_path, tmp_path / "files"
    settings.FILES_ROOT.mkdir()
    signs._failing.clear()
    return settings.FILES_ROOT


@pytest.fixture
def only(monkeypatch):
    """No looks but those that the test declares."""
    monkeypatch.setattr(signs, "_looks", [])


def a_worker(seconds_ago: int = 5) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - %s)",
            [dt.timedelta(seconds=seconds_ago)],
        )


def states(client, **more) -> dict[str, str]:
    return client.get("/healthz", **more).json()


def failing(client) -> set[str]:
    return {name for name, state in states(client).items() if state == "failing"} - {"status"}


def test_all_is_well_when_all_is_well(client):
    a_worker()
    answer = client.get("/healthz")
    assert (answer.status_code, set(answer.json().values())) == (200, {"ok"})
    assert {"database", "storage", "migrations", "worker", "queue", "spool"} <= answer.json().keys()


def test_it_answers_whatever_the_hosts_are_and_over_plain_http(client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["thidua.example.vn"], True
    for host in ("127.0.0.1:8000", "localhost", "elsewhere.example"):
        assert states(client, headers={"host": host})["database"] == "ok"
    assert client.get("/", headers={"host": "127.0.0.1"}).status_code == 400


def test_alive_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz?alive")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_it_only_reads(client):
    assert client.post("/healthz").status_code == 405


def test_a_dead_worker_is_told_within_two_minutes(client):
    assert "worker" in failing(client)
    a_worker(seconds_ago=119)
    assert "worker" in failing(client)
    a_worker()
    assert "worker" not in failing(client)


def test_jobs_that_wait_are_told_with_their_number(client):
    """Asked for at once, for later, and at a moment that has passed; a try that comes again counts from its moment."""

    def waiting(after: dt.timedelta) -> int:
        return next(iter(looks.queue(timezone.now() + after))).count

    minute, now = dt.timedelta(minutes=1), timezone.now()
    jobs.ask("summaries.complete", report_id=1)
    jobs.ask("summaries.complete", report_id=2, at=now + 30 * minute)
    jobs.ask("summaries.complete", report_id=3, at=now - 60 * minute)
    assert [waiting(n * minute) for n in (0, 14, 16, 44, 46)] == [0, 0, 2, 2, 3]
    with connection.cursor() as cursor:
        cursor.execute(LATER, [now + minute])
    assert [waiting(n * minute) for n in (15, 17)] == [1, 2]
    with time_machine.travel(now + 16 * minute):
        assert "queue" in failing(client)


def test_tables_of_an_earlier_or_later_version_are_told(client):
    with connection.cursor() as cursor:
        cursor.execute("insert into django_migrations (app, name, applied) values ('ledger', '9999_later', now())")
        assert next(looks.migrations(timezone.now())).count == 1
        assert "migrations" in failing(client)
        cursor.execute("delete from django_migrations where name = '9999_later'")
        assert "migrations" not in failing(client)
        cursor.execute("delete from django_migrations where app = 'ledger'")
    assert "migrations" in failing(client)


def test_a_missing_or_emptied_folder_of_files_is_told(client, files):
    files.joinpath("ab").mkdir()
    assert "storage" not in failing(client)
    StoredFile.objects.create(sha256="ab" * 32, size=1, content_type="a/b", extension="pdf", stored_at=timezone.now())
    assert "storage" not in failing(client)
    shutil.rmtree(files)
    assert "storage" in failing(client)
    files.mkdir()
    assert "storage" in failing(client)
    files.joinpath(".writing").mkdir()
    files.joinpath(looks.PROBE).touch()  # of a process that was killed while it tried
    assert "storage" in failing(client)


def test_a_full_disk_is_told(client, settings):
    settings.FREE_BYTES = 1 << 60
    assert failing(client) >= {"storage", "spool"}
    assert "MB" in str(next(looks.storage(timezone.now())).sentence)


@pytest.mark.parametrize("number", ["ENOSPC", "EROFS", "EACCES"])
def test_a_folder_that_takes_nothing_is_told_with_the_reason(client, monkeypatch, number):
    """As root no folder refuses, so the call does."""
    import errno

    def refuse(*words):
        raise OSError(getattr(errno, number), "no")

    monkeypatch.setattr(looks.os, "open", refuse)
    assert failing(client) >= {"storage", "spool"}
    assert str(looks.FAULTS_OF_DISKS[getattr(errno, number)]) in str(next(looks.storage(timezone.now())).sentence)


def test_the_probe_leaves_nothing_behind(client, files):
    states(client)
    assert not list(files.iterdir())


def test_a_look_that_raises_is_a_bad_sign_and_no_500(client, only):
    def broken(at):
        raise ZeroDivisionError

    signs.declare(broken)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["broken"]) == (503, "failing")
    assert "ZeroDivisionError" in str(signs.signs(timezone.now())[1].sentence)


def test_without_a_database_each_look_says_so_and_files_are_seen_all_the_same(client, only, monkeypatch, caplog):
    signs.declare(looks.storage, needs_database=False)
    signs.declare(looks.queue)

    def away(*words, **more):
        raise OperationalError("the connection was refused")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "failing", "storage": "ok", "queue": "failing"}
    assert "Traceback" not in caplog.text


def test_a_fault_is_one_line_in_the_log_when_it_begins_and_one_when_it_ends(client, only, caplog):
    state = {"is_well": False}
    signs.declare(lambda at: [Sign("kiln", state["is_well"], "The kiln is cold.")])
    with caplog.at_level(logging.WARNING, "thidua.signs"):
        for _each in range(5):
            states(client)
        state["is_well"] = True
        for _each in range(5):
            states(client)
    said = [record.getMessage() for record in caplog.records if record.name == "thidua.signs"]
    assert said == ["Failing: kiln. The kiln is cold.", "Well again: kiln"]


def test_a_flood_of_questions_is_one_look(client, only, settings):
    settings.SIGNS_KEPT_FOR = 60
    taken = []
    signs.declare(lambda at: taken.append(at) or [])
    signs._kept = None
    for _each in range(50):
        states(client)
    signs._kept = None
    assert len(taken) == 1


def test_while_somebody_looks_others_get_the_last_answer(only, settings, monkeypatch):
    """A look that takes long, as one at a bucket that does not answer, holds nobody but who takes it."""
    settings.SIGNS_KEPT_FOR = 0
    monkeypatch.setattr(signs, "_kept", None)
    looking, go_on = threading.Event(), threading.Event()
    signs.declare(lambda at: [Sign("kiln", True, "The kiln is warm.")], needs_database=False)
    first = signs.kept(timezone.now())

    def slow(at):
        looking.set()
        go_on.wait(30)
        return []

    signs.declare(slow, needs_database=False)
    monkeypatch.setattr(signs, "_database", lambda: Sign("database", False, "away"))
    one = threading.Thread(target=signs.kept, args=[timezone.now()])
    one.start()
    assert looking.wait(10)
    try:
        assert signs.kept(timezone.now()) == first
        monkeypatch.setattr(signs, "LONGEST_LOOK_SECONDS", 0)
        assert {sign.name for sign in signs.kept(timezone.now()) if sign.is_fault} == {"signs"}
    finally:
        go_on.set()
        one.join()
    monkeypatch.setattr(signs, "_kept", None)


def test_strangers_learn_names_and_nothing_else(client, settings):
    settings.FREE_BYTES = 1 << 60
    assert set(states(client).values()) <= {"ok", "failing"}
