"""Files of citizens while they are read: folders that only this account can enter, on the disk of the storage.

An import's own folder is gone when it ends, and, where it was killed, when the next begins. What a person handed in on
a page waits here for the worker, and then for the confirmation, for a day. What a request was sending when its process
ended goes too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.move import file_move_safe
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError

from thidua.core.refusals import Away, Denied
from thidua.core.words import _
from thidua.host import home, sweeping
from thidua.host.bounded import Busy
from thidua.ledger import looks
from thidua.ledger.signs import Sign

logger = logging.getLogger("thidua.analytics")
# Names that we give: uploads and deliveries that wait, and what Django receives. Imports are swept by their locks.
OURS = re.compile(r"(?:upload|delivery)-[0-9a-f-]{36}|tmp[a-z0-9_]{8}(\.upload.*)?", re.DOTALL)
IMPORTS = "import-"
FILE, COLOURED = "file", "coloured.xlsx"
# The sweep comes every hour, and a day is promised.
KEPT_FOR = dt.timedelta(hours=22)


@contextlib.contextmanager
def spool() -> Iterator[Path]:
    """A folder for one import. Raises Away where the disk is full."""
    with _room():
        with _alone() as root:
            _sweep_imports(root)
            folder = Path(tempfile.mkdtemp(prefix=IMPORTS, dir=root))
            lock = os.open(folder, os.O_RDONLY)  # the folder itself: it is locked for as long as it is there
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with _wordless():
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def take(upload: UploadedFile, name: str) -> None:
    """Keep what a person handed in below this name: a file that was written to this disk is moved, not copied."""
    folder = _root() / name
    with _room():
        folder.mkdir(mode=0o700)
        target = folder / FILE
        if hasattr(upload, "temporary_file_path"):
            file_move_safe(upload.temporary_file_path(), target)
            return
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)


def keep(file: Path, name: str) -> None:
    """The same for what a program sent, which lies on this disk already."""
    folder = _root() / name
    with _room():
        folder.mkdir(mode=0o700)
        file.rename(folder / FILE)


def file_of(name: str) -> Path:
    return _root() / name / FILE


def coloured_of(name: str) -> Path:
    return _root() / name / COLOURED


def put_coloured(name: str, made: Path) -> None:
    """Beside the file it is of; nowhere where that file is gone by now."""
    made.chmod(0o600)
    with contextlib.suppress(FileNotFoundError):
        made.rename(coloured_of(name))


def remove_coloured(name: str) -> None:
    coloured_of(name).unlink(missing_ok=True)


def remove(name: str) -> None:
    shutil.rmtree(_root() / name, ignore_errors=True)


def sweep(*, at: dt.datetime, named: Collection[str]) -> None:
    """What nobody removed: imports that were killed, and whatever is old and not ``named``: no row waits for it."""
    with _alone() as root:
        _sweep_imports(root)
    oldest = (at - KEPT_FOR).timestamp()
    sweeping.sweep(settings.HOME, home.SPOOL, OURS, is_old=lambda found: found.st_mtime < oldest, named=named)


def look(at: dt.datetime) -> Iterator[Sign]:
    """A folder that leads elsewhere would be filled and never swept."""
    is_link = (settings.HOME / home.SPOOL).is_symlink()
    trouble = _("The folder “%(folder)s” is a link.", folder=home.SPOOL) if is_link else looks.trouble_of(_root())
    yield Sign("spool", trouble is None, trouble or _("Files of records can be read."))


def _root() -> Path:
    return home.private(settings.HOME / home.SPOOL)


@contextlib.contextmanager
def _alone() -> Iterator[Path]:
    """One at a time sweeps, or makes a folder of its own: one that is not locked yet is not swept."""
    root = _root()
    lock = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield root
    finally:
        os.close(lock)


def _sweep_imports(root: Path) -> None:
    """Folders whose import is no longer there hold rows of citizens and are removed at once."""
    for folder in root.glob(f"{IMPORTS}*"):
        with contextlib.suppress(OSError):  # in use; a link; gone by now
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


class Unforeseen(Exception):
    """What failed and where; what a library says of it may quote the file, and logs stay."""


@contextlib.contextmanager
def _wordless() -> Iterator[None]:
    try:
        yield
    # These quote no rows, and a later try may pass.
    except (Denied, OSError, OperationalError, InterfaceError, Busy, Unforeseen):
        raise
    except Exception as error:
        raise Unforeseen(type(error).__name__).with_traceback(error.__traceback__) from None


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        logger.error("Records could not be read: %s", error)  # noqa: TRY400 — no stack says more
        sentence = _("There is no room to read records at the moment. What was there before stays; try again later.")
        raise Away(sentence) from error
