"""What rooms declare for a start: what a worker does beside its first jobs, and what ``init`` says of an upgrade."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

logger = logging.getLogger("thidua.ui")
_steps: list[Callable[[], None]] = []
_changes: list[Callable[[], Iterable[object]]] = []


def say_at_init(changes: Callable[[], Iterable[object]]) -> None:
    """Sentences that ``thidua init`` says at its end: what an upgrade of the product leaves for a person to decide."""
    _changes.append(changes)


def changes() -> list[object]:
    return [sentence for each in _changes for sentence in each()]


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
