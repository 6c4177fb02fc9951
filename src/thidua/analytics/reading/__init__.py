"""A file of records as tables of text, whatever it is: Excel, OpenDocument or CSV, told by what it holds."""

from __future__ import annotations

from pathlib import Path

from thidua.analytics.reading import texts, workbooks
from thidua.analytics.reading.tables import Table
from thidua.core.records.problems import Reason, Refused
from thidua.core.words import _

__all__ = ["Table", "check_size", "tables_of"]

GIGABYTE = 1024**3
SIZE_LIMIT = 2 * GIGABYTE
EXCEL_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
OTHER_KINDS = {
    b"%PDF": _("a PDF file"),
    b"\x89PNG": _("a picture"),
    b"\xff\xd8\xff": _("a picture"),
    b"Rar!": _("an archive"),
    b"7z\xbc\xaf": _("an archive"),
    b"\x1f\x8b": _("an archive"),
    b"{\\rtf": _("a text document"),
}


def check_size(file: Path) -> None:
    if file.stat().st_size > SIZE_LIMIT:
        sentence = _("The file is larger than %(limit)s GB; send it in parts.", limit=SIZE_LIMIT // GIGABYTE)
        raise Refused(Reason.TOO_LARGE, sentence)


def tables_of(file: Path, folder: Path) -> list[Table]:
    """The sheets of a workbook, or the one table of a text file. Copies lie in the folder. Raises Refused."""
    with file.open("rb") as content:
        start = content.read(4096)
    if not start.strip(b"\x00\xef\xbb\xbf\xfe\xff \t\r\n"):
        raise Refused(Reason.EMPTY, _("The file is empty."))
    if start.startswith(EXCEL_STARTS):
        return workbooks.tables(file, folder)
    _check_kind(start)
    return texts.tables(file, folder)


def _check_kind(start: bytes) -> None:
    plain = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n").lower()
    what = next((name for head, name in OTHER_KINDS.items() if start.startswith(head)), None)
    if plain.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body")):
        what = _("a web page that carries the name of a workbook")
    elif plain.startswith((b"<?xml", b"<workbook")):
        what = _("an XML file")
    if what:
        sentence = _(
            "The file is in truth %(what)s. Open it in Excel, save it as an Excel workbook (.xlsx) and try again.",
            what=what,
        )
        raise Refused(Reason.WRONG_KIND, sentence)
