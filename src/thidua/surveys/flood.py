"""A turnstile for people without accounts: so many answers in a while from one network address, and no address is kept.

An address is counted under a hash whose key is made when the process starts and forgotten when it ends; counts are
forgotten with their time. Schools share one address, so the number is generous: it stops a flood, not a queue.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter

SECONDS = 600


class Turnstile:
    def __init__(self, limit: int, seconds: float = SECONDS, clock=time.monotonic):
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._lock = threading.Lock()
        self._key, self._until, self._counts = b"", 0.0, Counter[bytes]()

    def admits(self, address: str) -> bool:
        """Count one more from the address; False when there were too many in this while."""
        with self._lock:
            now = self._clock()
            if now >= self._until:
                self._key, self._until = secrets.token_bytes(16), now + self._seconds
                self._counts.clear()
            name = hashlib.blake2b(address.encode(), key=self._key, digest_size=8).digest()
            self._counts[name] += 1
            return self._counts[name] <= self._limit
