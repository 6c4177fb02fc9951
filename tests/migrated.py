"""A migrated database, made once in a run while the workers of xdist are still collecting; each works in a copy of it.

A process that runs tests alone migrates its own, as Django does.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from thidua.host import postgres

NAME = "thidua_migrated"
LOCK = "migrated.lock"


def begin(home: Path) -> subprocess.Popen:
    """The process that migrates; it holds the lock to its end. What it leaves undone each worker does in its copy."""
    with psycopg.connect(postgres.url(home, "owner"), autocommit=True) as owner:
        owner.execute(f"create database {NAME}")
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    environment = {**os.environ, "DATABASE_URL": postgres.url(home, "owner", NAME)}
    with (home / LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.Popen(command, env=environment, pass_fds=[lock.fileno()])


def wait(home: Path) -> None:
    """Until it may be copied: nobody is connected to it any more."""
    with (home / LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
