"""What an Office file from outside may hold: parts, relations, fields and formulas that are known, and nothing that
loads, runs or brings something else by itself.

Links that a reader follows by a click are no harm. Each part is taken for what ``[Content_Types].xml`` says of it, as
the programs do that open it, and read by a parser that resolves no entity, in bounded pieces and of bounded sizes,
those of files inside included. ``ledger.looking`` has it done by a process with limits that opens nothing.
"""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Protocol
from urllib.parse import unquote
from xml.parsers import expat

from thidua.core import bounds
from thidua.core.refusals import Unfit
from thidua.ledger.office import kinds, reasons
from thidua.ledger.office.kinds import Kind
from thidua.ledger.office.links import Relations
from thidua.ledger.office.looks import Content, Drawing, Kept, Sheets
from thidua.ledger.office.reasons import DAMAGED, EMBEDDED, MACROS, ODD, TOO_MUCH, UNKNOWN

UNPACKED_LIMIT = 400 * 1024 * 1024
UNPACKED_RATIO = 200
ENTRIES = 5_000
PIECE = 1024 * 1024
PARSED_LIMIT = 256 * 1024 * 1024
ELEMENTS = 4_000_000
LAST_RECORD, SIXTY_FOUR = b"PK\x05\x06", b"PK\x06\x07"
TYPES = "[content_types].xml"
ENCODINGS = frozenset({None, "utf-8", "utf-16", "us-ascii"})
codecs.lookup("cp437")  # of names in archives; nothing can be loaded any more where files are looked through


