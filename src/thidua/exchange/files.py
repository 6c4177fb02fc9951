"""Workbooks that wait to be fetched: in a folder of the home that only this account enters, for a day."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import uuid
from pathlib import Path
from typing import IO

from django.conf import settings

from thidua.host import home, sweeping

KEPT_FOR = dt.timedelta(hours=24)
FOLDER = "exports"
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAME = re.compile(rf"{UUID}\.(?:xlsx|draft)|{home.DRAFT_OF.format(UUID + '.xlsx')}")


def path_of(token: uuid.UUID) -> Path:
    return _folder() / f"{token}.xlsx"


def keep(token: uuid.UUID, made: IO[bytes]) -> int:
    """The whole file or none; its size in bytes."""
    with home.whole(path_of(token)) as file:
        shutil.copyfileobj(made, file)
        return file.tell()


def sweep(*, at: dt.datetime) -> int:
    """Files older than they may be; how many."""
    oldest = (at - KEPT_FOR).timestamp()
    return sweeping.sweep(settings.HOME, FOLDER, NAME, is_old=lambda found: found.st_mtime < oldest)


def _folder() -> Path:
    return home.private(settings.HOME / FOLDER)
