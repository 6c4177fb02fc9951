"""The first question to an engine loads DuckDB and Ibis for more than a second; a worker asks one when it starts, and a
web process, which at rest holds neither, when somebody opens a page from which rows are opened next."""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
import threading
from pathlib import Path

from thidua.analytics import engine
from thidua.core.measures.schema import Measure, Period
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _

WORD = _("Year")
COLUMNS = (Column("day", ColumnType.DAY, WORD, WORD), Column("field", ColumnType.TEXT, WORD, WORD))
DATASET = Dataset("warming", WORD, COLUMNS)
MEASURE = Measure(
    "warming", "warming", DATASET.id, numerator="field = 'x'", denominator="day <= until", day="day", scope="field"
)


@functools.cache
def beside() -> None:
    """Once a process, beside the request that is being answered."""
    threading.Thread(target=warm_up, daemon=True).start()


def warm_up() -> None:
    from thidua.analytics.engine import duck

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "nothing.parquet"
        duck.connection().execute(
            f"copy (select date '2023-01-01' as day, 'x' as field, 'x' as _unit) to '{file}' (format parquet)"
        )
        today = dt.date(2023, 12, 31)
        engine.count(MEASURE, DATASET, [str(file)], Period.of_year(2023), today, engine=engine.Engine.DUCKDB)
