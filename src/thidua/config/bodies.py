"""The body of a request is received whole before anything runs: a slow line holds a place in front, never one inside.

What is small stays in memory; what is large goes to a file without a name in the folder of uploads, so that nothing is
left of it when the process ends.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from thidua.host.sizes import IN_MEMORY, OF_ONE_KNOWN, OF_ONE_STRANGER, OF_STRANGERS, RECEIVING
from thidua.ui.clients import length_of

PIECE = 1 << 16


class TooMany(Exception):
    """So many bodies are being received that this one is not begun."""


class NotKnown(Exception):
    """The body is larger than what is taken from somebody who is not known here."""


class NotAsked(Exception):
    """Whether the sender of a large body is known here could not be found out."""


class Broken(Exception):
    """The body ended before the length that it was announced with."""


class NoRoom(Exception):
    """The folder of uploads is full or cannot be written."""


class Door:
    """Counts the bodies that are being received."""

    def __init__(
        self,
        at_once: int = RECEIVING,
        of_strangers: int = OF_STRANGERS,
        of_one_stranger: int = OF_ONE_STRANGER,
        of_one_known: int = OF_ONE_KNOWN,
    ):
        self._of_all = {True: at_once, False: of_strangers}
        self._of_one = {True: of_one_known, False: of_one_stranger}
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def is_crowded(self, address: str) -> bool:
        """Whether the places that are left are for those who are known."""
        return not self._has_place(address, is_known=False)

    def _has_place(self, address: str, *, is_known: bool) -> bool:
        return self._held.total() < self._of_all[is_known] and self._held[address] < self._of_one[is_known]

    @contextlib.contextmanager
    def passing(self, address: str, *, is_known: bool) -> Iterator[None]:
        """Raises TooMany."""
        with self._lock:
            if not self._has_place(address, is_known=is_known):
                raise TooMany
            self._held[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[address] -= 1
                if not self._held[address]:
                    del self._held[address]


door = Door()


@contextlib.contextmanager
def received(environ: dict[str, Any], address: str, *, is_known: bool) -> Iterator[None]:
    """Within, ``wsgi.input`` is at hand. A body of more than anybody may send, or who is known, or of no stated length,
    is left unread for who looks first whether it may be sent. Raises TooMany, Broken, NoRoom."""
    length, largest = length_of(environ), settings.LARGEST_BODY if is_known else IN_MEMORY
    if not 0 < length <= largest:
        yield
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR) as body:
        with door.passing(address, is_known=is_known):
            _copy(environ["wsgi.input"], body, length)
        environ["wsgi.input"] = body
        yield


def _copy(source: Any, target: Any, length: int) -> None:
    left = length
    while left:
        piece = source.read(min(left, PIECE))
        if not piece:
            raise Broken
        with _room():
            target.write(piece)
        left -= len(piece)
    with _room():  # what was held back is written now
        target.seek(0)


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise NoRoom from fault
