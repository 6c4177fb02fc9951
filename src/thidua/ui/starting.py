"""What a worker does when it starts, declared by the rooms: what is slow the first time shall not wait for a person."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("thidua.ui")
_steps: list[Callable[[], None]] = []


def at_start_of_worker(step: Callable[[], None]) -> None:
    _steps.append(step)


def begin() -> threading.Thread:
    """Beside the first jobs, which need not wait."""
    thread = threading.Thread(target=_take, daemon=True)
    thread.start()
    return thread


def _take() -> None:
    for step in _steps:
        try:
            step()
        except Exception:  # the work itself will meet it again, and then it is told
            logger.exception("%s failed at the start of the worker", step.__qualname__)
