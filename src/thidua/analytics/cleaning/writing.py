"""The valid rows as one Parquet file, in the columns that ADR 9 gives a batch."""

from __future__ import annotations

from pathlib import Path

from thidua.analytics.cleaning.types import folded
from thidua.analytics.duck import name, text
from thidua.core.records.datasets import Dataset


def write(connection, dataset: Dataset, unit: str, period: str, target: Path) -> int:
    """Gives the number of rows. ``refused`` holds those that are left out."""
    columns = [sql for column in dataset.columns for sql in _columns(column)]
    columns += ["_row", "_sheet", f"{text(unit)} as _unit", f"{text(period)} as _period"]
    named = [column.name for column in dataset.columns if column.is_named]
    for each in named:
        connection.execute(
            f"create temp table {_folded_table(each)} as select text, {folded('text')} as value from "
            f"(select distinct {name(each)} as text from typed where {name(each)} is not null)"
        )
    joins = " ".join(f"left join {_folded_table(e)} on {_folded_table(e)}.text = typed.{name(e)}" for e in named)
    (count,) = connection.execute(
        f"copy (select {', '.join(columns)} from typed {joins} where typed._id not in (select id from refused)) "
        f"to {text(str(target))} (format parquet, compression zstd)"
    ).fetchone()
    return count


def _columns(column) -> list[str]:
    own = f"typed.{name(column.name)}"
    return [own, f"{_folded_table(column.name)}.value as {name(column.name + '_folded')}"] if column.is_named else [own]


def _folded_table(column: str) -> str:
    return name(f"folded {column}")
