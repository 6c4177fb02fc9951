"""Where an Office file leads: from part to part inside, and outside only by links that a reader follows by a click."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

from thidua.core.refusals import Unfit
from thidua.ledger.office import reasons
from thidua.ledger.office.kinds import Kind, is_link, led_to
from thidua.ledger.office.reasons import said

FOLLOWED = frozenset({"http", "https", "mailto", "tel"})
MISSING_PICTURE = "null"  # what Word calls one that it could not find


def scheme_of(target: str) -> str:
    """Of an address as programs read it, blanks and control characters passed over; "" for one within the file or
    beside it, "?" for one that leads to another machine without naming how."""
    plain = "".join(each for each in target if each > " " and each.isprintable())
    if plain.startswith(("/", "\\")):
        return "?" if plain[1:2] in ("/", "\\") or plain[0] == "\\" else ""
    head = plain.split("/", 1)[0].split("#", 1)[0].split("?", 1)[0]
    before, colon, _rest = head.partition(":")
    return before.lower() or "?" if colon else ""


def is_followed(target: str) -> bool:
    """Whether a click leads to the web, to mail, or to what lies within or beside the file."""
    return scheme_of(target) in FOLLOWED | {""}


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
