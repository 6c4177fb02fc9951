"""A real worker: killed at each step of a job, with its database cut off, and asleep until a job is committed."""

from __future__ import annotations

import datetime as dt
import signal
import tempfile
import time
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.failures.server import database_url
from tests.failures.working import FOR_EVER, Way, log_of, worker
from tests.fixtures import make_world, moment

from thidua.ledger import upkeep
from thidua.ledger.kinds import FREE_AFTER
from thidua.ledger.models import Entry, FailedJob
from thidua.summaries import actions as summaries
from thidua.summaries.models import Report

pytestmark = pytest.mark.slow
AT = moment("2023-09-10 10:00")


@pytest.fixture
def home():
    with tempfile.TemporaryDirectory(prefix="thidua-worker-") as folder:
        (Path(folder) / "home").mkdir()
        yield Path(folder) / "home"


@pytest.fixture
def asked(transactional_db):
    """A campaign, and a way to ask for its report: one after the other,
    each after the one before has waited for too long."""
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs, procrastinate_workers cascade")
    world = make_world()
    moments = (AT + n * FREE_AFTER for n in count())
    return lambda: summaries.prepare(campaign=world.campaign, year=2023, by=world.binh, at=next(moments))


def until(true, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def job() -> ProcrastinateJob:
    return ProcrastinateJob.objects.filter(task_name="summaries.complete").latest("id")


def test_a_worker_killed_at_any_step_loses_no_job_and_does_none_twice(asked, home):
    for step in ("before", "middle", "after", "marking"):
        asked()
        with worker(home, database_url(), step) as process:
            assert process.wait(60) == -signal.SIGKILL, log_of(home).read_text()
        assert ProcrastinateJob.objects.filter(status="doing").exists()
        _found_dead()
    with worker(home, database_url(), "none") as process:
        assert process.wait(60) == 0, log_of(home).read_text()
    assert set(Report.objects.values_list("state", flat=True)) == {"ready"}
    assert Entry.objects.filter(verb="summaries.complete").count() == Report.objects.count() == 4
    assert not FailedJob.objects.exists()


def password(known: dict) -> str:
    """The file of passwords knows the socket by its folder, and not the way to it."""
    if "passfile" not in known["OPTIONS"]:
        return known["PASSWORD"]
    lines = Path(known["OPTIONS"]["passfile"]).read_text().splitlines()
    (found,) = {line.split(":")[-1] for line in lines if line.split(":")[-2] == known["USER"]}
    return found


def _found_dead() -> None:
    """Two minutes later, and a distance after that."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_workers")
    upkeep.take_up_stalled(at=timezone.now() - dt.timedelta(hours=2))


def test_a_job_whose_end_met_no_database_is_taken_up_and_the_worker_goes_on(asked, home):
    known = connection.settings_dict
    way = Way(f"{known['HOST']}/.s.PGSQL.{known['PORT'] or 5432}")
    url = f"postgresql://{known['USER']}:{quote(password(known))}@127.0.0.1:{way.port}/{known['NAME']}"
    report = asked()
    try:
        with worker(home, url, "wait", FOR_EVER) as process:
            until(lambda: job().status == "doing")
            way.cut()
            (home / "go").touch()
            until(lambda: "không trả lời" in log_of(home).read_text(), 40)
            assert process.poll() is None
            way.mend()
            until(lambda: job().status == "succeeded", 40)
            report.refresh_from_db()
            assert report.state == "ready"
            again = asked()  # and one more, while it sleeps: the commit wakes it
            began = time.monotonic()
            until(lambda: Report.objects.get(pk=again.pk).state == "ready", 4.5)
            assert time.monotonic() - began < 4.5
            process.terminate()
            assert process.wait(20) == 0
    finally:
        way.close()
