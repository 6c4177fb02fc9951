"""The sheets of a workbook as CSV files, made by a process of its own.

A small workbook can unpack to more than a machine has. Such a file ends this process alone, never the one that asked.
Called as ``python -I cells.py FILE FOLDER LIMITS``, it writes one CSV a sheet into the folder, each row with its number
in front, and prints what it found as JSON. It stands alone: nothing of the product is imported here.
"""

from __future__ import annotations

import csv
import html
import json
import re
import resource
import signal
import sys
import zipfile
from pathlib import Path

DAMAGED, PASSWORD, TOO_LARGE = 3, 4, 5
HEAD_ROWS = 42
LARGEST_HEAD = 1 << 23  # characters of all heads together; the one who asked holds them in memory
ENCRYPTED = 1
SECONDS = 120
PROLOGUE = 4096
FULL, GROWN = 28, 27  # errno ENOSPC, EFBIG
PIECE = 1 << 20
CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]*>\s*<f[^<>]*>(?:[^<]*</f>)?\s*(<v>[^<]|<v [^<>]*>[^<])?')
ODD_KINDS = frozenset({float, str})
LINE_ENDS = re.compile(r"[\r\n]+")
TAG = re.compile(r"<(?:\w{1,40}:)?Relationship\s[^<>]*>")
SHEET = re.compile(r"<(?:\w{1,40}:)?sheet\s[^<>]*>")
ATTRIBUTE = re.compile(r'([\w:]{1,80})="([^"]*)"')
HIDDEN_ROW = re.compile(rb'<row [^<>]*hidden="(?:1|true)"')
DATE_1904 = re.compile(rb'date1904="(1|true)"')
# A cell may be cut by the end of a piece, so that the next piece begins this much earlier.
OVERLAP = 8192


def main(path: str, folder: str, memory: str, unpacked: str, cells: str) -> int:
    if sys.platform == "linux":  # elsewhere addresses are no measure of memory
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(unpacked), int(unpacked)))
    signal.alarm(SECONDS)  # whoever asked may be gone by then
    import python_calamine

    try:
        if is_zip := zipfile.is_zipfile(path):
            if _unpacks_too_far(path, int(unpacked)):
                return TOO_LARGE
        elif _is_locked(path):
            return PASSWORD
        book = python_calamine.CalamineWorkbook.from_path(path)
        found = _sheets(book, Path(folder), int(cells), int(unpacked))
        if found is None:
            return TOO_LARGE
        parts = _parts(path, [sheet["name"] for sheet in found]) if is_zip else {}
        for sheet in found:
            sheet |= _marks(path, parts[sheet["name"]]) if sheet["name"] in parts else {}
        json.dump({"sheets": found, "is_1904": is_zip and _is_1904(path)}, sys.stdout)
    except python_calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return TOO_LARGE
    except OSError as error:
        if error.errno == FULL:
            raise
        return TOO_LARGE if error.errno == GROWN else DAMAGED
    except (python_calamine.CalamineError, zipfile.BadZipFile, EOFError, ValueError, KeyError):
        return DAMAGED
    return 0


def _unpacks_too_far(path: str, limit: int) -> bool:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if any(_defines_entities(archive, info) for info in infos):
            return True
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    return unpacked > limit or (unpacked > 20 * PIECE and unpacked / packed > 100)


