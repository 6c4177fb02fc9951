"""DuckDB inside this process: one warm connection, held to a part of the memory, that fetches nothing from outside."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from thidua.analytics.duck import BOUNDS
from thidua.analytics.engine.compiled import RECORDS

DIALECT = "duckdb"
# Counting fits in memory; nothing of the records is left behind on disk.
SETTINGS = {**BOUNDS, "memory_limit": "256MB", "temp_directory": ""}
_lock = threading.Lock()


@functools.cache
def _connection() -> Any:
    import duckdb

    connection = duckdb.connect(config=SETTINGS)
    connection.execute("SET enable_progress_bar = false")  # standard output belongs to the answer of a command
    return connection


def rows(query: str, files: Sequence[str], values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query over ``RECORDS``, which are these Parquet files read as one table.

    ``values`` fill the ``?`` of the query.
    """
    with _lock:  # one connection, whatever thread asks
        connection = _connection()
        connection.read_parquet(list(files)).create_view(RECORDS, replace=True)
        try:
            return iter(connection.execute(query, list(values)).fetchall())
        finally:
            connection.execute(f"DROP VIEW IF EXISTS {RECORDS}")
