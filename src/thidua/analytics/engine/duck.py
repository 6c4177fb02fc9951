"""DuckDB inside this process: one warm connection, held to a part of the memory, that fetches nothing from outside."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thidua.analytics.duck import BOUNDS, in_bounds
from thidua.analytics.engine.columns import typed
from thidua.analytics.engine.compiled import RECORDS

DIALECT = "duckdb"
FILES = "files_of_records"
# Counting fits in memory; nothing of the records is left behind on disk.
SETTINGS = {**BOUNDS, "memory_limit": "256MB", "temp_directory": "", "preserve_insertion_order": True}
_lock = threading.Lock()


@functools.cache
def connection() -> Any:
    import duckdb

    made = duckdb.connect(config=SETTINGS)
    made.execute("SET enable_progress_bar = false")  # standard output belongs to the answer of a command
    return made


def rows(
    query: str, files: Sequence[str], schema: Mapping[str, str], values: Mapping[str, object]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query over ``RECORDS``, which are these Parquet files read as one table, with the columns of
    ``schema``; ``values`` fill the ``$name`` of the query.

    Comparing the columns of all files takes time, so it is done only where some turn out to be missing.
    """
    import duckdb

    with in_bounds(), _lock:  # one connection, whatever thread asks
        try:
            connection().read_parquet(list(files)).create_view(RECORDS, replace=True)
            return _found(query, values)
        except (duckdb.BinderException, duckdb.InvalidInputException):
            _view_of_all_columns(files, schema)
            return _found(query, values)
        finally:
            connection().execute(f"DROP VIEW IF EXISTS {RECORDS}; DROP VIEW IF EXISTS {FILES}")


def _found(query: str, values: Mapping[str, object]) -> Iterator[tuple[Any, ...]]:
    (statement,) = connection().extract_statements(query)
    asked = {name: values[name] for name in statement.named_parameters}  # DuckDB refuses a value that is not asked for
    return iter(connection().execute(statement, asked).fetchall())


def _view_of_all_columns(files: Sequence[str], schema: Mapping[str, str]) -> None:
    connection().read_parquet(list(files), union_by_name=True).create_view(FILES, replace=True)
    nothing = ", ".join(f"cast(null as {type}) as {name}" for name, type in typed(schema, '"'))
    connection().execute(
        f"CREATE OR REPLACE VIEW {RECORDS} AS FROM {FILES} UNION ALL BY NAME SELECT {nothing} WHERE false"
    )