def _defines_entities(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """No program for tables writes them, and a few can stand for gigabytes."""
    if not info.filename.endswith(".xml") or info.flag_bits & ENCRYPTED:
        return False
    with archive.open(info) as part:
        return b"<!ENTITY" in part.read(PROLOGUE)


def _is_locked(path: str) -> bool:
    """A workbook with a password is an old container that holds an encrypted package."""
    with open(path, "rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(4 * PIECE)


def _sheets(book, folder: Path, limit: int, unpacked: int) -> list[dict] | None:
    """None where they are too large; a cell merged over a million rows is written a million times."""
    found, cells, written, room = [], 0, 0, LARGEST_HEAD
    for at, meta in enumerate(book.sheets_metadata):
        if not str(meta.typ).endswith("WorkSheet"):
            continue
        sheet = book.get_sheet_by_index(at)
        bottom, right = sheet.end or (-1, -1)
        cells += (bottom + 1) * (right + 1)
        if cells > limit:
            return None
        target = folder / f"{at}.csv"
        head, width, room = _write(sheet, target, room)
        written += target.stat().st_size
        if written > unpacked:
            return None
        visible = str(meta.visible).endswith(".Visible")
        found.append({"name": meta.name, "visible": visible, "path": str(target), "head": head, "width": width})
    return found


def _write(sheet, target: Path, room: int) -> tuple[list, int, int]:
    """The first rows, how many columns there are, and the room left. Rows with nothing in them are left out."""
    spread = _merged(sheet)
    head: list = []
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            values = [_plain(cell) if cell.__class__ in ODD_KINDS else cell for cell in cells]
            for at, value in spread.take(number - 1, values):
                values[at] = value
            if any(value != "" for value in values):
                writer.writerow([number, *values])
                if len(head) < HEAD_ROWS and room > 0:
                    texts = [str(value) for value in values]
                    room -= sum(map(len, texts))
                    head += [[number, texts]] if room > 0 else []
    return head, sheet.end[1] + 1 if sheet.end else 0, room


def _plain(number: float | str) -> object:
    """As an office writes it: whole numbers without a dot, others with a comma, so that no dot parts thousands. Text
    stays on one line, so that a line of the file is a row."""
    if number.__class__ is str:
        return LINE_ENDS.sub(" ", number) if "\n" in number or "\r" in number else number
    if number.is_integer():
        return int(number)
    text = repr(number)
    return (format(number, "f") if "e" in text else text).replace(".", ",")


class _merged:  # noqa: N801 — reads as what it gives
    """Cells merged over several rows: what stands in the first counts for the others. Tall ones only, in one column."""

    def __init__(self, sheet):
        self.starts: dict[int, list] = {}
        self.running: list = []
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
            if bottom > top:
                self.starts.setdefault(top, []).append((left, bottom))

    def take(self, row: int, values: list) -> list:
        """(place, value) that the row takes over; remembers those that begin in it."""
        self.running = [each for each in self.running if each[1] >= row]
        taken = [(at, value) for at, _bottom, value in self.running if at < len(values) and values[at] == ""]
        for left, bottom in self.starts.get(row, ()):
            if left < len(values):
                self.running.append((left, bottom, values[left]))
        return taken


def _is_1904(path: str) -> bool:
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        return bool(DATE_1904.search(archive.read("xl/workbook.xml")))


def _parts(path: str, names: list[str]) -> dict[str, str]:
    """Name of a sheet → its part of an Excel workbook. No entity of the file's own is ever resolved."""
    with zipfile.ZipFile(path) as archive:
        held = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= held:
            return {}
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    targets = {each.get("Id"): each.get("Target", "") for each in map(_attributes, TAG.findall(relations))}
    parts = {}
    for each in map(_attributes, SHEET.findall(book)):
        target = targets.get(each.get("r:id") or each.get("id"), "").removeprefix("/")
        parts[html.unescape(each.get("name", ""))] = target if target.startswith("xl/") else f"xl/{target}"
    return {name: part for name, part in parts.items() if name in names and part in held}


def _attributes(tag: str) -> dict[str, str]:
    return dict(ATTRIBUTE.findall(tag))


def _marks(path: str, part: str) -> dict[str, object]:
    """Hidden rows, and columns with formulas that were never calculated → the first row of each."""
    hidden, empty = 0, {}
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        rest = b""
        while piece := file.read(PIECE):
            text = rest + piece
            if b"<f" in text:
                for column, row, value in CELL.findall(text):
                    if not value:
                        empty.setdefault(column.decode(), int(row))
            hidden += len(HIDDEN_ROW.findall(text)) if b"hidden=" in text else 0
            rest = text[text.rfind(b"<row") :] if b"<row" in text else text[-OVERLAP:]
            rest = rest if len(rest) < PIECE else rest[-OVERLAP:]
            hidden -= len(HIDDEN_ROW.findall(rest))
        hidden += len(HIDDEN_ROW.findall(rest))
    return {"hidden_rows": hidden, "uncalculated": empty}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
