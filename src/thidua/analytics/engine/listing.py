"""The rows behind a number, a page at a time: what a measure counts, asked of the same files by the same conditions."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from thidua.analytics.duck import name
from thidua.analytics.engine import compiled, duck, kept
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
    measure: Measure, dataset: Dataset, files: Mapping[str, str], period: Period, until: dt.date, narrowed: Narrowed
) -> int:
    """How many rows there are. ``files``: code of a unit → its file, in the order in which they are listed.

    Counted by DuckDB on this machine, whatever engine computes figures.
    """
    query, values = _query(measure, dataset, period, until, narrowed)
    return sum(_counts(query, dataset, tuple(files.values()), tuple(values.items())).values())


def rows(
    measure: Measure,
    dataset: Dataset,
    files: Mapping[str, str],
    period: Period,
    until: dt.date,
    narrowed: Narrowed,
    *,
    limit: int,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Column → value of each row, with ``_row``, ``_sheet``, ``_unit``: in the order of ``files``, then as they stood.

    Only the files that these rows are in are opened; DuckDB keeps their order by itself.
    """
    query, values = _query(measure, dataset, period, until, narrowed)
    counts = _counts(query, dataset, tuple(files.values()), tuple(values.items()))
    skipped, needed = _files_of_page([(file, counts.get(unit, 0)) for unit, file in files.items()], limit, offset)
    if not needed:
        return []
    columns = [*(column.name for column in dataset.columns), "_row", "_sheet", "_unit"]
    listed = f"select {', '.join(name(each) for each in columns)} from ({query}) limit $limit offset $offset"
    values |= {"limit": limit, "offset": offset - skipped}
    found = duck.rows(listed, needed, compiled.schema_of(dataset), values)
    return [dict(zip(columns, row, strict=True)) for row in found]


def _files_of_page(counted: Sequence[tuple[str, int]], limit: int, offset: int) -> tuple[int, list[str]]:
    """How many rows lie in the files before those that the page needs, and these."""
    start, skipped, needed = 0, 0, list[str]()
    for file, count in counted:
        if start + count <= offset:
            skipped += count
        elif start < offset + limit:
            needed.append(file)
        start += count
    return skipped, needed


@functools.lru_cache(maxsize=64)
def _counts(
    query: str, dataset: Dataset, files: tuple[str, ...], values: tuple[tuple[str, object], ...]
) -> dict[str, int]:
    """Code of a unit → its rows. A batch never changes, so what was counted once holds for the next page."""
    if not files:
        return {}
    counted = f"select _unit, count(*) from ({query}) group by 1"
    return dict(duck.rows(counted, files, compiled.schema_of(dataset), dict(values)))


def _query(
    measure: Measure, dataset: Dataset, period: Period, until: dt.date, narrowed: Narrowed
) -> tuple[str, dict[str, object]]:
    """The query and the values of its parameters."""
    conditions, values = ["true"], dict[str, object](compiled.given(period, until))
    if narrowed.scope is not None and measure.scope:
        column = dataset.column(measure.scope)
        folded = column is not None and column.is_named
        of_file = name(f"{measure.scope}_folded" if folded else measure.scope)
        conditions.append(f"left(coalesce({of_file}, ''), {SCOPE_LENGTH}) = $scope")
        values["scope"] = (fold(narrowed.scope) if folded else narrowed.scope)[:SCOPE_LENGTH]
    for n, (column_name, (first, last)) in enumerate(narrowed.between.items()):
        conditions.append(f"{name(column_name)} between $first{n} and $last{n}")
        values |= {f"first{n}": first, f"last{n}": last}
    query = kept.sql(measure, dataset, narrowed.part, duck.DIALECT)
    return f"select * from ({query}) where {' and '.join(conditions)}", values
