"""Reading a file that somebody named: its kind and size are asked for before anything of it is read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def content_of(file: Path, limit: int) -> bytes:
    """Its bytes. Raises OSError, also for a device or a pipe, which may have no end, and for more than ``limit``."""
    with open(file, "rb", opener=_without_waiting) as opened:
        is_file = stat.S_ISREG(os.fstat(opened.fileno()).st_mode)
        content = opened.read(limit + 1) if is_file else b""
    if not is_file or len(content) > limit:
        reason = errno.EFBIG if is_file else errno.EINVAL
        raise OSError(reason, os.strerror(reason), str(file))
    return content


def _without_waiting(path: str, flags: int) -> int:
    """A pipe that nobody writes to would hold whoever opens it."""
    return os.open(path, flags | os.O_NONBLOCK)
