"""Whether what lies in the store is what was stored: at every reading, and for all of it (``thidua store verify``).

What was found stands on the row that names the file (``Kept.fault``): pages, signs and the command read it there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import F, QuerySet
from django.utils import timezone

from thidua.core.files import Fault
from thidua.core.refusals import Away, Denied
from thidua.core.words import Sentence, _
from thidua.host import faults, sweeping
from thidua.host.home import FILES
from thidua.ledger import folder
from thidua.ledger.models import Kept
from thidua.ledger.signs import Sign

logger = logging.getLogger("thidua.ledger")
CHUNK = 1024 * 1024
TOGETHER = 256  # rows that are asked for, and noted, at once
THREADS = 4
ROWLESS = ("anchors/",)  # copies of anchors of the trail, which lie outside the database on purpose
NAMED = 1000  # so many of each fault are named; all are counted
AWAY = _("Files cannot be stored or opened at the moment. Nothing was changed; try again in a few minutes.")
SENTENCES = {
    Fault.MISSING: _("The file is no longer in the storage. The administrators of the system are told."),
    Fault.CHANGED: _(
        "The file in the storage is not the one that was stored, so it is not opened. The administrators of the system"
        " are told."
    ),
}


class Faulty(Away):
    """The store is there, but the file is not in it as it was stored."""

    def __init__(self, fault: Fault):
        super().__init__(SENTENCES[fault])
        self.fault = fault


@dataclass(frozen=True)
class Shelf:
    """One sort of stored files. ``rows()``: the rows that name them; ``named(keys)``: which of these keys are named."""

    name: str
    rows: Callable[[], QuerySet]
    named: Callable[[list[str]], set[str]]


SHELVES: dict[str, Shelf] = {}


def declare(shelf: Shelf) -> None:
    SHELVES[shelf.name] = shelf


@contextlib.contextmanager
def reached(sentence: Sentence = AWAY) -> Iterator[None]:
    """Whatever a disk or the library of a store raises becomes one sentence, and the fault goes to the log. A file that
    is not there is Faulty, unless all of the folder is away."""
    try:
        yield
    except Denied:
        raise
    except FileNotFoundError as error:
        if not settings.S3_BUCKET and not Path(settings.FILES_ROOT).is_dir():
            faults.tell(logger, "The folder of files is away", str(settings.FILES_ROOT))
            raise Away(sentence) from error
        raise Faulty(Fault.MISSING) from error
    except Exception as error:
        faults.tell(logger, "The store of files failed", f"{type(error).__name__}: {error}")
        raise Away(sentence) from error


def open_stored(row: Kept) -> File:
    """The file of a row, from its beginning, after all of it was read and is what was stored. Raises Away, Faulty.

    From a bucket it is read once, to a file on this machine's disk where it is large.
    """
    with noted(row), reached():
        file = default_storage.open(row.key)
        try:
            prove(row, digest(file))
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file


def digest(file) -> str:
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()


def prove(row: Kept, sha256: str) -> None:
    """Raises Faulty where the content is not that of the row. A row from before hashes were kept takes this one."""
    if not row.stored_sha256:
        type(row).objects.filter(pk=row.pk, stored_sha256="").update(stored_sha256=sha256)
        row.stored_sha256 = sha256
    if sha256 != row.stored_sha256:
        raise Faulty(Fault.CHANGED)


@contextlib.contextmanager
def noted(row: Kept) -> Iterator[None]:
    """What is found of the row's file stands on the row, and is gone from it when the file is found well again."""
    try:
        yield
    except Faulty as faulty:
        note([row], faulty.fault)
        raise
    if row.fault:
        note([row], "")


def note(rows: Iterable[Kept], fault: str) -> None:
    rows = list(rows)
    for row in rows:
        if fault and row.fault != fault:
            logger.error("A stored file is %s: %s (%s %s)", fault, row.key, type(row).__name__, row.pk)
        row.fault = fault
    if rows:
        same = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])
        same.update(fault=fault, checked_at=timezone.now())


