"""Thirty kills (-9) of web, worker, database and its watcher while people type, sign, answer and programs send records.

Nothing that was acknowledged may be missing afterwards, and nothing may be left that waits for ever.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import psutil

from bench import homes
from bench.kept import nothing_kept
from bench.pages import is_turned_out
from bench.registrations import Signer, signers
from bench.surveys import LEVELS, _stamp

KILLS, BETWEEN = 30, (2.0, 5.0)
QUIET_SECONDS = 240  # a job of a killed worker is taken up two minutes after its last sign of life
SENT = "Mã hồ sơ,Lĩnh vực,Ngày tiếp nhận,Ngày hẹn trả,Ngày trả kết quả\n"


@dataclass
class Promised:
    """What was acknowledged, and what was answered otherwise."""

    typed: dict[str, set[str | None]] = field(
        default_factory=dict
    )  # dossier → what may stand there: acknowledged and after
    signed: set[str] = field(default_factory=set)
    answers: int = 0
    batches: set[str] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)
    statuses: Counter = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)


class Client:
    def __init__(self, address: str, promised: Promised):
        self.promised = promised
        self.http = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def ask(self, method: str, path: str, **values) -> httpx.Response | None:
        """None where nothing was acknowledged."""
        try:
            answer = self.http.request(method, path, **values)
        except httpx.HTTPError:
            self.promised.statuses["no answer"] += 1
            time.sleep(0.2)
            return None
        self.promised.statuses[answer.status_code] += 1
        if answer.status_code >= 400 or is_turned_out(answer):
            time.sleep(0.2)
            return None
        return answer


def type_and_sign(client: Client, people: Iterator[Signer]) -> None:
    promised = client.promised
    while not promised.over.is_set():
        person = next(people)
        wanted = {"key": person.key, "unit": person.unit, "token": str(uuid.uuid4())}
        opened = client.ask("POST", "/dossiers/begin/", data=wanted, headers=person.headers)
        if opened is None:
            continue
        pk, revision = opened.headers["Location"].split("/")[2], 0
        promised.typed[pk] = {None}
        for _n in range(6):
            text = uuid.uuid4().hex
            promised.typed[pk].add(text)
            data = {**person.answers(), "situation": text, "revision": str(revision)}
            saved = client.ask("POST", f"/dossiers/{pk}/autosave/", data=data, headers=person.headers)
            if saved is None:
                break  # it may have been kept or not; both are right
            promised.typed[pk], revision = {text}, saved.json()["revision"]
        else:
            if client.ask("POST", f"/dossiers/{pk}/submit/", headers=person.headers):
                promised.signed.add(pk)


def answer(client: Client, surveys: Iterator[str]) -> None:
    while not client.promised.over.is_set():
        address = next(surveys)
        if page := client.ask("GET", address):
            data = {**LEVELS, "words": "Tốt.", "send": "1", "stamp": _stamp(page)}
            if client.ask("POST", address, data=data):
                client.promised.answers += 1
        time.sleep(0.1)


def send_records(client: Client, secret: str) -> None:
    for number in itertools.count():
        if client.promised.over.is_set():
            return
        key = f"{number}-{uuid.uuid4().hex[:8]}"
        rows = SENT + "".join(f"H{number}-{n},Học bạ,01/03/2023,10/03/2023,09/03/2023\n" for n in range(50))
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "text/csv"}
        path = f"/api/v1/records/dossiers/2023/batches/{key}"
        if client.ask("POST", path, content=rows.encode(), headers=headers):
            client.promised.batches.add(key)
        time.sleep(1)


def have_exported(client: Client, headers: dict[str, str]) -> None:
    while not client.promised.over.is_set():
        found = client.ask("GET", f"/dossiers/excel/?n={uuid.uuid4().hex}", headers=headers)
        if found is not None and "Location" in found.headers:
            client.promised.exports.add(found.headers["Location"])
        time.sleep(3)


def kill(run: psutil.Process, what: str) -> bool:
    for process in victims(run, what):
        with contextlib.suppress(psutil.NoSuchProcess):
            os.kill(process.pid, signal.SIGKILL)
            return True
    return False


def victims(run: psutil.Process, what: str) -> list[psutil.Process]:
    """In random order; the processes below ``thidua run``, and the database of the home with its watcher."""
    below = [process for process in run.children(recursive=True) if process.name() != "postgres"]
    webs = [process for process in below if "granian" in " ".join(_words(process))]
    data = homes.KILLS.home / "postgres" / "data"
    note = data / "postmaster.pid"
    server = [psutil.Process(int(note.read_text().split()[0]))] if note.exists() else []
    watcher = [psutil.Process(server[0].ppid())] if server and server[0].ppid() > 1 else []
    found = {
        "web server": [process for process in webs if process.parent() == run],
        "web process": [process for process in webs if process.parent() != run],
        "worker": [process for process in below if "worker" in _words(process)[-2:]],
        "database": server,
        "connection": server[0].children() if server else [],
        "watcher": watcher,
    }[what]
    random.shuffle(found)
    return found


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return [""]


@contextlib.contextmanager
def running() -> Iterator[tuple[psutil.Process, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    read_by_worker = {"THIDUA_READ_AT_ONCE": "1"}
    environment = {**homes.KILLS.environment, **read_by_worker}
    command = [sys.executable, "-m", "thidua.config.cli", "run", "--port", str(port), "--empty"]
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr)  # noqa: S603 — our own command
    try:
        _wait_for(f"http://127.0.0.1:{port}")
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{address}/account/login/", trust_env=False, timeout=10).status_code == 200:
                return
        time.sleep(0.3)
    raise RuntimeError("The product does not answer.")


def measure() -> dict[str, object]:
    from django.db import connections

    from thidua.surveys.models import Answer, Place

    last = Answer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with nothing_kept():
        promised, secret = Promised(), access_code()
        people, office = itertools.cycle(signers()), _office()
        surveys = itertools.cycle([place.get_absolute_url() for place in Place.objects.order_by("pk")])
        connections.close_all()  # ours would be killed too
        with running() as (run, address):
            work: list[Callable[[Client], None]] = [lambda client: type_and_sign(client, people)] * 6
            work += [lambda client: answer(client, surveys)] * 2
            work += [lambda client: send_records(client, secret), lambda client: have_exported(client, office)]
            threads = [threading.Thread(target=each, args=[Client(address, promised)]) for each in work]
            for thread in threads:
                thread.start()
            killed: Counter[str] = Counter()
            kinds = itertools.cycle(["web process", "worker", "database", "web server", "connection", "watcher"])
            for _n, what in zip(range(KILLS), kinds, strict=False):
                time.sleep(random.uniform(*BETWEEN))  # noqa: S311
                killed[what] += kill(run, what)
            time.sleep(10)
            promised.over.set()
            for thread in threads:
                thread.join(60)
            quiet_after = _until_quiet()
        found = _missing(promised, last)
        Answer.objects.filter(pk__gt=last).delete()
    return {
        "killed": dict(killed), "answered": {str(key): n for key, n in promised.statuses.items()},
        "acknowledged": {"typed": len(promised.typed), "signed": len(promised.signed), "answers": promised.answers,
                         "batches": len(promised.batches), "exports": len(promised.exports)},
        "missing": found, "quiet_after_s": quiet_after,
    }  # fmt: skip


def access_code() -> str:
    from django.utils import timezone

    from thidua.people import actions
    from thidua.people.models import Person, Unit

    unit, now = Unit.objects.filter(kind="division").order_by("pk").first(), timezone.now()
    office = Person.objects.get(username="binh")
    until = timezone.localdate() + dt.timedelta(days=30)
    return actions.issue_token(unit=unit, name=f"bench {uuid.uuid4().hex[:6]}", expires_on=until, by=office, at=now)[1]


def _office() -> dict[str, str]:
    from bench.pages import session_of
    from thidua.people.models import Person

    return {"Cookie": f"sessionid={session_of(Person.objects.get(username='binh'))}"}


def _until_quiet() -> float | None:
    """Seconds until no job waits or runs; None where that does not come."""
    from django.db import close_old_connections
    from procrastinate.contrib.django.models import ProcrastinateJob

    start = time.monotonic()
    while time.monotonic() - start < QUIET_SECONDS:
        close_old_connections()
        now = ProcrastinateJob.objects.filter(status__in=["todo", "doing"])
        if not now.filter(task_name__in=["exchange.write", "reports.compute", "analytics.take_in"]).exists():
            return round(time.monotonic() - start, 1)
        time.sleep(1)
    return None


def _missing(promised: Promised, last: int) -> dict[str, object]:
    from thidua.analytics.models import Batch
    from thidua.core.dossiers import DossierState
    from thidua.dossiers.models import Dossier
    from thidua.exchange.models import Export
    from thidua.ledger.queries import verify
    from thidua.surveys.models import Answer

    texts = dict(Dossier.objects.filter(pk__in=promised.typed).values_list("pk", "answers__situation"))
    signed = Dossier.objects.filter(pk__in=promised.signed, state=DossierState.SUBMITTED).count()
    keys = set(Batch.objects.filter(batch_key__in=promised.batches).values_list("batch_key", flat=True))
    tokens = [address.split("/")[2] for address in promised.exports]
    return {
        "typed": sum(texts.get(int(pk)) not in allowed for pk, allowed in promised.typed.items()),
        "signed": len(promised.signed) - signed,
        "answers": max(0, promised.answers - Answer.objects.filter(pk__gt=last).count()),
        "batches": len(promised.batches - keys),
        "exports": Export.objects.unfinished().filter(token__in=tokens).count(),
        "trail_is_whole": verify().whole,
    }
