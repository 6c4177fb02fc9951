"""Work on what came from outside, done by a process of its own within limits of time and memory.

What a file makes its reader do ends that process alone: its kernel counts the seconds, so that no pattern, parser or
library can hold on to them, and whoever asked gets ``Ended``. A nursery loads the libraries once and forks for each
piece of work, which takes milliseconds; it starts when it is first asked and goes when nobody asks any more.

The work is a function of a module, named ``package.module:function``. What it is given is pickled; what it gives back
are values (``host.answers``), for by then the file may have got hold of its process, which knows no setting and, where
it is sealed, opens nothing any more. It must reach no database: a connection cannot be shared by two processes.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import importlib
import math
import os
import pickle
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from thidua.core.refusals import Away, Unfit
from thidua.core.words import Sentence
from thidua.host import answers

MEGABYTE = 1024 * 1024
IDLE_SECONDS = 600
# Whoever asks waits so much longer than the kernel does: for the start of the nursery, and for the answer's way.
GRACE_SECONDS = 30
ASKED = struct.Struct("!Q")
HEAD = struct.Struct("!cQQ")
DONE, FAILED, SAID = b"d", b"f", b"s"
# What Python and the loader of libraries must know of where things lie; no other setting reaches whoever reads.
SURROUNDINGS = ("PYTHON", "LD_LIBRARY_PATH", "DYLD_", "LANG", "LC_", "TZ")


@dataclass(frozen=True)
class Limits:
    """``seconds`` by the clock; ``memory`` and ``written`` (of one file) in bytes; ``patience``: seconds to wait for a
    turn. What ``is_sealed`` opens no file and no connection: all that it needs was loaded before."""

    seconds: float
    memory: int
    written: int = 2048 * MEGABYTE
    patience: float = 10
    is_sealed: bool = False


class Ended(Exception):
    """The process came to its end before its work: by a limit, or by a fault of a library."""


class Busy(Exception):
    """As many pieces of work as may be at once are under way."""


class Nursery:
    """Starts processes that have loaded these modules, so many ``at_once`` for each process that asks; ``prepare``
    (module:function) is run once before. One that sets up Django so is given the settings that it reads."""

    def __init__(self, *modules: str, prepare: str = "", at_once: int = 2) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self.command = [sys.executable, "-P", "-m", "thidua.host.bounded", prepare, *modules]
        self._knows_settings = prepare == "django:setup"
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen | None = None
        atexit.register(self.close)

    def run(self, work: str, *given: object, limits: Limits, tell: Callable[[Any], None] = lambda said: None) -> Any:
        """What the work gives; ``tell`` gets what it says on the way. Raises Ended, Busy, and what the work raises."""
        if not self._turns.acquire(timeout=limits.patience):
            raise Busy
        try:
            return self._run(work, given, limits, tell)
        finally:
            self._turns.release()

    def _run(self, work: str, given: tuple[object, ...], limits: Limits, tell: Callable[[Any], None]) -> Any:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            until = time.monotonic() + limits.seconds + GRACE_SECONDS
            ours.settimeout(limits.seconds + GRACE_SECONDS)
            try:
                _ask(ours, (work, limits, given))
                while (answer := _receive(ours, until, limits.memory))[0] == SAID:
                    tell(answer[1])
            except (OSError, EOFError, ValueError) as error:
                raise Ended from error
        if answer[0] == FAILED and isinstance(answer[1], Exception):
            raise answer[1]
        return answer[1]

    def close(self) -> None:
        with self._lock:
            self._end()

    def _hand_over(self, theirs: socket.socket) -> None:
        with self._lock:
            for _attempt in range(2):  # one that was idle may be gone by now
                try:
                    socket.send_fds(self._opened(), [b"+"], [theirs.fileno()])
                except OSError:
                    self._end()
                else:
                    return
        raise Ended

    def _opened(self) -> socket.socket:
        if self._door is None:
            self._door, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 — our own module
                    self.command, stdin=theirs, stdout=subprocess.DEVNULL, start_new_session=True, env=self._settings()
                )
        return self._door

    def _settings(self) -> dict[str, str]:
        everything = os.environ.items()
        return {name: value for name, value in everything if self._knows_settings or name.startswith(SURROUNDINGS)}

    def _end(self) -> None:
        door, process, self._door, self._process = self._door, self._process, None, None
        if door is not None:
            door.close()
        if process is not None:
            process.kill()
            process.wait()


# For what needs neither Django nor an engine: lists, pictures, Office files. One file of a person needs far less.
readers = Nursery(at_once=3)
READER = Limits(seconds=20, memory=1024 * MEGABYTE)


def read(
    work: str, *given: object, busy: Sentence, ended: Sentence, by: Nursery = readers, limits: Limits = READER
) -> Any:
    """What the work makes of one file of a person. Raises Away with ``busy`` while others are read, Unfit with
    ``ended`` for a file that takes more than it should, and what the work raises."""
    try:
        return by.run(work, *given, limits=limits)
    except Busy:
        raise Away(busy) from None
    except Ended:
        raise Unfit(ended) from None


def _ask(link: socket.socket, what: object) -> None:
    data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    link.sendall(ASKED.pack(len(data)) + data)


def _asked(link: socket.socket) -> Any:
    """What was asked for; it comes from our own process, which nothing got hold of."""
    (size,) = ASKED.unpack(_read(link, ASKED.size))
    return pickle.loads(_read(link, size))  # noqa: S301


def _send(link: socket.socket, kind: bytes, what: object) -> None:
    text, beside = answers.written(what)
    link.sendall(HEAD.pack(kind, len(text), len(beside)) + text)
    link.sendall(beside)


def _receive(link: socket.socket, until: float, most: int) -> tuple[bytes, Any]:
    """An answer of ``most`` so many bytes. Raises EOFError where the other side is gone, ValueError where it says what
    is none."""
    kind, text, beside = HEAD.unpack(_read(link, HEAD.size, until))
    if text + beside > most:
        raise ValueError("too long an answer")
    return kind, answers.read(_read(link, text, until), _read(link, beside, until))


def _read(link: socket.socket, size: int, until: float | None = None) -> bytes:
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        if until is not None:
            link.settimeout(max(until - time.monotonic(), 0.001))
        got = link.recv_into(view[at:])
        if not got:
            raise EOFError
        at += got
    return bytes(data)


def main(prepare: str, *modules: str) -> None:
    """The nursery: a child for each link that is handed over, until the one who asks is gone or asks no more."""
    door = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # or each child would keep the door open
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are nobody's to wait for
    if prepare:
        _named(prepare)()
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    door.settimeout(IDLE_SECONDS)
    with contextlib.suppress(TimeoutError):
        while True:
            said, links, _flags, _address = socket.recv_fds(door, 1, 1)
            if not said:
                return
            if os.fork() == 0:
                door.close()
                _work(socket.socket(fileno=links[0]))
            os.close(links[0])


def _work(link: socket.socket) -> None:
    """One piece of work, then the end of the process."""
    try:
        link.settimeout(None)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        work, limits, given = _asked(link)
        function = _named(work)
        _bind(limits)
        try:
            answer = DONE, function(*given, tell=lambda said: _send(link, SAID, said))
        except Exception as error:  # noqa: BLE001 — whoever asked judges it
            if _is_without_room(error):
                os._exit(1)
            answer = FAILED, error
        _send(link, *answer)
    finally:
        os._exit(0)


def _is_without_room(error: Exception) -> bool:
    """A library that finds no memory cannot be loaded either."""
    return isinstance(error, MemoryError | ImportError) or getattr(error, "errno", None) == errno.ENOMEM


def _bind(limits: Limits) -> None:
    """Nobody listens to the alarm, so it ends the process, whatever it is in the middle of; what puts the alarm off
    ends by the seconds that its processors worked."""
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    worked = math.ceil(limits.seconds * (os.cpu_count() or 1)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (worked, worked))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written, limits.written))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error at writing instead
    if sys.platform == "linux":  # elsewhere addresses are no measure of memory
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    if limits.is_sealed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # what is open stays so, and nothing more can be


def _named(work: str) -> Callable[..., Any]:
    module, _colon, name = work.partition(":")
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    main(*sys.argv[1:])
