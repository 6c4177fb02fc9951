"""The database dies while units hand in: they are told in a sentence, and what was acknowledged is there afterwards."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from pathlib import Path

import psutil
import psycopg
import pytest
from django.urls import reverse
from tests.failures.server import database_url, serving
from tests.fixtures import begun, make_world

from thidua.host import postgres

SENTENCE = "Tạm thời chưa kết nối được dữ liệu"
DRAFTS = 30


@pytest.fixture
def home():
    """A home with a database of its own: its server will be killed."""
    folder = Path(tempfile.mkdtemp(prefix="thidua-away-"))
    with postgres.hold(folder):
        yield folder
    assert postgres.wait_until_stopped(folder)
    shutil.rmtree(folder)


def copy_database(to: Path) -> None:
    """Everything of the database under test into the home's own."""
    dump = [str(postgres.binary("pg_dump")), "-Fc", database_url()]
    load = [str(postgres.binary("pg_restore")), "--no-comments", "-d", postgres.url(to, "superuser")]
    load += ["--clean", "--if-exists", "--exit-on-error"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
        subprocess.run(load, stdin=source.stdout, check=True)
    assert source.returncode == 0


class Crowd:
    """Heads who sign drafts and focal points who begin new ones, without a pause, and what they were answered."""

    def __init__(self, server, head: dict, focal: dict, drafts: list[int], form: dict):
        self.server, self.head, self.focal, self.drafts, self.form = server, head, focal, drafts, form
        self.signed: list[int] = []
        self.begun: list[str] = []
        self.unanswered: list[str] = []
        self.told: list[str] = []
        self.wrong: list[tuple[int, str]] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=each) for each in (self.sign, self.begin, self.begin)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)

    def post(self, path: str, headers: dict, data: dict) -> bool:
        status, text = self.server.ask("POST", path, headers, data)
        if status == 503:
            self.told.append(text)
        elif status != 302:
            self.wrong.append((status, text))
        return status == 302

    def sign(self) -> None:
        while self.drafts and not self.over.is_set():
            if self.post(reverse("dossiers:submit", args=[self.drafts[0]]), self.head, {}):
                self.signed.append(self.drafts.pop(0))
            time.sleep(0.15)

    def begin(self) -> None:
        while not self.over.is_set():
            token = str(uuid.uuid4())
            done = self.post(reverse("dossiers:begin"), self.focal, {**self.form, "token": token})
            (self.begun if done else self.unanswered).append(token)
            time.sleep(0.02)


def kill_database(home: Path) -> psutil.Process:
    """The server dies at once; its watcher is held, so that the database stays away until it is woken."""
    pid = int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(pid)
    watcher = server.parent()
    watcher.suspend()
    os.kill(pid, signal.SIGKILL)
    return watcher


def eventually(true, seconds: float = 40) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_database_dies_and_comes_back_while_units_hand_in(transactional_db, home):
    world = make_world()
    drafts = [begun(world).pk for _each in range(DRAFTS)]
    form = {"key": "register-2023", "unit": world.school.pk}
    with serving(home) as server:
        head, focal = server.headers(world.hanh), server.headers(world.an)
        copy_database(home)
        crowd = Crowd(server, head, focal, list(drafts), form)
        crowd.start()
        try:
            assert eventually(lambda: len(crowd.signed) > 4 and len(crowd.begun) > 4)
            watcher = kill_database(home)
            try:
                assert eventually(lambda: len(crowd.told) > 12)
                assert server.ask("GET", "/healthz")[0] == 503
                status, page = server.ask("GET", "/", head)
                assert (status, SENTENCE in page) == (503, True)
            finally:
                watcher.resume()
            before = len(crowd.signed)
            assert eventually(lambda: len(crowd.signed) > before + 4)
        finally:
            crowd.stop()
        assert json.loads(server.ask("GET", "/healthz")[1])["database"] == "ok"
        assert not crowd.wrong, crowd.wrong[0]
        assert all(SENTENCE in text and "Traceback" not in text for text in crowd.told)
        # Who was not answered sends the same form again: nothing is there twice.
        for token in crowd.unanswered:
            assert server.ask("POST", reverse("dossiers:begin"), focal, {**form, "token": token})[0] == 302
    with psycopg.connect(postgres.url(home, "app")) as database:
        signed = {pk for (pk,) in database.execute("select dossier_id from dossiers_version")}
        tokens = [str(token) for (token,) in database.execute("select token from dossiers_dossier")]
        unsealed = database.execute(
            "select count(*) from ledger_entry e where not exists (select 1 from ledger_seal s where s.entry_id = e.id)"
        ).fetchone()
    assert set(crowd.signed) <= signed
    assert set(crowd.begun) | set(crowd.unanswered) <= set(tokens)
    assert len(tokens) == len(set(tokens)) == DRAFTS + len(crowd.begun) + len(crowd.unanswered)
    assert unsealed == (0,)
