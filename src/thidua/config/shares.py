"""Who may use the threads of a web process at once: staff, the public, programs and probes have a share each.

A request without a free thread of its share stands in a short line; when the line is full, or nothing came free within
its patience, it is answered 503 with ``Retry-After`` at once. So a survey that a whole city answers, or a program that
sends without end, never takes a thread from the people who work, and whoever asks how the product is gets an answer.

A body is received before its turn begins (``config.bodies``): a slow line takes no turn.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from thidua.config.bodies import Broken, NoRoom, NotAsked, NotKnown, TooMany
from thidua.host import faults
from thidua.host.sizes import KIND, REFUSED, Kind, Line

Environ = dict[str, Any]
logger = logging.getLogger("thidua.web")
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Full(Exception):
    """No thread of the share came free in time."""


class Share:
    """First come, first served."""

    def __init__(self, line: Line):
        self.line = line
        self._running = 0
        self._queue: deque[threading.Event] = deque()
        self._of_one: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def turn(self, sender: str = "") -> Iterator[None]:
        """Raises Full."""
        with self._counted(sender):
            self._begin()
            try:
                yield
            finally:
                self._end()

    @contextlib.contextmanager
    def _counted(self, sender: str) -> Iterator[None]:
        """No one sender takes the whole line where the line says how much of it is one's."""
        with self._lock:
            if self.line.of_one is not None and self._of_one[sender] >= self.line.of_one:
                raise Full
            self._of_one[sender] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of_one[sender] -= 1
                if not self._of_one[sender]:
                    del self._of_one[sender]

    def _begin(self) -> None:
        with self._lock:
            if self._running < self.line.at_once:
                self._running += 1
                return
            if len(self._queue) >= self.line.waiting:
                raise Full
            called = threading.Event()
            self._queue.append(called)
        if called.wait(self.line.patience):
            return  # whoever ended has handed its place over
        with self._lock:
            if called in self._queue:
                self._queue.remove(called)
                raise Full

    def _end(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._running -= 1


class Shares:
    """The application with its threads divided.

    ``kind_of`` says whose request it is; ``after`` runs in the thread of the request when the answer is made. A kind
    without a line is answered at once, and so is what finds no place, with the status that it is to get (``REFUSED``).
    """

    def __init__(
        self,
        application: Application,
        *,
        lines: Mapping[Kind, Line],
        kind_of: Callable[[Environ], Kind],
        sender_of: Callable[[Environ], str],
        receive: Callable[[Environ], AbstractContextManager[None]],
        after: Callable[[], None],
    ):
        self._application, self._kind_of, self._sender_of = application, kind_of, sender_of
        self._receive, self._after = receive, after
        self._shares = {kind: Share(line) for kind, line in lines.items()}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        kind = environ[KIND] = self._kind_of(environ)
        if kind not in self._shares:
            return self._application(environ, start_response)
        share = self._shares[kind]
        try:
            sender, body = self._looked_at(environ, share)
            with body, share.turn(sender):
                try:
                    return self._application(environ, start_response)
                finally:
                    self._after()
        except Broken:
            environ[REFUSED] = 400
        except NotKnown:
            environ[REFUSED] = 413
        except (Full, TooMany, NotAsked, NoRoom) as full:
            faults.tell(logger, f"Requests of {kind} find no place", type(full).__doc__)
            environ[REFUSED] = 503
        return self._application(environ, start_response)

    def _looked_at(self, environ: Environ, share: Share) -> tuple[str, AbstractContextManager[None]]:
        """The sender, where it matters, and the body to be received; while it comes, nothing is held that was borrowed
        to find out whose it is."""
        try:
            sender = self._sender_of(environ) if share.line.of_one is not None else ""
            return sender, self._receive(environ)
        finally:
            self._after()
