"""DuckDB with bounds: memory, threads, only the folders it needs, nothing fetched from anywhere."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thidua.core.refusals import Away
from thidua.core.words import _

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

logger = logging.getLogger("thidua.analytics")
MEMORY = "350MB"
# Of every connection: nothing is fetched from outside, however a machine is set up.
BOUNDS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "threads": min(os.cpu_count() or 1, 4),
}


@contextlib.contextmanager
def connected(folder: Path, files: Sequence[Path] = ()) -> Iterator[DuckDBPyConnection]:
    """A database in memory that may read and write in the folder, and read the files; it spills into the folder."""
    import duckdb  # at rest the web does not hold it

    settings = {**BOUNDS, "memory_limit": MEMORY, "temp_directory": str(folder / "spilled")}
    with in_bounds(), duckdb.connect(":memory:", config=settings) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set allowed_directories = [{text(str(folder))}]")
        connection.execute(f"set allowed_paths = [{', '.join(text(str(file)) for file in files)}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


@contextlib.contextmanager
def in_bounds() -> Iterator[None]:
    """A full disk or less memory than needed is no fault of the file; Away says that nothing was changed."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        logger.exception("Records could not be read")
        sentence = _("There is no room to read records at the moment. What was there before stays; try again later.")
        raise Away(sentence) from error


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(text(value) for value in sorted(values))