class Look(Protocol):
    """What is asked of a part in XML. Each raises Unfit."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...
    def text(self, data: str) -> None: ...
    def end(self, tag: str) -> None: ...
    def finish(self) -> None: ...


def look_through(content: bytes, tell: object = None) -> str:
    """docx, xlsx or pptx. Raises Unfit with the reason alone; the caller says of which file."""
    return _look_through(content, Budget(), is_inner=False)


def _look_through(content: bytes, budget: Budget, *, is_inner: bool) -> str:
    file = io.BytesIO(content)
    try:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            return Package(archive, budget, is_inner=is_inner).look_through()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Unfit(DAMAGED) from error
    except (ValueError, LookupError, struct.error, expat.ExpatError) as error:
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


class Package:
    """The parts of one file by their names, as relations write them: unquoted and in small letters."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget, *, is_inner: bool) -> None:
        self.archive, self.budget, self.is_inner = archive, budget, is_inner
        infos = archive.infolist()
        unpacked = sum(info.file_size for info in infos)
        if unpacked / max(sum(info.compress_size for info in infos), 1) > UNPACKED_RATIO:
            raise Unfit(TOO_MUCH)
        budget.unpack(len(infos), unpacked)
        files = [info for info in infos if not (info.is_dir() and not info.file_size)]
        self.parts = {unquote(info.filename).lower(): info for info in files}
        if len(self.parts) < len(files):
            raise Unfit(ODD)

    def look_through(self) -> str:
        if TYPES not in self.parts:
            raise Unfit(UNKNOWN)
        types = Types()
        self._parse(self.parts[TYPES], types)
        told = {name: types.of(name) for name in self.parts if name != TYPES}
        found = {name: self._kind_of(name, each) for name, each in told.items() if not kinds.is_left_over(name, each)}
        main = {name: kinds.MAIN_KINDS[each] for name, each in told.items() if each in kinds.MAIN_KINDS}
        if len(set(main.values())) != 1:
            raise Unfit(UNKNOWN)
        sheets = self._sheets(main)
        for name, kind in found.items():
            self._check(name, kind, found, sheets)
        return next(iter(main.values()))

    def _sheets(self, main: Mapping[str, str]) -> frozenset[str]:
        """Names of sheets; none where several parts may be the workbook, for then nobody knows whose names hold."""
        look = Sheets()
        if list(main.values()) == ["xlsx"]:
            self._parse(self.parts[next(iter(main))], look)
        return frozenset(look.names)

    def _kind_of(self, name: str, content_type: str) -> Kind:
        kind = kinds.kind_of(content_type)
        if "\\" in name or ".." in name.split("/") or name.startswith("/") or "/macrosheets/" in name:
            raise Unfit(MACROS if "/macrosheets/" in name else ODD)
        ending = name.rpartition("/")[2].rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
        if kind is None or ending not in kinds.ENDINGS.get(kind, (ending,)):
            raise Unfit(reasons.of_part(name, content_type))
        is_at_relations = f"/{name}".rpartition("/")[0].endswith("/_rels") and ending == "rels"
        if is_at_relations is not (kind is Kind.RELATIONS):
            raise Unfit(ODD)
        return kind

    def _check(self, name: str, kind: Kind, parts: Mapping[str, Kind], sheets: frozenset[str]) -> None:
        info = self.parts[name]
        if kind is Kind.RELATIONS:
            self._parse(info, Relations(name, parts))
        elif kind is Kind.XML or kind in LOOKS:
            look = Content(sheets) if kind is Kind.XML else LOOKS[kind]()
            self._parse(info, look, is_vml=name.endswith(".vml"))
        elif kind is Kind.IMAGE:
            with self.archive.open(info) as part:
                if not kinds.is_picture(part.read(16)):
                    raise Unfit(reasons.of_part(name, ""))
        elif kind is Kind.INNER:
            self._check_inner(info)

    def _check_inner(self, info: zipfile.ZipInfo) -> None:
        """The workbook behind a chart is an Office file like any other, and holds no further one."""
        if self.is_inner:
            raise Unfit(EMBEDDED)
        with self.archive.open(info) as part:
            _look_through(part.read(), self.budget, is_inner=True)

    def _parse(self, info: zipfile.ZipInfo, look: Look, *, is_vml: bool = False) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = _check_encoding, _refuse
        parser.StartElementHandler = _counted(look.start, self.budget)
        parser.EndElementHandler, parser.CharacterDataHandler = look.end, look.text
        for piece in self._pieces(info, is_whole=is_vml):
            self.budget.more(len(piece))
            parser.Parse(piece.replace(b"<br>", b"<br/>") if is_vml else piece)  # Excel writes these so in old drawings
        parser.Parse(b"", True)
        look.finish()

    def _pieces(self, info: zipfile.ZipInfo, *, is_whole: bool) -> Iterator[bytes]:
        with self.archive.open(info) as part:
            while piece := part.read(-1 if is_whole else PIECE):
                yield piece


LOOKS: dict[Kind, Callable[[], Look]] = {Kind.SVG: Drawing, Kind.DATA: Kept}


class Types(Kept):
    """What each part is: by its own name, or by the ending of it."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.endings: dict[str, str] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        content_type = attributes.get("ContentType", "").strip().lower()
        name = tag.rpartition(" ")[2]
        if name == "Override":
            part = unquote(attributes.get("PartName", "")).lower()
            if self.names.setdefault(part, content_type) != content_type:
                raise Unfit(ODD)
        elif name == "Default":
            ending = attributes.get("Extension", "").lower()
            if self.endings.setdefault(ending, content_type) != content_type:
                raise Unfit(ODD)

    def of(self, name: str) -> str:
        return self.names.get(f"/{name}") or self.endings.get(name.rpartition(".")[2], "")


def _counted(start: Callable[[str, Mapping[str, str]], None], budget: Budget):
    def counted(tag: str, attributes: Mapping[str, str]) -> None:
        budget.elements += 1
        if budget.elements > ELEMENTS:
            raise Unfit(TOO_MUCH)
        start(tag, attributes)

    return counted


def _check_encoding(_version: str, encoding: str | None, _is_alone: int) -> None:
    if (encoding and encoding.lower()) not in ENCODINGS:
        raise Unfit(ODD)


def _refuse(*_given: object) -> None:
    raise Unfit(ODD)
