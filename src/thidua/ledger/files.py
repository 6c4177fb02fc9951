"""Bytes in, once, under their SHA-256. The type is what the content says, never what the name says."""

from __future__ import annotations

import datetime as dt
import zipfile

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from thidua.core import bounds
from thidua.core.files import TYPES
from thidua.core.refusals import Denied, need
from thidua.core.words import _
from thidua.ledger import store as keeping
from thidua.ledger.models import StoredFile
from thidua.ledger.store import reached

PREVIEWED = frozenset({"pdf", "jpg", "png"})
OFFICE_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
UNPACKED_LIMIT = 400 * 1024 * 1024
UNPACKED_RATIO = 200
LAST_RECORD = 22 + 65_535 + 20  # bytes; with the longest remark, and what stands before it beyond 4 GB


def kind_of(file: File) -> str:
    """The extension that the content deserves; refuses what is not on the list."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    found = _extensions(head)
    kind = next((kind for kind in ("pdf", "png", "jpg") if kind in found or (kind == "jpg" and "jpeg" in found)), "")
    need(kind, _("“%(name)s” is not a PDF, Word, Excel, PowerPoint, JPEG or PNG file.", name=file.name))
    return kind


def _extensions(head: bytes) -> set[str]:
    try:
        return {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _office_kind(file: File) -> str:
    need(
        _directory(file) <= bounds.DIRECTORY,
        _("“%(name)s” unpacks to far more than an office file holds; it is refused.", name=file.name),
    )
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Denied(_("“%(name)s” is damaged and cannot be opened.", name=file.name)) from error
    finally:
        file.seek(0)
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    need(
        unpacked <= UNPACKED_LIMIT and unpacked / packed <= UNPACKED_RATIO,
        _("“%(name)s” unpacks to far more than an office file holds; it is refused.", name=file.name),
    )
    names = {info.filename for info in infos}
    kind = next((kind for part, kind in OFFICE_PARTS.items() if part in names), "")
    need(kind, _("“%(name)s” is not a PDF, Word, Excel, PowerPoint, JPEG or PNG file.", name=file.name))
    need(
        not any(name.endswith("vbaProject.bin") for name in names),
        _("“%(name)s” holds macros; save it without macros and try again.", name=file.name),
    )
    return kind


def _directory(file: File) -> int:
    """Bytes of the list of what an archive holds, by its last record: opening it reads the whole list. An archive that
    says it in the way of those beyond 4 GB is none of ours."""
    file.seek(max(file.size - LAST_RECORD, 0))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0:
        return 0  # no archive, which opening it will say
    return file.size if b"PK\x06\x07" in end[max(at - 20, 0) : at] else int.from_bytes(end[at + 12 : at + 16], "little")


def store(file: File, *, by, at: dt.datetime) -> StoredFile:
    """Keep the file and return its row; the same bytes are kept once. Refuses by size and content."""
    need(
        file.size <= settings.UPLOAD_LIMIT,
        _("“%(name)s” is larger than %(limit)s MB.", name=file.name, limit=settings.UPLOAD_LIMIT // 2**20),
    )
    need(file.size > 0, _("“%(name)s” is empty.", name=file.name))
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
