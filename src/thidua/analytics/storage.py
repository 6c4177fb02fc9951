"""Where batches lie: Parquet files in the product's storage, and how they are read from a path on this machine."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from thidua.analytics.models import Batch
from thidua.core.files import Fault
from thidua.core.words import _
from thidua.host import home, sweeping
from thidua.ledger import store
from thidua.ledger.store import reached

AWAY = _("Records cannot be stored or opened at the moment. What was there before stays; try again later.")
FOLDER = "records"
# Below the home: copies of batches out of a bucket, and the texts of queries (engine.kept).
COPIES, QUERIES = f"cache/{FOLDER}", "cache/queries"
# Names that we give to batches, and to copies of them and texts of queries; others were put there by somebody else.
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OURS = re.compile(rf"{FOLDER}/[^/]+/[^/]+/[^/]+/{UUID}(_[A-Za-z0-9]{{7}})?\.parquet")
COPY = rf"({UUID}(_[A-Za-z0-9]{{7}})?\.parquet|[0-9a-f]{{64}}\.sql)"
CACHED = re.compile(rf"{COPY}|[0-9a-f-]{{36,64}}\.{UUID}\.half|{home.DRAFT_OF.format(COPY)}")
# A file that was just stored has no manifest yet; after so long it will get none.
UNNAMED_AFTER = dt.timedelta(days=1)
CACHED_FOR = dt.timedelta(days=7)


class _Moved(File):
    """Lets a folder take the file over as it is, instead of copying it."""

    @property
    def taken_over_from(self) -> str:
        return self.file.name


def keep(file: Path, *, dataset: str, unit: str, period: str) -> tuple[str, str]:
    """Store the file under a name of its own; gives the key and the SHA-256 of what was stored. Raises Away."""
    key = f"{FOLDER}/{dataset}/{quote(unit, safe='')}/{period}/{uuid.uuid4()}.parquet"
    with reached(AWAY), file.open("rb") as content:
        sha256 = store.digest(content)
        content.seek(0)
        return default_storage.save(key, _Moved(content)), sha256


# What was proven in this process: key → the state of its file on the disk then. A changed file has another.
_proven: dict[str, tuple[int, ...]] = {}
PROVEN_MOST = 20_000


def path_of(batch: Batch) -> Path:
    """The file of a batch on this machine: where it lies, or a copy of what a bucket holds. Raises Away, Faulty.

    Its content is read once in each process, and again when the file on the disk is another.
    """
    if settings.S3_BUCKET:  # a good copy says nothing of what the bucket holds: a fault found there stays
        with reached(AWAY):
            return _copy_of(batch)
    with store.noted(batch), reached(AWAY):
        path = Path(default_storage.path(batch.key))
        _prove(batch, path)
        return path


def _prove(batch: Batch, path: Path) -> None:
    found = path.stat()
    state = found.st_size, found.st_mtime_ns, found.st_ino
    if _proven.get(batch.key) == state:
        return
    if not batch.stored_sha256 and batch.size and batch.size != found.st_size:
        raise store.Faulty(Fault.CHANGED)
    with path.open("rb") as content:
        store.prove(batch, store.digest(content))
    if len(_proven) >= PROVEN_MOST:
        _proven.clear()
    _proven[batch.key] = state


def readable(batches: Iterable[Batch]) -> list[tuple[Batch, Path]]:
    """Each batch with its file, but those whose file is faulty: one unit's must not keep the others' from being read.
    Those left out have their ``fault``. Raises Faulty where none is left."""
    found, faulty = [], None
    for batch in batches:
        try:
            found.append((batch, path_of(batch)))
        except store.Faulty as fault:
            faulty = fault
    if faulty and not found:
        raise faulty
    return found


def _copy_of(batch: Batch) -> Path:
    """A copy that was spoilt is fetched anew. Its last use is kept as the time of access, by which it is swept."""
    copy = home.private(settings.HOME / COPIES) / batch.key.rpartition("/")[2]
    if copy.exists():
        try:
            _prove(batch, copy)
        except store.Faulty:
            copy.unlink(missing_ok=True)
    if not copy.exists():
        with store.noted(batch), reached(AWAY):
            _fetch(batch, copy)
    os.utime(copy, ns=(time.time_ns(), copy.stat().st_mtime_ns))
    return copy


def _fetch(batch: Batch, copy: Path) -> None:
    with default_storage.open(batch.key) as content, home.whole(copy) as target:
        for chunk in content.chunks():
            target.write(chunk)
        target.flush()
        _prove(batch, Path(target.name))


def remove_unnamed(*, at: dt.datetime) -> int:
    """Files that no manifest names, as an import ended between the two: gives how many. And what of the cache is long
    unread: copies of batches, texts of queries."""
    removed = 0
    for key in list(store.keys(FOLDER)):
        is_old = OURS.fullmatch(key) and default_storage.get_modified_time(key) < at - UNNAMED_AFTER
        if is_old and not Batch.objects.filter(key=key).exists():
            default_storage.delete(key)
            removed += 1
    oldest = time.time() - CACHED_FOR.total_seconds()
    for folder in (COPIES, QUERIES):
        sweeping.sweep(settings.HOME, folder, CACHED, is_old=lambda found: found.st_atime < oldest)
    return removed


def _named(keys: list[str]) -> set[str]:
    return set(Batch.objects.filter(key__in=keys).values_list("key", flat=True))


SHELF = store.Shelf("records", lambda: Batch.objects.exclude(key=""), _named)
