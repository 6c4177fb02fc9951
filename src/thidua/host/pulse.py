"""Whether the processes of the web server still answer: each beats, and the supervisor replaces one that does not.

A port that is open says nothing: it is shared, and a process whose interpreter is held by one endless computation still
accepts. So each process touches a file of its own every second, by a thread that needs the interpreter like any
request, and only while its requests go on. Who supervises sees the file stand still and kills that process; the server
starts another. Nobody reads a clock that may jump: what counts is how long the supervisor has seen no change.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

FOLDER = "run"
NAME = re.compile(r"web-([0-9]{1,10})\.beat")
REPLACED = "replaced"
A_DAY = 86_400
# What web processes count for /metrics; begun anew with each start of the server.
COUNTERS = f"{FOLDER}/metrics"
COUNTER = re.compile(r"(counter|histogram|gauge_[a-z]+)_[0-9]{1,10}\.db")
EVERY_SECONDS = 1.0
SLEPT_SECONDS = 5.0
FRESH_SECONDS = 10.0  # a beat is alive for so long
# All places taken by requests that have run so long: they wait for each other, or for something that never comes.
STUCK_SECONDS = 180.0


class Pulse:
    """Of one web process: counts the requests that run, and beats while they go on."""

    def __init__(self) -> None:
        self._begun: dict[int, float] = {}
        self._numbers = iter(range(1 << 62))
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        with self._lock:
            number = next(self._numbers)
            self._begun[number] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._begun[number]

    def is_stuck(self, places: int, now: float) -> bool:
        """Whether as many requests as run at once have all run for too long."""
        with self._lock:
            return sum(now - begun > STUCK_SECONDS for begun in self._begun.values()) >= places

    def begin(self, folder: Path, places: int) -> threading.Thread:
        """Beat from now on, for the life of this process; ``places`` is how many requests run at once."""
        file = folder / f"web-{os.getpid()}.beat"
        thread = threading.Thread(target=self._beat, args=(file, places), name="pulse", daemon=True)
        thread.start()
        return thread

    def _beat(self, file: Path, places: int) -> None:
        while True:
            if not self.is_stuck(places, time.monotonic()):
                with contextlib.suppress(OSError):  # on a full disk the last beat may fail; the next comes
                    file.touch(mode=0o600)
            time.sleep(EVERY_SECONDS)


pulse = Pulse()


class Watch:
    """The supervisor's side: which processes of one group stand still, and the end of them."""

    def __init__(self, folder: Path, patience: float):
        self._folder, self._patience = folder, patience
        self._seen: dict[int, tuple[int, float]] = {}  # process → (its last beat, when that was first seen)
        self._looked_at = 0.0

    def replace_frozen(self, group: int, now: float) -> list[int]:
        """Kill the processes of the group that have not beaten for longer than the patience; gives their numbers."""
        if now - self._looked_at > max(SLEPT_SECONDS, self._patience / 2):
            self._seen.clear()  # it was this process that slept
        self._looked_at = now
        frozen = [process for process, beat in self._beats(group).items() if self._stands_still(process, beat, now)]
        for process in frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            self._forget(process)
            _note(self._folder)
        return frozen

    def _beats(self, group: int) -> dict[int, int]:
        """Of the living processes of the group; the files of dead ones go."""
        found = {}
        for process, beat in _beats(self._folder):
            of = _group_of(process)
            if of is None:
                self._forget(process)
            elif of == group:
                found[process] = beat
        return found

    def _stands_still(self, process: int, beat: int, now: float) -> bool:
        last, since = self._seen.setdefault(process, (beat, now))
        if last != beat:
            self._seen[process] = (beat, now)
            return False
        return now - since > self._patience

    def _forget(self, process: int) -> None:
        self._seen.pop(process, None)
        (self._folder / f"web-{process}.beat").unlink(missing_ok=True)


def alive(folder: Path) -> int:
    """How many web processes have beaten lately."""
    fresh = time.time_ns() - int(FRESH_SECONDS * 1e9)
    return sum(beat > fresh for _process, beat in _beats(folder))


def _beats(folder: Path) -> Iterator[tuple[int, int]]:
    """Process and its last beat (nanoseconds of the epoch), of the dead too whose file is still there."""
    for file in folder.iterdir():
        if named := NAME.fullmatch(file.name):
            with contextlib.suppress(FileNotFoundError):
                yield int(named[1]), file.stat().st_mtime_ns


def _group_of(process: int) -> int | None:
    """None for a process that lives no more."""
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return None
    except PermissionError:
        return 0


def _note(folder: Path) -> None:
    """A line for each process that was replaced within a day; only the supervisor writes here."""
    now = int(time.time())
    moments = [*_noted(folder, now - A_DAY), now]
    with contextlib.suppress(OSError):
        (folder / REPLACED).write_text("".join(f"{at}\n" for at in moments), encoding="ascii")


def replaced(folder: Path, *, since: float) -> int:
    """How many web processes were replaced since that moment (seconds of the epoch), within a day."""
    return len(_noted(folder, since))


def _noted(folder: Path, since: float) -> list[int]:
    try:
        lines = (folder / REPLACED).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
    return [int(line) for line in lines if line.isdigit() and int(line) >= since]
