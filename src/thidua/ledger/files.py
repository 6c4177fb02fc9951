"""Bytes in, once, under their SHA-256. The type is what the content says, never what the name says."""

from __future__ import annotations

import datetime as dt

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from thidua.core.files import TYPES
from thidua.core.refusals import Unfit, fit
from thidua.core.words import _
from thidua.ledger import looking
from thidua.ledger import store as keeping
from thidua.ledger.models import StoredFile
from thidua.ledger.store import reached

PREVIEWED = frozenset({"pdf", "jpg", "png"})


def kind_of(file: File) -> str:
    """The extension that the content deserves; refuses what is not on the list."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    found = _extensions(head)
    kind = next((kind for kind in ("pdf", "png", "jpg") if kind in found or (kind == "jpg" and "jpeg" in found)), "")
    fit(kind, _("“%(name)s” is not a PDF, Word, Excel, PowerPoint, JPEG or PNG file.", name=file.name))
    return kind


def _extensions(head: bytes) -> set[str]:
    try:
        return {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _office_kind(file: File) -> str:
    try:
        return looking.look_through(file.read())
    except Unfit as refusal:
        raise Unfit(_("“%(name)s” is not taken: %(why)s.", name=file.name, why=refusal.sentence)) from refusal
    finally:
        file.seek(0)


def store(file: File, *, by, at: dt.datetime) -> StoredFile:
    """Keep the file and return its row; the same bytes are kept once. Refuses by size and content."""
    fit(
        file.size <= settings.UPLOAD_LIMIT,
        _("“%(name)s” is larger than %(limit)s MB.", name=file.name, limit=settings.UPLOAD_LIMIT // 2**20),
    )
    fit(file.size > 0, _("“%(name)s” is empty.", name=file.name))
    kind = kind_of(file)
    sha256 = keeping.digest(file)
    file.seek(0)
    _save(StoredFile(sha256=sha256), file)
    row, _new = StoredFile.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size": file.size,
            "content_type": TYPES[kind],
            "extension": kind,
            "stored_at": at,
            "stored_by_id": getattr(by, "pk", None),
        },
    )
    if row.fault:
        keeping.note([row], "")
    return row


def _save(row: StoredFile, file: File) -> None:
    """Unless the same bytes are there already; one that was lost or spoilt is put right by the next that is equal."""
    with reached():
        if default_storage.exists(row.key):
            with default_storage.open(row.key) as there:
                if keeping.digest(there) == row.sha256:
                    return
        default_storage.save(row.key, file)


def _named(keys: list[str]) -> set[str]:
    found = StoredFile.objects.filter(sha256__in=[key.rpartition("/")[2] for key in keys])
    return {row.key for row in found.only("sha256")}


SHELF = keeping.Shelf("files", StoredFile.objects.all, _named)