@dataclass
class Found:
    """What a check of the store found. ``missing`` and ``changed`` name the first of them: (shelf, row, key).
    ``orphaned`` are files that no row names, which is no fault: an action that was undone leaves them."""

    files: int = 0
    size: int = 0
    counts: dict[Fault, int] = field(default_factory=lambda: dict.fromkeys(Fault, 0))
    missing: list[tuple[str, int, str]] = field(default_factory=list)
    changed: list[tuple[str, int, str]] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    orphans: int = 0

    @property
    def is_whole(self) -> bool:
        return not any(self.counts.values())

    def add(self, shelf: Shelf, row: Kept, fault: Fault | None) -> None:
        self.files, self.size = self.files + 1, self.size + row.size
        if fault:
            self.counts[fault] += 1
            named = self.missing if fault is Fault.MISSING else self.changed
            if len(named) < NAMED:
                named.append((shelf.name, row.pk, row.key))


def verify(found: Found, *, until: float = 0) -> Iterator[int]:
    """Read every stored file, until ``time.monotonic()`` is ``until`` (0: to the end); gives after each lot how many
    were read. The shelves take turns, on each those come first that were not looked at for longest. Memory is flat.
    Raises Away where the store is."""
    lots = deque((shelf, _oldest_first(shelf)) for shelf in SHELVES.values())
    with ThreadPoolExecutor(THREADS, thread_name_prefix="store") as threads:
        while lots:
            shelf, rows = lots.popleft()
            if not (lot := list(islice(rows, TOGETHER))):
                continue
            lots.append((shelf, rows))
            _look_at(shelf, lot, found, threads)
            yield len(lot)
            if until and time.monotonic() > until:
                return


def _oldest_first(shelf: Shelf) -> Iterator[Kept]:
    return shelf.rows().order_by(F("checked_at").asc(nulls_first=True), "pk").iterator(chunk_size=TOGETHER)


def _look_at(shelf: Shelf, rows: list[Kept], found: Found, threads: ThreadPoolExecutor) -> None:
    results: dict[Fault | None, list[Kept]] = {}
    for row, (fault, sha256) in zip(rows, threads.map(_read, rows), strict=True):
        if not fault:
            try:
                prove(row, sha256)
            except Faulty as faulty:
                fault = faulty.fault
        found.add(shelf, row, fault)
        results.setdefault(fault, []).append(row)
    for fault, same in results.items():
        note(same, fault or "")


def _read(row: Kept) -> tuple[Fault | None, str]:
    """Runs beside others: asks the store, never the database."""
    try:
        with reached(), default_storage.open(row.key) as file:
            if not row.stored_sha256 and row.size and file.size != row.size:
                return Fault.CHANGED, ""
            return None, digest(file)
    except Faulty as faulty:
        return faulty.fault, ""


def look_for_orphans(found: Found) -> None:
    """Files that no row names; they are named, not removed."""
    found_keys = keys()
    while some := list(islice(found_keys, TOGETHER)):
        named: set[str] = set()
        for shelf in SHELVES.values():
            named |= shelf.named(some)
        for key in some:
            if key not in named and not key.startswith(ROWLESS):
                found.orphans += 1
                if len(found.orphaned) < NAMED:
                    found.orphaned.append(key)


def keys(below: str = "") -> Iterator[str]:
    """Everything below a folder of the store; what is being written is not there yet."""
    with contextlib.suppress(Faulty):
        with reached():
            folders, files = default_storage.listdir(below)
        yield from (f"{below}/{file}".lstrip("/") for file in files if file[0] != ".")
        for each in folders:
            if each[0] != ".":
                yield from keys(f"{below}/{each}".lstrip("/"))


def faulty_counts() -> dict[str, int]:
    """Shelf → how many of its files a check found missing or changed."""
    return {shelf.name: shelf.rows().exclude(fault="").count() for shelf in SHELVES.values()}


def look(at: dt.datetime) -> Iterator[Sign]:
    """Whether files are known that are not what was stored."""
    count = sum(faulty_counts().values())
    wrong = _("%(n)s stored files are missing or changed; `thidua store verify` names them.", n=count)
    yield Sign("stored_files", not count, wrong if count else _("Stored files are what they were."), count)


def slice_of_a_night(*, seconds: float) -> Found:
    """The part of the store that a night's job reads; what comes next is read the night after."""
    _sweep()
    found = Found()
    for _read_now in verify(found, until=time.monotonic() + seconds):
        pass
    return found


def _sweep() -> None:
    """What processes that were killed had begun to write."""
    oldest = time.time() - sweeping.ABANDONED_AFTER
    sweeping.sweep(settings.HOME, f"{FILES}/{folder.WRITING}", folder.HALF, is_old=lambda half: half.st_mtime < oldest)
    sweeping.sweep_drafts(settings.HOME)
