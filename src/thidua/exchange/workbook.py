"""Excel out: rows streamed in constant memory, nothing a cell holds is ever taken for a formula."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from thidua.core.vietnamese import ratio


@dataclass(frozen=True)
class Column:
    """``width`` in characters; ``kind``: a key of ``NUMBER_FORMATS``; ``choices`` are offered in a list."""

    heading: str
    width: int = 20
    kind: str = "text"
    choices: tuple[str, ...] = ()


# Excel keeps a list of choices as one text, parted by commas, of at most so many characters.
LONGEST_LIST = 255
LONGEST_TEXT = 32_767  # what Excel takes in one cell
LONGEST_TITLE = 31  # of a sheet
NOT_IN_TITLES = str.maketrans("[]:*?/\\", "-------")
NUMBER_FORMATS = {
    "number": "#,##0.##",
    "year": "0",
    "date": "dd/mm/yyyy",
    "percent": "0.0%",
    "whole percent": "0%",
    "moment": "dd/mm/yyyy hh:mm",
    "text": "@",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``rows`` are written in the order of ``columns`` and may be a generator."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


def safe_title(name: str) -> str:
    """A name that a sheet and a file may have, whatever stands in it."""
    return name.translate(NOT_IN_TITLES).strip("' ") or "-"


def write(columns: Sequence[Column], rows: Iterable[Sequence[object]], *, title: str) -> IO[bytes]:
    """A temporary file with a workbook of one sheet, rewound."""
    return write_sheets([Sheet(title, columns, rows)])


def write_sheets(sheets: Iterable[Sheet]) -> IO[bytes]:
    """A temporary file with the workbook, rewound. Moments are written in their own time zone."""
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 — whoever gets it closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        for sheet in sheets:
            _sheet(book, sheet)
    file.seek(0)
    return file


def _sheet(book, wanted: Sheet) -> None:
    sheet = book.add_worksheet(safe_title(wanted.title[:LONGEST_TITLE]))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e9f0f9", "bottom": 1})
    formats = {kind: book.add_format({"num_format": each, "valign": "top"}) for kind, each in NUMBER_FORMATS.items()}
    for number, column in enumerate(wanted.columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.heading, head)
    sheet.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(wanted.rows, start=1):
        for number, value in enumerate(row):
            kind = wanted.columns[number].kind
            if kind == "percent" and value is not None:
                kind, value = _shown(value)
            _cell(sheet, last, number, value, formats[kind])
    sheet.autofilter(0, 0, last, len(wanted.columns) - 1)
    for number, column in enumerate(wanted.columns):
        if last and _fits(column.choices):
            sheet.data_validation(1, number, last, number, {"validate": "list", "source": list(column.choices)})


def _shown(share: Decimal | float) -> tuple[str, Decimal]:
    """The share that pages and papers show, with a decimal where they show one."""
    shown = ratio(share)
    return ("percent" if shown * 100 % 1 else "whole percent"), shown


def _fits(choices: Sequence[str]) -> bool:
    return bool(choices) and len(",".join(choices)) <= LONGEST_LIST and not any("," in each for each in choices)


def _cell(sheet, row: int, column: int, value: object, style) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):  # first, because most cells are text
        sheet.write_string(row, column, value[:LONGEST_TEXT], style)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), style)
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value)[:LONGEST_TEXT], style)
