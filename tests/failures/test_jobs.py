"""Every job, killed at every step and with the database away at every step: it is done once in the end, or it is told
and what waited for it is free. What is asked of the database is counted, and the job is broken off at one of its
statements after the other; real processes are killed in ``test_worker.py``."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from tests import once
from tests.analytics.making import csv_bytes, row
from tests.fixtures import make_world
from tests.house.objects import AT, ROWS, make, pdf

from thidua.analytics import actions as records
from thidua.analytics.models import Batch, Delivery, Upload
from thidua.analytics.registry import dataset_of
from thidua.apologies import actions as apologies
from thidua.apologies.models import Run
from thidua.campaigns.models import Fact, Obligation, Publishing
from thidua.core.records.periods import period
from thidua.core.refusals import Denied
from thidua.documents.models import Picture, SignatureVerdict
from thidua.exchange import actions as exchange
from thidua.exchange.models import Export
from thidua.ledger import actions as ledger
from thidua.ledger import anchors, attempts, care, files, jobs, limits
from thidua.ledger.models import Entry, FailedJob, Spent
from thidua.people import actions as people
from thidua.people.letters import Notice
from thidua.people.models import ApiToken, FailedSignIn, Letter, SignIn
from thidua.reports.models import Result
from thidua.summaries import actions as summaries
from thidua.summaries.models import Report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


WRITTEN = (Upload, Delivery, Run, Report, Export, Publishing)
SWEPT = (Spent, Session, SignIn, FailedSignIn)


class Killed(BaseException):
    """As SIGKILL: nothing that the program catches."""


# Where it is broken off, as parts of its statements: killed at the end is killed before the marking.
STEPS = {Killed: (1 / 3, 2 / 3, 1), OperationalError: (0, 1 / 2)}


@dataclass
class Break:
    """Breaks off at the statement of this number, and at all that come after it. What the server does by itself when
    a connection is gone, it does."""

    at: int
    fault: type[BaseException]
    seen: int = 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("ROLLBACK"):
            return execute(sql, params, many, context)
        self.seen += 1
        if self.seen > self.at:
            raise self.fault
        return execute(sql, params, many, context)


def run(name: str, arguments: dict, tries: int = 1) -> None:
    attempts.attempt(jobs.kinds[name], 1, arguments, tries=tries)


def state() -> dict[str, object]:
    """What jobs leave behind."""
    models = (Batch, *WRITTEN, Letter, Result, Obligation, Fact, SignatureVerdict, Picture, *SWEPT)
    return {
        **{model.__name__: model.objects.count() for model in models},
        "states": {model.__name__: Counter(model.objects.values_list("state", flat=True)) for model in WRITTEN},
        "mailed": Letter.objects.exclude(mailed_at=None).count(),
        "trail": Counter(Entry.objects.values_list("verb", flat=True)),
        "asked": asked(),
    }


def asked() -> Counter:
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args::text from procrastinate_jobs where status = 'todo'")
        return Counter(name for name, _args in set(cursor.fetchall()))


def undone(step: Callable[[], object]) -> object:
    """What the step gave; the database and the spool are as before it."""
    spool, before = settings.HOME / "spool", settings.HOME / "before"
    shutil.copytree(spool, before)
    with transaction.atomic():
        try:
            return step()
        finally:
            transaction.set_rollback(True)
            shutil.rmtree(spool)
            before.rename(spool)


@pytest.fixture
def waiting(db, own_home, settings):
    """Kind of job → the arguments of one that waits."""
    settings.ANCHORS = own_home / "anchors"
    with time_machine.travel(AT, tick=False):
        known = once.made("jobs", lambda: _asked_for(own_home), own_home).waiting
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # the trail is sealed, as after a commit
        ledger.anchor(at=AT)
        yield {**known, "ledger.send_anchor": {"number": anchors.own()[-1].number, "place": "storage"}}


def _asked_for(home) -> SimpleNamespace:
    world = make_world()
    world.made = make(world, home)
    _over(world)
    return SimpleNamespace(waiting=_waiting(world))


def _waiting(world) -> dict[str, dict]:
    """The arguments of a job of each kind that is asked for, and what waits for it."""
    wanted = {"dataset": dataset_of("dossiers"), "unit": world.school, "period": period("2023")}
    rows = [*ROWS[:1], row(7), row(8, returned="25/04/2023")]
    upload = records.hand_in(**wanted, file=SimpleUploadedFile("moi.csv", csv_bytes(rows)), by=world.an, at=AT)
    jobs.kinds["analytics.read"].work(upload.pk)
    upload.refresh_from_db()
    records.confirm(upload=upload, nothing_arose=False, by=world.an, at=AT)
    report = summaries.prepare(campaign=world.campaign, year=2023, by=world.binh, at=AT)
    run_ = apologies.issue(
        campaign=world.campaign, year=2023, rows=[_late(world)],
        batches=[Batch.objects.select_related("unit").get(pk=world.made["batch"])],
        reason="Chậm", new_due=None, by=world.an, at=AT,
    )  # fmt: skip
    sent = settings.HOME / "sent.csv"
    sent.write_bytes(csv_bytes([*ROWS[:1], row(11), row(12)]))
    delivery = records.deliver(
        dataset=wanted["dataset"], period=wanted["period"], file=sent, form="",
        choices=records.Choices(batch_key="lo-1"), by=ApiToken.objects.get(pk=world.made["token"]), at=AT,
    )  # fmt: skip
    export = exchange.ask(address="/trail/excel/", name="nhat-ky", count=9, by=world.binh, at=AT)
    world.an.email = "an@truong.edu.vn"
    world.an.save()
    people.write_letters([Notice(to=world.an, kind="test", subject="Hạn", body="Hạn", urgent=True)], at=AT)
    publishing = Publishing.objects.create(version_id=world.made["planned"], asked_at=AT, asked_by=world.binh)
    picture = files.store(SimpleUploadedFile("a.png", PNG), by=world.an, at=AT)
    return {
        "analytics.read": {"upload_id": upload.pk, "dry_run": False, "nothing_arose": False},
        "summaries.complete": {"report_id": report.pk},
        "apologies.complete": {"run_id": run_.pk},
        "reports.compute": {"batch_id": world.made["batch"]},
        "reports.keep_own_records": {},
        "exchange.write": {"export_id": export.pk},
        "campaigns.publish": {"publishing_id": publishing.pk},
        "analytics.take_in": {"delivery_id": delivery.pk},
        "documents.check_signatures": {"file_id": files.store(pdf(), by=world.an, at=AT).pk},
        "documents.outline_picture": {"file_id": picture.pk},
    }


def _over(world) -> None:
    """What comes again finds something to do: a limit whose while is over, sessions that ended, wrong passwords."""
    limits.count("surveys.answer", "192.0.2.7", at=AT - dt.timedelta(days=1))
    for key in ("a", "b"):
        Session.objects.create(session_key=key, session_data="", expire_date=AT - dt.timedelta(days=1))
    SignIn.objects.create(person=world.an, begun_at=AT - dt.timedelta(days=2), seen_at=AT - dt.timedelta(days=2))
    people.note_failure(account=world.an, address="192.0.2.7", at=AT - dt.timedelta(hours=1))


def _late(world) -> dict[str, object]:
    return {
        "code": "H29-0003", "procedure": "", "field": "", "received": dt.date(2023, 4, 3), "due": dt.date(2023, 4, 20),
        "returned": dt.date(2023, 4, 26), "new_due": None, "_unit": world.school.code,
    }  # fmt: skip


def test_every_job_that_is_asked_for_is_killed(waiting):
    """Work that comes again needs no arguments, so it is there by itself."""
    assert {name for name, kind in jobs.kinds.items() if not kind.cron} - set(waiting) == set(), "no kill test"


@pytest.mark.parametrize("name", sorted(jobs.kinds))
def test_a_job_broken_off_at_any_statement_is_done_once(waiting, name):
    done, statements = undone(lambda: _whole(name, waiting.get(name, {})))
    wrong = []
    for fault, steps in STEPS.items():
        for at in (int(statements * step) for step in steps):
            breaks = Break(at, fault)
            found = undone(lambda breaks=breaks: _broken_then_whole(name, waiting.get(name, {}), breaks))
            if found != done:
                wrong.append(f"{fault.__name__} at {at} of {statements}: {_difference(done, found)}")
    gc.collect()  # what a killed process would have left to the system is not the next test's
    assert not wrong, "\n".join(wrong)


def _difference(done: dict[str, object], found: dict[str, object]) -> dict[str, tuple]:
    return {key: (value, found[key]) for key, value in done.items() if found[key] != value}


def _whole(name: str, arguments: dict) -> tuple[dict[str, object], int]:
    counted = Break(10**9, Killed)
    with connection.execute_wrapper(counted):
        run(name, arguments)
    return state(), counted.seen


def _broken_then_whole(name: str, arguments: dict, breaks: Break) -> dict[str, object]:
    with contextlib.suppress(Killed, attempts.TryAgain, OperationalError), connection.execute_wrapper(breaks):
        run(name, arguments)
    transaction.set_rollback(False)  # the next process has a connection of its own
    run(name, arguments, tries=2)
    assert not FailedJob.objects.filter(name=name).exists()
    return state()


RUNNING = {"waiting", "reading", "prepared"}


OF = {
    "analytics.read": Upload,
    "analytics.take_in": Delivery,
    "summaries.complete": Report,
    "apologies.complete": Run,
    "exchange.write": Export,
    "campaigns.publish": Publishing,
}


def test_what_waits_for_a_job_that_is_given_up_is_free(waiting, monkeypatch):
    """Its work fails each time, or each process that takes it is killed: both free what waits."""
    monkeypatch.setattr("thidua.ledger.files.store", _broken)
    monkeypatch.setattr("thidua.analytics.storage.keep", _broken)
    monkeypatch.setattr("thidua.exchange.files.keep", _broken)
    monkeypatch.setattr("thidua.campaigns.changes.of_existing", _broken)
    assert {name for name, kind in jobs.kinds.items() if kind.given_up} == set(OF)
    for name in OF:
        for tries in (attempts.MOST_TRIES, attempts.MOST_TRIES + 1):
            undone(lambda name=name, tries=tries: _given_up(name, waiting[name], tries))


def _given_up(name: str, arguments: dict, tries: int) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - whichever it is
        run(name, arguments, tries=tries)
    assert FailedJob.objects.given_up().filter(name=name).exists()
    waits = OF[name].objects.filter(pk=next(iter(arguments.values())))
    assert waits.get().state not in RUNNING
    _tried_again(name, waits)


def _tried_again(name: str, waits: QuerySet) -> None:
    """What waited waits again; where it is gone, or was given up no more, the person is told so."""
    failed = FailedJob.objects.given_up().get(name=name)
    with transaction.atomic():
        care.try_again(job=failed, by=None, at=AT)
        assert waits.get().state in RUNNING
        with pytest.raises(Denied, match="gác lại"):
            jobs.kinds[name].again(**failed.arguments)
        transaction.set_rollback(True)


def _broken(*args, **kwargs):
    raise OSError(5, "Input/output error")
