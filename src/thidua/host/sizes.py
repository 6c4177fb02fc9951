"""How much of this machine the product uses: processes, threads and jobs at once, by setting or from the cores.

What each means is said in ``variables.py``.
"""

from __future__ import annotations

import os

from thidua.host.variables import value

# Requests of one web process that stand in line or receive their body (config.shares, config.bodies), some to spare.
WAITING = 160
PROBES, UPLOADS = 2, 2


def cores() -> int:
    """Those that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def web_workers() -> int:
    """Python computes on one core at a time in each process, so one for each core."""
    return value("THIDUA_WEB_WORKERS") or min(max(cores(), 2), 8)


def staff_threads() -> int:
    """Few: more would only share the same core."""
    return value("THIDUA_WEB_THREADS")


def public_threads() -> int:
    return value("THIDUA_WEB_PUBLIC_THREADS")


def program_threads() -> int:
    return value("THIDUA_WEB_PROGRAM_THREADS")


def threads() -> int:
    """Of one web process. Most of them hold a request that waits its turn; they come when needed and go when idle."""
    return connections() + WAITING


def connections() -> int:
    """To the database, of one web process: one for each request that runs."""
    return staff_threads() + public_threads() + program_threads() + PROBES + UPLOADS


def jobs_at_once() -> int:
    return value("THIDUA_WORKER_JOBS") or min(max(cores(), 2), 8)
