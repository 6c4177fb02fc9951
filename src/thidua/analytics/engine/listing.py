"""The rows behind a number, a page at a time: what a measure counts, asked of the same files by the same conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from thidua.analytics.duck import name
from thidua.analytics.engine import compiled, duck
from thidua.analytics.engine.compiled import Part
from thidua.core.measures.evaluate import SCOPE_LENGTH
from thidua.core.measures.schema import Measure, Period
from thidua.core.records.datasets import Dataset
from thidua.core.vietnamese import fold

__all__ = ["Narrowed", "Part", "count", "rows"]


@dataclass(frozen=True)
class Narrowed:
    """``scope``: of the measure's scope only this one, None for all; ``between``: column → first and last day."""

    part: Part = Part.WHOLE
    scope: str | None = None
    between: Mapping[str, tuple[dt.date, dt.date]] = field(default_factory=dict, hash=False)


def count(
    measure: Measure, dataset: Dataset, files: Sequence[str], period: Period, until: dt.date, narrowed: Narrowed
) -> int:
    """How many rows there are. Counted by DuckDB on this machine, whatever engine computes figures."""
    if not files:
        return 0
    query, values = _query(measure, dataset, period, until, narrowed)
    ((found,),) = duck.rows(f"select count(*) from ({query})", files, values)
    return int(found)


def rows(
    measure: Measure,
    dataset: Dataset,
    files: Sequence[str],
    period: Period,
    until: dt.date,
    narrowed: Narrowed,
    *,
    limit: int,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Column → value of each row, with ``_row``, ``_sheet`` and ``_unit``; by unit, then as they stood in the file."""
    if not files:
        return []
    columns = [*(column.name for column in dataset.columns), "_row", "_sheet", "_unit"]
    query, values = _query(measure, dataset, period, until, narrowed)
    listed = (
        f"select {', '.join(name(each) for each in columns)} from ({query}) "
        "order by _unit, _sheet, _row limit ? offset ?"
    )
    found = duck.rows(listed, files, [*values, limit, offset])
    return [dict(zip(columns, row, strict=True)) for row in found]


def _query(
    measure: Measure, dataset: Dataset, period: Period, until: dt.date, narrowed: Narrowed
) -> tuple[str, list[object]]:
    """The query and the values of its ``?``."""
    conditions, values = ["true"], list[object]()
    if narrowed.scope is not None and measure.scope:
        column = dataset.column(measure.scope)
        folded = column is not None and column.is_named
        of_file = name(f"{measure.scope}_folded" if folded else measure.scope)
        conditions.append(f"left(coalesce({of_file}, ''), {SCOPE_LENGTH}) = ?")
        values.append((fold(narrowed.scope) if folded else narrowed.scope)[:SCOPE_LENGTH])
    for column_name, days in narrowed.between.items():
        conditions.append(f"{name(column_name)} between ? and ?")
        values.extend(days)
    query = compiled.rows_sql(measure, dataset, period, until, narrowed.part, duck.DIALECT)
    return f"select * from ({query}) where {' and '.join(conditions)}", values
