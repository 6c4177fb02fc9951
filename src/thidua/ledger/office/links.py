"""Where an Office file leads: from part to part inside, and outside only by links that a reader follows by a click."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from thidua.core.refusals import Unfit
from thidua.ledger.office import reasons
from thidua.ledger.office.kinds import Kind, is_link, led_to
from thidua.ledger.office.reasons import said

FOLLOWED = frozenset({"ftp", "ftps", "http", "https", "mailto", "tel"})
NOWHERE = frozenset({"javascript:;", "javascript:void(0)", "javascript:void(0);"})  # buttons of pages, copied
BLANKS = re.compile(r"(?:%20)+")
DRIVE = re.compile(r"(?:file:///)?[a-z]:[/\\]", re.IGNORECASE)
NO_PATH = frozenset(':?*"<>|')  # what programs may read as the end of a path, so that it leads elsewhere
DOCUMENTS = (
    "/", "\\", ".bmp", ".csv", ".doc", ".docx", ".gif", ".jpeg", ".jpg", ".odp", ".ods", ".odt", ".pdf", ".png", ".ppt",
    ".pptx", ".rtf", ".tif", ".tiff", ".txt", ".xls", ".xlsx",
)  # fmt: skip
MISSING_PICTURE = "null"  # what Word calls one that it could not find


def scheme_of(target: str) -> str:
    """Of an address as programs read it, blanks and control characters passed over; "" for one within the file or
    beside it, "?" for one that leads to another machine without naming how."""
    plain = _plain(target)
    if plain.startswith(("/", "\\")):
        return "?" if plain[1:2] in ("/", "\\") or plain[0] == "\\" else ""
    head = plain.split("/", 1)[0].split("#", 1)[0].split("?", 1)[0]
    before, colon, _rest = head.partition(":")
    return before.lower() or "?" if colon else ""


def is_followed(target: str) -> bool:
    """Whether a click leads to the web, to mail, to what lies within or beside the file, to a document on a drive of
    who clicks, or nowhere."""
    plain = _plain(target)
    return scheme_of(plain) in FOLLOWED | {""} or plain in NOWHERE or _is_document_on_drive(plain)


def _is_document_on_drive(plain: str) -> bool:
    """By its whole path, or a folder. No program, whatever reads the address; and no other machine, which would be told
    who asks."""
    begins = DRIVE.match(plain)
    path, _sign, place = unquote(plain[begins.end() - 1 :] if begins else "").partition("#")
    is_path = path.isprintable() and ".." not in path and NO_PATH.isdisjoint(path)
    return is_path and path.lower().endswith(DOCUMENTS) and not any(each in place for each in "./\\")


def _plain(target: str) -> str:
    plain = "".join(each for each in target if each > " " and each.isprintable())
    return BLANKS.sub("", plain, count=1) if plain.startswith("%20") else plain


class Relations:
    """What one part leads to; ``parts`` are those of the file, with their kinds."""

    def __init__(self, name: str, parts: Mapping[str, Kind]) -> None:
        self.folder = posixpath.dirname(posixpath.dirname(name))
        self.parts = parts

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag.rpartition(" ")[2] != "Relationship":
            return
        kind, target, mode = (attributes.get(each, "") for each in ("Type", "Target", "TargetMode"))
        if mode not in ("", "Internal", "External"):
            raise Unfit(reasons.ODD)
        if is_link(kind):
            if not is_followed(target):
                raise Unfit(said(reasons.LEADS, target))
        elif (mode == "External" or scheme_of(target)) and not self._is_missing(target):
            last = kind.rstrip("/").rpartition("/")[2]
            raise Unfit(said(reasons.LINKED, reasons.KINDS_OF_LINKS.get(last.lower(), last)))
        elif not led_to(kind):
            raise Unfit(reasons.of_relation(kind))
        elif not self._is_missing(target) and self.parts.get(self._within(target)) not in led_to(kind):
            raise Unfit(said(reasons.STRANGE, target))

    def _is_missing(self, target: str) -> bool:
        return posixpath.basename(target).lower() == MISSING_PICTURE and not scheme_of(target)

    def _within(self, target: str) -> str:
        path = unquote(target.split("#", 1)[0])
        return posixpath.normpath(posixpath.join("/", self.folder, path)).lstrip("/").lower()

    def text(self, data: str) -> None:
        return

    def end(self, tag: str) -> None:
        return

    def finish(self) -> None:
        return
