"""A worker as a process of its own, which can be killed at a step, and a way to its database that can be cut.

As a program: ``python working.py STEP HOW`` is ``thidua worker``, killed at STEP of its first job: "before" the work,
in the "middle" (at the third statement), "after" its write, or at the "marking". "wait": the work waits until its home
holds a file called "go".
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ONCE, FOR_EVER = "once", "for-ever"


def main(step: str, how: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "thidua.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    _arm(step)
    call_command("worker", *(["--once"] if how == ONCE else []))


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(step: str) -> None:
    from django.conf import settings
    from django.db import connection
    from procrastinate.manager import JobManager

    from thidua.ledger import attempts, worker

    attempt = attempts.attempt
    attempts.DISTANCES = (attempts.dt.timedelta(0), *attempts.DISTANCES[1:])
    # It waits as in the product, only not as long.
    worker.LOOK_SECONDS, worker.POOL_SECONDS, worker.PAUSES = 0.3, 2, (0.2, 0.5)

    def armed(kind, *args, **kwargs):
        if kind.cron:  # what comes again is not what is looked at
            return
        if step == "before":
            kill()
        if step == "wait":
            while not (settings.HOME / "go").exists():
                time.sleep(0.02)
        with _broken_off(connection) if step == "middle" else contextlib.nullcontext():
            attempt(kind, *args, **kwargs)
        if step == "after":
            kill()

    async def marking(*args, **kwargs):
        kill()

    attempts.attempt = armed
    if step == "marking":
        JobManager.finish_job = marking


def _broken_off(connection):
    left = [3]

    def count(execute, sql, params, many, context):
        left[0] -= 1
        if not left[0]:
            kill()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(count)


def log_of(home: Path) -> Path:
    return home.with_name(f"{home.name}.log")


@contextlib.contextmanager
def worker(home: Path, database: str, step: str, how: str = ONCE) -> Iterator[subprocess.Popen]:
    """The process until the block ends; what it says is in ``log_of(home)``, since a home holds nothing else."""
    from django.conf import settings

    from thidua.host.home import make as mark_home

    mark_home(home)
    known = {key: value for key, value in os.environ.items() if not key.startswith(("THIDUA_", "DATABASE_"))}
    ours = {"THIDUA_HOME": str(home), "THIDUA_HTTP": "1", "THIDUA_SECRET_KEY": settings.SECRET_KEY}
    with log_of(home).open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, __file__, step, how],
            env={**known, "PYTHONPATH": str(settings.ROOT.parent), **ours, "DATABASE_URL": database},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Way:
    """From a port of this machine to the socket of the database; ``cut`` closes it and all that goes through."""

    def __init__(self, target: str):
        self.target, self.open, self.links = target, True, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                if not self.open:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.target)
                self.links += [near, far]
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _events in ready.select():
                    content = key.fileobj.recv(65536)
                    if not content:
                        raise OSError
                    key.data.sendall(content)
        for link in (near, far):
            link.close()

    def cut(self) -> None:
        self.open = False
        for link in self.links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        self.links = []

    def mend(self) -> None:
        self.open = True

    def close(self) -> None:
        self.cut()
        self.listener.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
