"""``thidua store verify`` against plain reading of the same files with SHA-256, in turns, each from the disk: what the
system keeps of them in memory is let go before.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROUNDS = 3
MB = 1024 * 1024
FILES = ((64, 8 * MB), (256, MB), (2000, 50_000))  # how many, of how many bytes
CHUNK = MB


def _made() -> Iterator[int]:
    """Stored files of no content that anybody knows; gives the number of each row."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from thidua.ledger.models import StoredFile

    for count, size in FILES:
        for _n in range(count):
            content = os.urandom(size)
            row = StoredFile(sha256=hashlib.sha256(content).hexdigest(), size=size, content_type="application/pdf",
                             extension="pdf", stored_at=timezone.now())  # fmt: skip
            default_storage.save(row.key, ContentFile(content))
            row.save()
            yield row.pk


def _let_go(paths: list[Path]) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _plain(paths: list[Path]) -> None:
    for path in paths:
        found = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
        found.hexdigest()


def _verify() -> None:
    from thidua.ledger import store

    found = store.Found()
    for _lot in store.verify(found):
        pass
    if not found.is_whole:
        raise RuntimeError(f"of these files {found.counts} are not what they were")


def measure() -> dict[str, object]:
    from django.core.files.storage import default_storage

    from thidua.ledger import store
    from thidua.ledger.models import StoredFile

    made: list[int] = []
    try:
        made.extend(_made())
        rows = [row for shelf in store.SHELVES.values() for row in shelf.rows()]
        paths = [Path(default_storage.path(row.key)) for row in rows]
        size = sum(path.stat().st_size for path in paths) / MB
        os.sync()
        ways: dict[str, Callable[[], None]] = {"verify": _verify, "plain": lambda: _plain(paths)}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _round in range(ROUNDS):
            for name, work in ways.items():
                _let_go(paths)
                start = time.perf_counter()
                work()
                taken[name].append(time.perf_counter() - start)
    finally:
        for row in StoredFile.objects.filter(pk__in=made):
            default_storage.delete(row.key)
            row.delete()
    speed = {name: size / statistics.median(found) for name, found in taken.items()}
    return {
        "files": len(paths),
        "mb": round(size),
        "verify_mb_per_s": round(speed["verify"]),
        "plain_mb_per_s": round(speed["plain"]),
        "ratio": round(speed["verify"] / speed["plain"], 2),
    }
