"""What an Office file from outside may hold: nothing that loads, runs or brings something else by itself.

Links that a reader follows by a click are no harm. All is read in one pass, in bounded pieces, and of bounded sizes,
those of files inside included; no entity is ever resolved. ``ledger.files`` has it done by a process with limits.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import takewhile
from typing import BinaryIO
from xml.parsers import expat

from thidua.core import bounds
from thidua.core.refusals import Unfit
from thidua.core.words import Sentence, _

PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
UNPACKED_LIMIT = 400 * 1024 * 1024
UNPACKED_RATIO = 200
ENTRIES = 5_000
PIECE = 1024 * 1024
OVERLAP = 16 * 1024  # the longest thing that is looked for across two pieces: a formula
PARSED_LIMIT = 64 * 1024 * 1024
ELEMENTS = 1_000_000
LAST_RECORD, SIXTY_FOUR = b"PK\x05\x06", b"PK\x06\x07"
XML = (".xml", ".rels", ".vml")

DAMAGED = _("it is damaged and cannot be opened")
TOO_MUCH = _("it unpacks to far more than an office file holds")
UNKNOWN = _("it is no Word, Excel or PowerPoint file")
MACROS = _("it holds macros; save it without them, or send it as PDF")
LINKED = _("it draws something from outside (%(what)s); take that out in Office, or send it as PDF")
EMBEDDED = _("it carries another file inside (OLE, ActiveX); take that out in Office, or send it as PDF")
FIELD = _("it holds a field that loads something by itself (%(what)s); take that out, or send it as PDF")
FORMULA = _("it holds a formula that loads or runs something (%(what)s); take that out, or send it as PDF")
ODD = _("its parts are not written as Office writes them; open it, save it anew and try again")

# What a relationship may lead outside for: only what a reader follows by a click.
FOLLOWED = frozenset({"hyperlink"})
CARRIED = frozenset({"oleobject", "control", "activexcontrolbinary", "afchunk"})
KINDS_OF_LINKS = {
    "attachedtemplate": _("attached template"),
    "image": _("linked picture"),
    "externallinkpath": _("another workbook"),
    "oleobject": _("linked object"),
}
FIELDS = frozenset(
    [
        "DDE",
        "DDEAUTO",
        "INCLUDE",
        "INCLUDEPICTURE",
        "INCLUDETEXT",
        "IMPORT",
        "LINK",
        "DATABASE",
        "EMBED",
        "MACROBUTTON",
        "CONTROL",
        "HTMLCONTROL",
    ]
)
QUOTED = re.compile(r'"[^"]*"')
LOADING = re.compile(r"\b(WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|SQL\.REQUEST)\s{0,8}\(")
FORMULAS = re.compile(rb"<(?:\w{1,20}:)?f(?:\s[^<>]*)?>([^<]+)")
ENCODING = re.compile(rb"encoding\s{0,8}=\s{0,8}[\"']([\w.-]{1,40})")
# Encodings in which what is looked for is spelt as in ASCII.
PLAIN = re.compile(r"utf-8|us-ascii|ascii|iso-8859-\d+|windows-125\d")
MAY_HOLD_FIELDS = re.compile(rb"instrText|fldSimple|imagedata|\bsrc\s*=", re.IGNORECASE)


def look_through(content: bytes, tell: object = None) -> str:
    """docx, xlsx or pptx. Raises Unfit with the reason alone; the caller says of which file."""
    return _look_through(content, Budget(), is_inner=False)


def _look_through(content: bytes, budget: Budget, *, is_inner: bool) -> str:
    file = io.BytesIO(content)
    try:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            return _kind_of(archive, budget, is_inner=is_inner)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Unfit(DAMAGED) from error
    except (ValueError, struct.error, expat.ExpatError) as error:
        raise Unfit(ODD) from error


def _check_directory(file: BinaryIO) -> None:
    """Before anything reads the list of entries: how long it is."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(LAST_RECORD)
    if at < 0 or len(tail) < at + 22:
        raise Unfit(DAMAGED)
    _disk, entries, length = struct.unpack("<HHI", tail[at + 8 : at + 16])
    if entries > ENTRIES or length > bounds.DIRECTORY or SIXTY_FOUR in tail[max(0, at - 20) : at]:
        raise Unfit(TOO_MUCH)
    file.seek(0)


def _kind_of(archive: zipfile.ZipFile, budget: Budget, *, is_inner: bool) -> str:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    if unpacked / packed > UNPACKED_RATIO:
        raise Unfit(TOO_MUCH)
    budget.unpack(len(infos), unpacked)
    names = [info.filename.lower() for info in infos]
    kind = next((kind for part, kind in PARTS.items() if part in names), "")
    if not kind:
        raise Unfit(UNKNOWN)
    if len(set(names)) < len(names):
        raise Unfit(ODD)
    _check_names(names)
    for info, name in zip(infos, names, strict=True):
        if name.endswith(XML):
            _check_part(archive, info, name, budget)
        elif "/embeddings/" in name:
            _check_inner(archive, info, name, budget, is_inner=is_inner)
    return kind


def _check_names(names: list[str]) -> None:
    for name in names:
        if name.endswith("vbaproject.bin") or "/macrosheets/" in name:
            raise Unfit(MACROS)
        if "/activex/" in name:
            raise Unfit(EMBEDDED)
        if name.startswith("xl/externallinks/") or name == "xl/connections.xml":
            raise Unfit(_said(LINKED, what=KINDS_OF_LINKS["externallinkpath"]))


