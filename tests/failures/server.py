"""The web server of ``thidua run`` as a process of its own, and a person who uses it without a browser."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from thidua.host import supervise
from thidua.host.home import make

TOKEN = "a" * 32  # the cookie and the header of the same word are enough for the check of forms


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url(user: str = "") -> str:
    """The address of the database under test, for a process of its own, or for another role than the tests'."""
    known = connection.settings_dict
    address = "postgresql://{user}:{PASSWORD}@:{PORT}/{NAME}?".format(user=user or known["USER"], **known)
    of_the_address = {key: value for key, value in known["OPTIONS"].items() if isinstance(value, str)}
    return address + urlencode({"host": known["HOST"], **of_the_address})


@dataclass
class Server:
    port: int
    process: subprocess.Popen
    log: Path

    def headers(self, person=None) -> dict[str, str]:
        """What the browser of a signed-in person sends along."""
        cookies = {"csrftoken": TOKEN}
        if person is not None:
            client = Client()
            client.force_login(person)
            cookies["sessionid"] = client.cookies["sessionid"].value
        return {"Cookie": "; ".join(f"{key}={value}" for key, value in cookies.items()), "X-CSRFToken": TOKEN}

    def ask(self, method: str, path: str, headers=None, data: dict | None = None) -> tuple[int, str]:
        """(status, text) of an answer; the connection is new each time, as after a fault."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as link:
            sent = {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
            body = None if data is None else urlencode(data)
            link.request(method, path, body, {**sent, **(headers or {})})
            answer = link.getresponse()
            return answer.status, answer.read().decode()

    def tree(self) -> list:
        """The server and its workers."""
        import psutil

        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


@contextlib.contextmanager
def serving(home: Path, **environment: str) -> Iterator[Server]:
    """The real server in this home until the block ends."""
    make(home)
    (home / "static").mkdir(exist_ok=True)
    port = free_port()
    known = {key: value for key, value in os.environ.items() if not key.startswith(("THIDUA_", "DATABASE_"))}
    ours = {"THIDUA_HOME": str(home), "THIDUA_HTTP": "1", "THIDUA_SECRET_KEY": settings.SECRET_KEY}
    log = home / "web.log"
    with open(log, "wb") as said:
        process = subprocess.Popen(
            supervise.web_server(port),
            env={**known, "PYTHONPATH": str(settings.ROOT.parent), **ours, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 30
        while not supervise._answers(f"127.0.0.1:{port}"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Server(port, process, log)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
