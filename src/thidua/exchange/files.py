"""Workbooks that wait to be fetched: in a folder of the home that only this account enters, for a day."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import uuid
from pathlib import Path
from typing import IO

from django.conf import settings

from thidua.host import sweeping

KEPT_FOR = dt.timedelta(hours=24)
FOLDER = "exports"
NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:xlsx|draft)")


def path_of(token: uuid.UUID) -> Path:
    return _folder() / f"{token}.xlsx"


def keep(token: uuid.UUID, made: IO[bytes]) -> int:
    """The whole file or none; its size in bytes."""
    target = path_of(token)
    draft = target.with_suffix(".draft")
    with open(draft, "wb", opener=_private) as file:
        shutil.copyfileobj(made, file)
        size = file.tell()
    draft.replace(target)
    return size


def sweep(*, at: dt.datetime) -> int:
    """Files older than they may be; how many."""
    oldest = (at - KEPT_FOR).timestamp()
    return sweeping.sweep(settings.HOME, FOLDER, NAME, is_old=lambda found: found.st_mtime < oldest)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _folder() -> Path:
    folder = settings.HOME / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
