"""A fault that meets every request is one line in the log, and one a minute while it lasts, not seventy a request."""

from __future__ import annotations

import logging
import threading
import time

EVERY_SECONDS = 60.0
_told: dict[str, tuple[float, int]] = {}  # fault → (when it was last told, how often it was met since)
_lock = threading.Lock()


def tell(logger: logging.Logger, fault: str, why: object) -> None:
    """Log the fault with its reason unless it was told within the last minute; then with how often it was met since."""
    now = time.monotonic()
    with _lock:
        last, met = _told.get(fault, (-EVERY_SECONDS, 0))
        is_due = now - last >= EVERY_SECONDS
        _told[fault] = (now, 0) if is_due else (last, met + 1)
    if is_due:
        first_line = (str(why).strip().splitlines() or [""])[0]
        more = f" (met {met} times more since it was told {now - last:.0f} s ago)" if met else ""
        logger.error("%s: %s%s", fault, first_line, more)
