"""Workbooks, read by a process of its own (``cells``) that may end badly without harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from thidua.analytics.reading import cells
from thidua.analytics.reading.tables import Table
from thidua.core.records.problems import Reason, Refused
from thidua.core.words import _

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 100 * MEGABYTE
MEMORY_LIMIT = 420 * MEGABYTE
UNPACKED_LIMIT = 1000 * MEGABYTE
CELL_LIMIT = 8_000_000


def tables(file: Path, folder: Path) -> list[Table]:
    if file.stat().st_size > SIZE_LIMIT:
        sentence = _("The workbook is larger than %(limit)s MB; save it as CSV.", limit=SIZE_LIMIT // MEGABYTE)
        raise Refused(Reason.TOO_LARGE, sentence)
    limits = [str(limit) for limit in (MEMORY_LIMIT, UNPACKED_LIMIT, CELL_LIMIT)]
    command = [sys.executable, "-I", cells.__file__, str(file), str(folder), *limits]
    try:
        done = subprocess.run(  # noqa: S603 — our own script
            command, capture_output=True, timeout=cells.SECONDS + 5, check=False, env={"RUST_BACKTRACE": "0"}
        )
    except subprocess.TimeoutExpired as error:
        raise _too_far() from error
    if done.returncode:
        raise _refusal(done.returncode, done.stderr)
    found = json.loads(done.stdout)
    return [_table(sheet, is_1904=found["is_1904"]) for sheet in found["sheets"]]


def _table(sheet: dict, *, is_1904: bool) -> Table:
    return Table(
        sheet=sheet["name"],
        path=Path(sheet["path"]),
        width=sheet["width"],
        head=[(number, cells) for number, cells in sheet["head"]],
        is_visible=sheet["visible"],
        hidden_rows=sheet.get("hidden_rows", 0),
        is_1904=is_1904,
        uncalculated=sheet.get("uncalculated", {}),
    )


def _refusal(code: int, errors: bytes) -> Exception:
    if code == cells.PASSWORD:
        return Refused(
            Reason.PASSWORD, _("The workbook is protected by a password; save it without one and try again.")
        )
    if code == cells.DAMAGED:
        return Refused(Reason.DAMAGED, _("The workbook is damaged or was cut off; it cannot be opened."))
    if b"No space left" in errors:
        return OSError(cells.FULL, "No space left on device")
    return _too_far()


def _too_far() -> Refused:
    sentence = _("The workbook unpacks to far more than a table of records holds; it is refused. Save it as CSV.")
    return Refused(Reason.UNPACKS_TOO_FAR, sentence)
