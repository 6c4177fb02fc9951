"""What the whole product takes at rest: PSS of every process of ``thidua run`` after each page was opened once.

PSS counts a page that several processes share once; RSS would count PostgreSQL's shared memory in every connection.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from bench import homes, pages

REST_SECONDS = 5
READY_SECONDS = 60


@contextlib.contextmanager
def running() -> Iterator[tuple[str, psutil.Process]]:
    """``thidua run`` on a port of its own, ended at the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "thidua.config.cli", "run", "--port", str(port), "--empty"]
    environment = homes.LARGE.environment
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr)  # noqa: S603 — our own command
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _wait(address: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            httpx.get(f"{address}/healthz?alive", trust_env=False, timeout=10)
            return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def measure() -> dict[str, object]:
    from django.db import connection

    from thidua.people.models import Person

    session = pages.session_of(Person.objects.get(username="binh"))
    connection.close()
    with running() as (address, parent):
        with httpx.Client(base_url=address, cookies={"sessionid": session}, trust_env=False, timeout=60) as client:
            for page in pages.PAGES * 8:  # so that each worker has met each page
                client.get(page).raise_for_status()
        time.sleep(REST_SECONDS)
        megabytes: Counter[str] = Counter()
        for process in [parent, *parent.children(recursive=True), *_database()]:
            megabytes[_role(process)] += process.memory_full_info().pss / 1024 / 1024
    return {"total_mb": round(sum(megabytes.values())), **{role: round(size) for role, size in megabytes.items()}}


def _database() -> list[psutil.Process]:
    """The server is no child of ours: a watcher of its own started it."""
    note = homes.LARGE.home / "postgres" / "data" / "postmaster.pid"
    server = psutil.Process(int(note.read_text().split()[0]))
    watcher = server.parent()
    return [*([watcher] if watcher and "thidua.host.postgres" in watcher.cmdline() else []), server, *server.children()]


def _role(process: psutil.Process) -> str:
    words = [Path(word).name for word in process.cmdline()]
    if words and words[0].startswith("postgres"):
        return "postgres"
    if "granian" in words or any("multiprocessing" in word for word in words):
        return "web"
    return "worker" if "worker" in words else "others"
