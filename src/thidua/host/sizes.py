"""How much of this machine the product uses: processes, threads and jobs at once, by setting or from the cores."""

from __future__ import annotations

import os

from thidua.host.process import HostError

# Requests of one web process that stand in line or receive their body (config.shares, config.bodies), some to spare.
WAITING = 160


def cores() -> int:
    """Those that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def web_workers() -> int:
    """Processes of the web server. Python computes on one core at a time in each, so one for each core."""
    return _number("THIDUA_WEB_WORKERS", min(max(cores(), 2), 8))


def staff_threads() -> int:
    """In each web process: requests of people who work here that run at once. More would only share the same core."""
    return _number("THIDUA_WEB_THREADS", 3)


def public_threads() -> int:
    """In each web process: requests of pages that need no account."""
    return _number("THIDUA_WEB_PUBLIC_THREADS", 1)


def program_threads() -> int:
    """In each web process: calls of the API."""
    return _number("THIDUA_WEB_PROGRAM_THREADS", 1)


def threads() -> int:
    """Of one web process. Most of them hold a request that waits its turn; they come when needed and go when idle."""
    return staff_threads() + public_threads() + program_threads() + WAITING


def connections() -> int:
    """To the database, of one web process: one for each request that runs."""
    return staff_threads() + public_threads() + program_threads() + 2  # two probes


def jobs_at_once() -> int:
    """Of one ``thidua worker``."""
    return _number("THIDUA_WORKER_JOBS", min(max(cores(), 2), 8))


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text[:4]) <= 256):
        raise HostError(f"{name} must be a number from 1 to 256, not “{text}”.")
    return int(text)
