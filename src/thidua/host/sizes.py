"""How much of this machine the product uses: processes, threads and jobs at once, by setting or from the cores.

What each setting means is said in ``variables.py``; the lines are the table of docs/operating.md.
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from enum import StrEnum

from thidua.host.variables import value

# What a request of a web process carries along in its environ: whose it is, and the status it is refused with.
KIND, REFUSED = "thidua.kind", "thidua.refused"
# Bodies that one process receives at once; of these from who is not known, from one address of strangers, and from one
# address of people who are known, so that no crowd with slow lines keeps the forms of people out (config.bodies).
RECEIVING, OF_STRANGERS, OF_ONE_STRANGER, OF_ONE_KNOWN = 96, 48, 12, 32
IN_MEMORY = 1 << 20  # bytes of a body that is not put into a file: all that is received of who is not known
SPARE = 8  # for refusals
MOST_LINES_IN = 4000


class Kind(StrEnum):
    """Whose a request is."""

    STAFF = "staff"
    PUBLIC = "public"
    PROGRAMS = "programs"
    FILES = "files"
    UPLOADS = "uploads"
    PROBES = "probes"
    ALIVE = "alive"  # asks nothing but whether the process answers: it stands in no line


@dataclass(frozen=True)
class Line:
    """``at_once`` run in one process, ``waiting`` stand in line for ``patience`` seconds at most.

    ``of_one`` is how many of both may be of one sender, where that is bounded."""

    at_once: int
    waiting: int
    patience: float
    of_one: int | None = None


def lines() -> dict[Kind, Line]:
    """Few run at once: more would only share the same core."""
    return {
        Kind.STAFF: Line(value("THIDUA_WEB_THREADS"), waiting=64, patience=20),
        Kind.PUBLIC: Line(value("THIDUA_WEB_PUBLIC_THREADS"), waiting=12, patience=3),
        Kind.PROGRAMS: Line(value("THIDUA_WEB_PROGRAM_THREADS"), waiting=12, patience=5, of_one=2),
        Kind.FILES: Line(2, waiting=32, patience=10),
        Kind.UPLOADS: Line(2, waiting=4, patience=20),
        Kind.PROBES: Line(2, waiting=8, patience=5),
    }


def cores() -> int:
    """Those that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def web_workers() -> int:
    """Python computes on one core at a time in each process, so one for each core."""
    return value("THIDUA_WEB_WORKERS") or min(max(cores(), 2), 8)


def threads() -> int:
    """Of one web process: a request that runs, waits, is received or refused has one. They come when needed."""
    return sum(line.at_once + line.waiting for line in lines().values()) + RECEIVING + SPARE


def lines_in() -> int:
    """Connections from outside that one web process holds, most of them at rest; a file each is left for its own."""
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(threads(), min(MOST_LINES_IN, files // 2))


def connections() -> int:
    """To the database, of one web process: one for each request that runs and may ask it."""
    return sum(line.at_once for kind, line in lines().items() if kind is not Kind.FILES)


def jobs_at_once() -> int:
    return value("THIDUA_WORKER_JOBS") or min(max(cores(), 2), 8)
