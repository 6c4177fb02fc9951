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

KEPT_FOR = dt.timedelta(hours=24)
NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.xlsx")


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


def remove(token: uuid.UUID) -> None:
    path_of(token).unlink(missing_ok=True)
    path_of(token).with_suffix(".draft").unlink(missing_ok=True)


def remove_unnamed(named: set[str], *, at: dt.datetime) -> None:
    """Files of ours that no row names and that are old enough for the row to have come."""
    for path in _folder().iterdir():
        is_ours = NAME.fullmatch(path.with_suffix(".xlsx").name) and path.suffix in {".xlsx", ".draft"}
        is_old = path.lstat().st_mtime < (at - KEPT_FOR).timestamp()
        if is_ours and is_old and path.stem not in named:
            path.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _folder() -> Path:
    folder = settings.HOME / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
