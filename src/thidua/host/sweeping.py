"""The one way to remove what nobody names any more: by a pattern of our own names, in a home of ours.

What has another name was put there by somebody else and stays; links are neither followed nor removed.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Collection
from pathlib import Path

from thidua.host.home import ANCHORS, DRAFT, is_home

logger = logging.getLogger(__name__)
ABANDONED_AFTER = 24 * 3600  # seconds; nothing is written for so long
IsOld = Callable[[os.stat_result], bool]


def sweep(home: Path, name: str, pattern: re.Pattern[str], *, is_old: IsOld, named: Collection[str] = ()) -> int:
    """Remove the files and folders of ``<home>/<name>`` whose whole name is of the pattern, that are old and that a row
    of the database does not name; gives how many. Nothing in a home without its marker, or in a folder that leads out
    of it."""
    folder = home / name
    if not is_home(home) or not _is_within(folder, home):
        return 0
    removed = 0
    with os.scandir(folder) as found_there:
        entries = list(found_there)
    for entry in entries:
        try:
            found = entry.stat(follow_symlinks=False)
            is_ours = pattern.fullmatch(entry.name) and entry.name not in named
            if is_ours and is_old(found) and not entry.is_symlink():
                _remove(Path(entry.path), found)
                removed += 1
        except FileNotFoundError:
            pass  # somebody else was first
        except OSError as error:
            logger.warning("Could not be swept: %s", error)
    return removed


def sweep_drafts(home: Path) -> int:
    """Copies of keys and time stamps that a killed process had not put in place."""
    oldest = time.time() - ABANDONED_AFTER
    return sum(sweep(home, name, DRAFT, is_old=lambda found: found.st_mtime < oldest) for name in (".", ANCHORS))


def _is_within(folder: Path, home: Path) -> bool:
    return folder.is_dir() and folder.resolve().is_relative_to(home.resolve())


def _remove(path: Path, found: os.stat_result) -> None:
    shutil.rmtree(path) if stat.S_ISDIR(found.st_mode) else path.unlink()
