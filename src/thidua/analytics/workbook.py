"""Excel: the rows of a batch, and an uploaded table with its wrong cells coloured and explained."""

from __future__ import annotations

import contextlib
import csv
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from thidua.analytics import duck, reading, sheets, spool
from thidua.analytics.actions import Choices
from thidua.analytics.models import Batch, Upload
from thidua.analytics.outcome import Outcome
from thidua.analytics.registry import DATASETS, dataset_of
from thidua.analytics.sheets import Sheet
from thidua.core.records.datasets import ColumnType, Dataset
from thidua.core.records.headings import Asked
from thidua.core.records.problems import Level, Problem
from thidua.core.refusals import Denied
from thidua.exchange import workbook

LONGEST_SHEET = 1_000_000
# A longer file comes back without colours: nobody corrects it by hand.
LONGEST_COLOURED = 300_000
PIECE = 5_000
KINDS = {ColumnType.DAY: "date", ColumnType.NUMBER: "number", ColumnType.COUNT: "number"}
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")  # of a sheet; other programs are not so strict
WRONG, ODD = "#f8d7da", "#fff3cd"


def batch_columns() -> list[workbook.Column]:
    return [
        workbook.Column(_("Dataset"), 40),
        workbook.Column(_("Unit"), 40),
        workbook.Column(_("Year"), 8),
        workbook.Column(_("File"), 40),
        workbook.Column(_("Rows taken"), 14, "number"),
        workbook.Column(_("Rows refused"), 14, "number"),
        workbook.Column(_("Imported"), 18, "moment"),
        workbook.Column(_("By"), 28),
        workbook.Column(_("State"), 24),
    ]


def batch_rows(batches: Iterable[Batch], in_force: Set[int]) -> Iterator[tuple[object, ...]]:
    for batch in batches:
        yield (
            str(DATASETS[batch.dataset].name), batch.unit.name, batch.period, batch.file_name, batch.rows,
            batch.rows_refused, batch.imported_at, str(batch.imported_by or ""), _state(batch, in_force),
        )  # fmt: skip


def _state(batch: Batch, in_force: Set[int]) -> str:
    if batch.withdrawn_at:
        return _("Taken back")
    return _("In force") if batch.pk in in_force else _("Replaced by a newer file")


def rows_in_excel(batch: Batch, dataset: Dataset, source: Path) -> IO[bytes]:
    """The rows of a batch as a workbook in a temporary file, rewound. Raises Denied where a sheet cannot hold them."""
    if batch.rows > LONGEST_SHEET:
        raise Denied(_("A sheet holds at most %(count)s rows; take Parquet.") % {"count": LONGEST_SHEET})
    held = [column for column in dataset.columns if column.name in batch.columns]
    columns = [workbook.Column(str(column.label), kind=KINDS.get(column.type, "text")) for column in held]
    columns += [workbook.Column(_("Sheet")), workbook.Column(_("Row"), width=8, kind="number")]
    names = [*(column.name for column in held), "_sheet", "_row"]
    return workbook.write(columns, _rows(source, names), title=str(dataset.name))


def _rows(source: Path, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as folder, duck.connected(Path(folder), [source]) as connection:
        chosen = ", ".join(map(duck.name, names))
        parquet = f"read_parquet({duck.text(str(source))})"
        found = connection.execute(f"select {chosen} from {parquet} order by _sheet, _row")
        while rows := found.fetchmany(PIECE):
            yield from rows


def is_coloured(rows_read: int, problems: int) -> bool:
    """Whether an upload of so many rows comes back with its cells coloured."""
    return bool(problems) and rows_read <= LONGEST_COLOURED


def colour(upload: Upload, choices: Choices, outcome: Outcome) -> None:
    """Lay the workbook with coloured cells beside the file that was handed in, for as long as that lies there."""
    file = spool.file_of(upload.folder)
    if not is_coloured(outcome.read, len(outcome.problems)) or not file.exists():
        return
    with spool.spool() as folder:
        asked = Asked(choices.columns, choices.remembered)
        found = sheets.chosen(
            reading.tables_of(file, folder), dataset_of(upload.dataset), names=choices.sheets, asked=asked
        )
        made = folder / spool.COLOURED
        with contextlib.suppress(csv.Error):  # a cell longer than Excel takes by far: the sentences must do
            coloured(found, outcome.problems, made)
            spool.put_coloured(upload.folder, made)


def coloured(sheets: Sequence[Sheet], problems: Sequence[Problem], target: Path) -> None:
    """The tables that were read, wrong cells red, odd ones yellow, and a last column that says why; for the uploader
    alone."""
    import xlsxwriter

    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(target.parent),
    }  # fmt: skip
    by_row: dict[tuple[str, int | None], list[Problem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.sheet, problem.row].append(problem)
    with xlsxwriter.Workbook(target, options) as book:
        fills = {Level.ERROR: book.add_format({"bg_color": WRONG}), Level.WARNING: book.add_format({"bg_color": ODD})}
        for sheet in sheets:
            name = NOT_IN_A_NAME.sub(" ", sheet.table.sheet)[:31].strip()
            taken = {each.get_name().lower() for each in book.worksheets()}
            _coloured_sheet(book.add_worksheet(None if name.lower() in taken else name or None), sheet, by_row, fills)


def _coloured_sheet(target, sheet: Sheet, by_row: Mapping, fills: Mapping) -> None:
    places = {each.column: each.at for each in sheet.layout.columns}
    target.freeze_panes(sheet.layout.header_row, 0)
    for number, cells in _cells(sheet):
        found = by_row.get((sheet.table.sheet, number), ())
        wrong = {
            places[problem.column]: fills[problem.level] for problem in reversed(found) if problem.column in places
        }
        for at, cell in enumerate(cells):
            target.write_string(number - 1, at, cell[: workbook.LONGEST_TEXT], wrong.get(at))
        said = " ".join(str(problem.sentence) for problem in found)
        if number == sheet.layout.header_row:
            said = _("What is to be corrected")
        if said:
            target.write_string(number - 1, sheet.table.width, said, fills[found[0].level] if found else None)


def _cells(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    table = sheet.table
    with table.path.open(encoding="utf-8-sig", newline="") as text:
        reader, start = csv.reader(text, delimiter=table.separator), 1
        for cells in reader:
            if table.is_numbered:
                yield int(cells[0]), cells[1:]
            else:
                yield start, cells
            start = reader.line_num + 1
