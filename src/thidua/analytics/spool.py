"""Folders for what an import holds while it runs: gone when it ends, and, where it was killed, when the next begins."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from thidua.core.refusals import Away
from thidua.core.words import _

logger = logging.getLogger("thidua.analytics")
LOCK = ".lock"


@contextlib.contextmanager
def spool() -> Iterator[Path]:
    """A folder that only this account can read, on the disk of the storage. Raises Away where the disk is full."""
    root = settings.HOME / "spool"
    root.mkdir(mode=0o700, exist_ok=True)
    sweep(root)
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=root))
    lock = (folder / LOCK).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    except OSError as error:
        logger.exception("Records could not be read")
        sentence = _("There is no room to read records at the moment. What was there before stays; try again later.")
        raise Away(sentence) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def sweep(root: Path) -> None:
    """Folders whose import is no longer there hold rows of citizens and are removed at once."""
    for folder in root.glob("import-*"):
        with contextlib.suppress(OSError), (folder / LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
