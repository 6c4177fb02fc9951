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

from thidua.host.sizes import IN_MEMORY, OF_ONE_ADDRESS, OF_STRANGERS, RECEIVING
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


class Door:
    """Counts the bodies that are being received."""

    def __init__(self, at_once: int = RECEIVING, of_one_address: int = OF_ONE_ADDRESS, of_all: int = OF_STRANGERS):
        self._at_once, self._of_one_address, self._of_all = at_once, of_one_address, of_all
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def is_crowded(self) -> bool:
        """Whether the places that are left are for those who are known."""
        return self._held.total() >= self._of_all

    @contextlib.contextmanager
    def passing(self, address: str, *, is_known: bool) -> Iterator[None]:
        """Raises TooMany."""
        most = self._at_once if is_known else self._of_all
        with self._lock:
            if self._held.total() >= most or self._held[address] >= self._of_one_address:
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
    is left unread for who looks first whether it may be sent. Raises TooMany, Broken."""
    length, largest = length_of(environ), settings.LARGEST_BODY if is_known else IN_MEMORY
    if not 0 < length <= largest:
        yield
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR) as body:
        with door.passing(address, is_known=is_known):
            _copy(environ["wsgi.input"], body, length)
        body.seek(0)
        environ["wsgi.input"] = body
        yield


def _copy(source: Any, target: Any, length: int) -> None:
    left = length
    while left:
        piece = source.read(min(left, PIECE))
        if not piece:
            raise Broken
        target.write(piece)
        left -= len(piece)
