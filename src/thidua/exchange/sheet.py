"""The first sheet of a workbook, read by a process of its own.

A small workbook can unpack to more than a machine has. Such a file ends this process alone, never the web server.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys

MEMORY_LIMIT = 1024 * 1024 * 1024
SECONDS = 20
CELL_LIMIT = 1_000_000
TEXT_LIMIT = 40 * 1024 * 1024
DAMAGED, TOO_LARGE = 3, 4


class SheetTooLarge(Exception):
    """More cells, text, memory or time than a list of units or people can need."""


class SheetDamaged(Exception):
    """Not a workbook that can be opened."""


def first_sheet(content: bytes) -> list[list[str]]:
    """The cells as text, row by row from the first row of the sheet."""
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise SheetTooLarge from error
    if done.returncode == DAMAGED:
        raise SheetDamaged
    if done.returncode:
        raise SheetTooLarge
    return json.loads(done.stdout)


def main() -> int:
    if sys.platform == "linux":  # elsewhere addresses are no measure of memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    import io

    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError):
        return DAMAGED
    if sheet.total_height * sheet.total_width > CELL_LIMIT:
        return TOO_LARGE
    try:
        rows = [[_text(cell) for cell in cells] for cells in sheet.to_python(skip_empty_area=False)]
    except (python_calamine.CalamineError, OSError, ValueError):
        return DAMAGED
    if sum(len(cell) for cells in rows for cell in cells) > TEXT_LIMIT:
        return TOO_LARGE
    json.dump(rows, sys.stdout)
    return 0


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


if __name__ == "__main__":
    sys.exit(main())
