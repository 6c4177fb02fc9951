"""Excel: the rows of a batch, and an uploaded table with its wrong cells coloured and explained."""

from __future__ import annotations

import csv
import logging
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils import translation
from django.utils.translation import gettext as _

from thidua.analytics import actions, checking, duck, reading, sheets, spool
from thidua.analytics.actions import Choices
from thidua.analytics.models import Batch, Upload
from thidua.analytics.outcome import Outcome
from thidua.analytics.registry import DATASETS, dataset_of
from thidua.analytics.sheets import Sheet
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.records.headings import Asked
from thidua.core.records.problems import Level, Problem
from thidua.core.refusals import Denied
from thidua.exchange import workbook
from thidua.exchange.rules import MOST_ROWS
from thidua.host.bounded import Busy

logger = logging.getLogger("thidua.analytics")
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


def rows_in_excel(batch: Batch, source: Path) -> IO[bytes]:
    """The rows of a batch as a workbook in a temporary file, rewound. Raises Denied where a sheet cannot hold them."""
    if batch.rows > MOST_ROWS:
        raise Denied(_("A sheet holds at most %(count)s rows; take Parquet.") % {"count": MOST_ROWS})
    return workbook.write(row_columns(batch), rows_of(batch, source), title=str(dataset_of(batch.dataset).name))


def row_columns(batch: Batch) -> list[workbook.Column]:
    columns = [workbook.Column(str(column.label), kind=KINDS.get(column.type, "text")) for column in _held(batch)]
    return [*columns, workbook.Column(_("Sheet")), workbook.Column(_("Row"), width=8, kind="number")]


def _held(batch: Batch) -> list[Column]:
    return [column for column in dataset_of(batch.dataset).columns if column.name in batch.columns]


def rows_of(batch: Batch, source: Path) -> Iterator[tuple[object, ...]]:
    names = [*(column.name for column in _held(batch)), "_sheet", "_row"]
    with tempfile.TemporaryDirectory() as folder, duck.connected(Path(folder), [source]) as connection:
        chosen = ", ".join(map(duck.name, names))
        parquet = f"read_parquet({duck.text(str(source))})"
        found = connection.execute(f"select {chosen} from {parquet} order by _sheet, _row")
        while rows := found.fetchmany(PIECE):
            yield from rows


def is_coloured(rows_read: int, problems: int) -> bool:
    """Whether an upload of so many rows comes back with its cells coloured."""
    return bool(problems) and rows_read <= LONGEST_COLOURED


@dataclass(frozen=True)
class Painting:
    """A file that is to come back coloured, in ``folder``."""

    file: Path
    folder: Path
    dataset: Dataset
    choices: Choices
    problems: Sequence[Problem]


def colour(upload: Upload, choices: Choices, outcome: Outcome) -> None:
    """Lay the workbook with coloured cells beside the file that was handed in, for as long as that lies there. The
    outcome stands by now, so where it cannot be made the page says so, and the sentences must do."""
    file = spool.file_of(upload.folder)
    if not is_coloured(outcome.read, len(outcome.problems)) or not file.exists():
        return
    try:
        with spool.spool() as folder:
            painting = Painting(file, folder, dataset_of(upload.dataset), choices, outcome.problems)
            language = translation.get_language()
            checking.nursery.run("thidua.analytics.workbook:paint", painting, language, limits=checking.limits())
            spool.put_coloured(upload.folder, folder / spool.COLOURED)
    except (Denied, OSError, Busy, spool.Unforeseen) as fault:
        logger.warning("A file of records does not come back coloured: %s", type(fault).__name__)
        actions.tell_uncoloured(upload=upload)


def paint(painting: Painting, language: str, tell: object = None) -> None:
    """What the process of its own does: it reads the file once more."""
    with checking.apart(language):
        choices, tables = painting.choices, reading.tables_of(painting.file, painting.folder)
        asked = Asked(choices.columns, choices.remembered)
        found = sheets.chosen(tables, painting.dataset, names=choices.sheets, asked=asked)
        coloured(found, painting.problems, painting.folder / spool.COLOURED)


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
