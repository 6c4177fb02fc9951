"""Excel and CSV in: rows as people see them, numbered as people see them, with headings recognised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from thidua.core import bounds
from thidua.core.refusals import Unfit, fit
from thidua.core.vietnamese import fold, nfc
from thidua.core.words import _
from thidua.exchange.sheet import SheetDamaged, SheetTooLarge, first_sheet
from thidua.host import bounded

LIMIT = bounds.FILE_BYTES
EXCEL_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Row:
    """``number`` is the sheet's own row number, or the line on which a CSV row starts."""

    number: int
    values: dict[str, str]


def rows_of(content: bytes, name: str, headings: Mapping[str, tuple[str, ...]], required: tuple[str, ...]) -> list[Row]:
    """Rows under the headings. ``headings``: column → the words it is known by, folded. A process of its own reads.

    Raises Unfit when the file is no table, has no heading row, lacks a required column, or takes too much to read.
    """
    fit(len(content) <= LIMIT, _("“%(name)s” is larger than %(limit)s MB.", name=name, limit=LIMIT // 2**20))
    return bounded.read(
        "thidua.exchange.reading:read", content, name, headings, required,
        busy=_("Other lists are being read at the moment; try again in a minute."),
        ended=_("“%(name)s” takes more time or memory to read than a list needs; it is refused.", name=name),
    )  # fmt: skip


def read(
    content: bytes,
    name: str,
    headings: Mapping[str, tuple[str, ...]],
    required: tuple[str, ...],
    tell: object = None,
) -> list[Row]:
    """What the process of its own does."""
    fit(content.strip(), _("“%(name)s” is empty.", name=name))
    lines = _excel(content, name) if content.startswith(EXCEL_STARTS) else _csv(content, name)
    known = {word: column for column, words in headings.items() for word in (column, *words)}
    head: dict[int, str] | None = None
    rows: list[Row] = []
    for number, cells in lines:
        if head is None and number > bounds.LIST_HEAD:
            break
        if head is None:
            cells = [cell[: bounds.HEADING] for cell in cells[: bounds.HEADINGS]]
            found = {at: known[fold(cell)] for at, cell in enumerate(cells) if fold(cell) in known}
            head = found if set(required) <= set(found.values()) else None
            continue
        values = {column: nfc(cells[at]) if at < len(cells) else "" for at, column in head.items()}
        if any(values.values()):
            fit(
                len(rows) < bounds.LIST_ROWS,
                _("“%(name)s” has more than %(limit)s rows; send it in parts.", name=name, limit=bounds.LIST_ROWS),
            )
            rows.append(Row(number, values))
    fit(
        head is not None,
        _("“%(name)s” has no row of headings with: %(columns)s.", name=name, columns=", ".join(required)),
    )
    return rows


def _csv(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unfit(_("“%(name)s” is neither an Excel file nor a text file in UTF-8.", name=name)) from error
    fit("\x00" not in text, _("“%(name)s” is neither an Excel file nor a text file in UTF-8.", name=name))
    fit(text.strip(), _("“%(name)s” is empty.", name=name))
    first = text[: bounds.LIST_HEAD * 1000].splitlines()[0]
    separator = max("\t;,", key=first.count)  # a heading may hold a comma: where two are alike, it is not the comma
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unfit(_("“%(name)s” is damaged and cannot be opened.", name=name)) from error


def _excel(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        rows = first_sheet(content)
    except SheetDamaged as error:
        raise Unfit(_("“%(name)s” is damaged and cannot be opened.", name=name)) from error
    except SheetTooLarge as error:
        raise Unfit(_("“%(name)s” unpacks to far more than a list holds; it is refused.", name=name)) from error
    yield from enumerate(rows, start=1)
