"""Reading a file that somebody named: its kind and size are asked for before anything of it is read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def opened(file: Path) -> BinaryIO:
    """The file, to be read. Raises OSError, also for a device or a pipe, which may have no end."""
    found = open(file, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(found.fileno()).st_mode):
        found.close()
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(file))
    return found


def content_of(file: Path, limit: int) -> bytes:
    """Its bytes. Raises OSError, as ``opened`` does, and for more than ``limit``."""
    with opened(file) as found:
        content = found.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
    return content


def _without_waiting(path: str, flags: int) -> int:
    """A pipe that nobody writes to would hold whoever opens it."""
    return os.open(path, flags | os.O_NONBLOCK)
