"""The cells of the recognised columns, as text, in one table ``raw`` for all sheets; nothing else is kept of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thidua.analytics.cleaning.types import composed, folded, re2
from thidua.analytics.duck import name, text, texts
from thidua.analytics.reading import Table
from thidua.analytics.reading.texts import numbered
from thidua.analytics.sheets import Sheet
from thidua.core.records.datasets import Dataset

LONGEST_LINE = 4 * 1024 * 1024
# DuckDB would take sixteen of the longest lines for each of its buffers.
BUFFER = 2 * LONGEST_LINE
UNIT = name("unit!")
AGAIN = "again!"  # the same column once more, under another heading
TOTAL = r"(^|\|)\s*(tong|cong|luy ke|total|subtotal|grand total)($|[\s:|])"
TOTAL_KEY = r"(?i)^\s*(t[oôổ]|c[oôộ]|l[uũ]|sub|grand)"
# A row with no more cells than this and no code is a heading of a group, a remark or the place for signatures.
FEW = 2


def load(connection, sheets: Sequence[Sheet], dataset: Dataset, folder: Path) -> None:
    """Make ``cells`` and the view ``raw`` of it: a number in the order of the file, row, sheet, cells by
    column, the cell that names a unit. Totals, repeated headings and rows without any recognised cell are not in it."""
    first = 0
    for n, sheet in enumerate(sheets):
        if not sheet.table.is_numbered:
            if _load_lines(connection, sheet, dataset):
                first = sheet.layout.header_row + 1
                break
            sheet = Sheet(numbered(sheet.table, folder), sheet.layout)
        head = "create temp table cells as" if n == 0 else "insert into cells by name"
        source = f"(from {_csv(sheet.table, 0)} where cast(c0 as bigint) > {sheet.layout.header_row})"
        connection.execute(f"{head} {_selected(sheet, dataset, source, 'cast(c0 as bigint)', nth=n, shift=1)}")
    connection.execute(
        "create temp view raw as select *, (_nth * 1099511627776 + _row) as _id from "
        f"(select * replace (coalesce(_row, rowid + {first}) as _row) from cells where _kept)"
    )


def _load_lines(connection, sheet: Sheet, dataset: Dataset) -> bool:
    """Load the text as it lies, where each row is a line: not where a cell holds a line end, a line is empty, or rows
    are too unlike each other."""
    import duckdb

    table, header = sheet.table, sheet.layout.header_row
    if any("\n" in cell for _number, cells in table.head for cell in cells):
        return False
    rows = _selected(sheet, dataset, _csv(table, header), "cast(null as bigint)", nth=0, shift=0)
    try:
        connection.execute(f"create temp table cells as {rows}")
    except duckdb.Error:
        return False
    (count,) = connection.execute("select count(*) from cells").fetchone()
    if count != table.lines - header:
        connection.execute("drop table cells")
        return False
    return True


def _csv(table: Table, skip: int) -> str:
    width = table.width + table.is_numbered
    columns = ", ".join(f"'c{at}': 'varchar'" for at in range(width))
    separator = r"'\t'" if table.separator == "\t" else text(table.separator)
    padding = "" if table.is_numbered else ", null_padding = true"
    return (
        f"read_csv({text(str(table.path))}, auto_detect = false, header = false, skip = {skip}, "
        f"columns = {{{columns}}}, delim = {separator}, quote = '\"', escape = '\"', "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {BUFFER}{padding})"
    )


def _selected(sheet: Sheet, dataset: Dataset, source: str, number: str, *, nth: int, shift: int) -> str:
    layout, cell = sheet.layout, lambda at: f"c{at + shift}"
    chosen = {each.column: cell(each.at) for each in layout.columns}
    again = {f"{each.column} {AGAIN}": cell(each.also[0]) for each in layout.columns if each.also}
    unit = f"{cell(layout.unit[0])}" if layout.unit else "cast(null as varchar)"
    columns = [
        f"cast({nth} as bigint) as _nth",
        f"{number} as _row",
        f"{text(sheet.table.sheet)} as _sheet",
        f"{unit} as {UNIT}",
    ]
    columns += [f"nullif({chosen.get(c.name, 'cast(null as varchar)')}, '') as {name(c.name)}" for c in dataset.columns]
    columns += [f"nullif({sql}, '') as {name(column)}" for column, sql in again.items()]
    kept = [
        f"coalesce({', '.join(chosen.values())}) is not null",
        f"not ({_repeats_headings(sheet, cell)})",
        f"not coalesce({_is_total(dataset, chosen, [cell(at) for at in range(sheet.table.width)])}, false)",
    ]
    return f"select {', '.join(columns)}, {' and '.join(kept)} as _kept from {source}"


def _repeats_headings(sheet: Sheet, cell) -> str:
    """Every recognised cell that holds something holds what the headings hold there."""
    each = [(cell(found.at), sheet.layout.written[found.at]) for found in sheet.layout.columns]
    return " and ".join(f"({sql} is null or {sql} in ({texts(written)}))" for sql, written in each)


def _is_total(dataset: Dataset, chosen: dict[str, str], cells: list[str]) -> str:
    """Totals and subtotals, headings of groups, remarks at the foot: rows that lack what every record has."""
    required = [chosen[column] for column in dataset.required]
    key = chosen[dataset.key] if dataset.key else required[0]
    others = [sql for sql in required if sql != key] or [key]
    whole = f"concat_ws('|', {', '.join(cells)})"
    filled = " + ".join(f"cast(coalesce({sql}, '') <> '' as int)" for sql in cells)
    names_total = f"regexp_matches({folded(composed(whole))}, {re2(TOTAL)})"
    is_short = f"({filled}) <= {FEW} and coalesce({', '.join(others)}) is null"
    lacks_key = f"({key} is null or {key} = '' or regexp_matches({key}, {re2(TOTAL_KEY)}))"
    return (
        f"case when {lacks_key} and {names_total} then true "
        f"when {key} is null or contains({key}, ' ') then {is_short} or ({filled}) = 1 else false end"
    )