def _check_inner(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: Budget, *, is_inner: bool) -> None:
    """The workbook behind a chart is an Office file like any other, and holds no further one."""
    if is_inner or not name.endswith(tuple(PARTS.values())):
        raise Unfit(EMBEDDED)
    with archive.open(info) as part:
        _look_through(part.read(), budget, is_inner=True)


class Budget:
    """How much of one file is unpacked and parsed, files inside it included."""

    def __init__(self) -> None:
        self.entries = self.unpacked = self.bytes = self.elements = 0

    def unpack(self, entries: int, size: int) -> None:
        self.entries, self.unpacked = self.entries + entries, self.unpacked + size
        if self.entries > ENTRIES or self.unpacked > UNPACKED_LIMIT:
            raise Unfit(TOO_MUCH)

    def more(self, size: int) -> None:
        self.bytes += size
        if self.bytes > PARSED_LIMIT:
            raise Unfit(TOO_MUCH)

    def element(self) -> None:
        self.elements += 1
        if self.elements > ELEMENTS:
            raise Unfit(TOO_MUCH)


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: Budget) -> None:
    is_sheet, may_hold_fields = name.startswith("xl/worksheets/"), False
    for piece in _pieces(archive, info):
        if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or (is_sheet and b"<![CDATA[" in piece):
            raise Unfit(ODD)
        if b"macroEnabled" in piece and name == "[content_types].xml":
            raise Unfit(MACROS)
        if is_sheet:
            _check_formulas(piece)
        may_hold_fields = may_hold_fields or MAY_HOLD_FIELDS.search(piece) is not None
    if name.endswith(".rels"):
        _parse(archive, info, Relationships(budget))
    elif may_hold_fields and not name.startswith("xl/"):
        _parse(archive, info, Fields(budget))


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part, piece by piece, each beginning with the end of the one before."""
    before = b""
    with archive.open(info) as part:
        while read := part.read(PIECE):
            if not before:
                _check_spelling(read[:400])
            piece = before + read
            yield piece
            before = piece[-OVERLAP:]


def _check_spelling(head: bytes) -> None:
    found = ENCODING.search(head)
    if b"\x00" in head[:8] or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unfit(ODD)
    if found and not PLAIN.fullmatch(found.group(1).decode("ascii").lower()):
        raise Unfit(ODD)


def _check_formulas(piece: bytes) -> None:
    for found in FORMULAS.finditer(piece):
        formula = QUOTED.sub("", html.unescape(found.group(1)[:OVERLAP].decode("utf-8", "replace"))).upper()
        loading = LOADING.search(formula)
        if loading or "|" in formula:
            raise Unfit(_said(FORMULA, what=loading.group(1) if loading else "DDE"))


def _parse(archive: zipfile.ZipFile, info: zipfile.ZipInfo, look: Relationships | Fields) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = look.start
    if isinstance(look, Fields):
        parser.EndElementHandler, parser.CharacterDataHandler = look.end, look.text
    with archive.open(info) as part:
        while read := part.read(PIECE):
            look.budget.more(len(read))
            parser.Parse(read)
    parser.Parse(b"", True)


class Relationships:
    """What parts lead to."""

    def __init__(self, budget: Budget):
        self.budget = budget

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.budget.element()
        if tag.rpartition(":")[2] != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        target, is_outside = attributes.get("Target", ""), attributes.get("TargetMode", "").lower() == "external"
        if (is_outside or _leads_outside(target)) and kind not in FOLLOWED:
            raise Unfit(_said(LINKED, what=KINDS_OF_LINKS.get(kind, kind[:40])))
        if kind in CARRIED:
            raise Unfit(EMBEDDED)


def _leads_outside(target: str) -> bool:
    return "://" in target or target.startswith(("\\\\", "file:", "mhtml:"))


class Fields:
    """Field codes of Word, put together from their pieces; and pictures that old drawings name by an address."""

    def __init__(self, budget: Budget):
        self.budget = budget
        self.open: list[str] = []  # the instruction so far of each open field, the innermost last
        self.is_code = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.budget.element()
        name = tag.rpartition(":")[2]
        self.is_code = name == "instrText"
        for key, value in attributes.items():
            local = key.rpartition(":")[2]
            if local == "src" and _leads_outside(value):
                raise Unfit(_said(LINKED, what=KINDS_OF_LINKS["image"]))
            if name == "fldSimple" and local == "instr":
                _check_field(value)
            if name == "fldChar" and local == "fldCharType":
                self._turn(value)

    def _turn(self, kind: str) -> None:
        if kind == "begin":
            if self.open and not self.open[-1].strip():  # the name of a field that another field makes
                raise Unfit(_said(FIELD, what="{ { } }"))
            self.open.append("")
        elif kind == "separate" and self.open:
            _check_field(self.open[-1])
        elif kind == "end" and self.open:
            _check_field(self.open.pop())

    def end(self, tag: str) -> None:
        self.is_code = False

    def text(self, data: str) -> None:
        if self.is_code and self.open and len(self.open[-1]) < OVERLAP:
            self.open[-1] += data[:OVERLAP]
        elif self.is_code and not self.open:
            _check_field(data)


def _check_field(instruction: str) -> None:
    name = "".join(takewhile(str.isalpha, instruction.lstrip()[:40])).upper()
    if name in FIELDS:
        raise Unfit(_said(FIELD, what=name))


def _said(sentence: Sentence, **values: object) -> Sentence:
    return Sentence(sentence.message, values)
