"""Where batches lie: Parquet files in the product's storage, and how they are read from a path on this machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from thidua.analytics.models import Batch
from thidua.core.refusals import Away
from thidua.core.words import _
from thidua.host import faults, sweeping

logger = logging.getLogger("thidua.analytics")
FOLDER = "records"
# Names that we give to batches, and to copies of them and texts of queries; others were put there by somebody else.
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OURS = re.compile(rf"{FOLDER}/[^/]+/[^/]+/[^/]+/{UUID}(_[A-Za-z0-9]{{7}})?\.parquet")
CACHED = re.compile(rf"({UUID}|[0-9a-f]{{1,64}})(_[A-Za-z0-9]{{7}})?(\.parquet|\.sql|\.{UUID}\.half)")
# A file that was just stored has no manifest yet; after so long it will get none.
UNNAMED_AFTER = dt.timedelta(days=1)
CACHED_FOR = dt.timedelta(days=7)


class _Moved(File):
    """Lets a folder take the file over as it is, instead of copying it."""

    def temporary_file_path(self) -> str:
        return self.file.name


def keep(file: Path, *, dataset: str, unit: str, period: str) -> str:
    """Store the file under a name of its own; gives the key. Raises Away, and then what was written of it goes: on a
    full disk it would be in the way of the next one."""
    key = f"{FOLDER}/{dataset}/{quote(unit, safe='')}/{period}/{uuid.uuid4()}.parquet"
    with _reached(), file.open("rb") as content:
        os.fsync(content.fileno())
        try:
            return default_storage.save(key, _Moved(content))
        except OSError:
            default_storage.delete(key)
            raise


class Lost(Away):
    """The storage is there, but the file is no longer in it."""


def path_of(batch: Batch) -> Path:
    """The file of a batch on this machine: where it lies, or a copy of what a bucket holds. Raises Away, Lost."""
    if not settings.S3_BUCKET:
        path = Path(default_storage.path(batch.key))
        with _reached():
            path.stat()
        return path
    copy = settings.HOME / "cache" / FOLDER / batch.key.rpartition("/")[2]
    if not copy.exists():
        _fetch(batch.key, copy)
    os.utime(copy)
    return copy


def _fetch(key: str, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = copy.with_suffix(f".{uuid.uuid4()}.half")
    try:
        with _reached(), default_storage.open(key) as content, half.open("wb") as target:
            for chunk in content.chunks():
                target.write(chunk)
        half.rename(copy)
    finally:
        half.unlink(missing_ok=True)


def remove_unnamed(*, at: dt.datetime) -> int:
    """Files that no manifest names, as an import ended between the two: gives how many. And what of the cache is long
    unread: copies of batches, texts of queries."""
    removed = 0
    for key in list(_keys(FOLDER)):
        is_old = OURS.fullmatch(key) and default_storage.get_modified_time(key) < at - UNNAMED_AFTER
        if is_old and not Batch.objects.filter(key=key).exists():
            default_storage.delete(key)
            removed += 1
    oldest = time.time() - CACHED_FOR.total_seconds()
    for folder in (FOLDER, "queries"):
        sweeping.sweep(settings.HOME, f"cache/{folder}", CACHED, is_old=lambda found: found.st_mtime < oldest)
    return removed


def _keys(folder: str) -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):
        folders, files = default_storage.listdir(folder)
        yield from (f"{folder}/{file}" for file in files)
        for each in folders:
            yield from _keys(f"{folder}/{each}")


@contextlib.contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        logger.error("A file of records is not in the storage: %s", error)  # noqa: TRY400 — no stack says more
        raise Lost(_("The file of these records is no longer in the storage.")) from error
    except Exception as error:
        faults.tell(logger, "The store of records failed", f"{type(error).__name__}: {error}")
        sentence = _("Records cannot be stored or opened at the moment. What was there before stays; try again later.")
        raise Away(sentence) from error
