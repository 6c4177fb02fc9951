"""The first sheet of a workbook. Called where a list is read (``exchange.reading.read``), in a process that has limits.

A small workbook can unpack to more than a machine has: that ends the process alone.
"""

from __future__ import annotations

import io

CELL_LIMIT = 1_000_000
TEXT_LIMIT = 40 * 1024 * 1024


class SheetTooLarge(Exception):
    """More cells or text than a list of units or people can need."""


class SheetDamaged(Exception):
    """Not a workbook that can be opened."""


def first_sheet(content: bytes) -> list[list[str]]:
    """The cells as text, row by row from the first row of the sheet. Raises SheetTooLarge, SheetDamaged."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height * sheet.total_width > CELL_LIMIT:
            raise SheetTooLarge
        rows = [[_text(cell) for cell in cells] for cells in sheet.to_python(skip_empty_area=False)]
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise SheetDamaged from error
    if sum(len(cell) for cells in rows for cell in cells) > TEXT_LIMIT:
        raise SheetTooLarge
    return rows


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
