"""Spark: a cluster by its master's address (spark://host:port), or a Spark Connect server (sc://host:port).

The batches must lie where all workers can read them under the same path.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thidua.analytics.engine.columns import typed
from thidua.analytics.engine.compiled import RECORDS

DIALECT = "pyspark"


@functools.cache
def _session(address: str) -> Any:
    from pyspark.sql import SparkSession

    # It warns of pandas 3 at every answer; nothing here is handed to pandas.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    builder = SparkSession.builder.appName("thidua")
    if address.startswith("sc://"):
        return builder.remote(address).getOrCreate()
    return builder.master(address).config("spark.ui.enabled", "false").getOrCreate()


def rows(
    query: str, files: Sequence[str], schema: Mapping[str, str], values: Mapping[str, object], *, address: str
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query over ``RECORDS``, which are these Parquet files read as one table, with the columns of
    ``schema``: they are null where a file does not have them; ``values`` fill the ``:name`` of the query."""
    session = _session(address)
    columns = ", ".join(f"{name} {type}" for name, type in typed(schema, "`"))
    session.read.schema(columns).parquet(*files).createOrReplaceTempView(RECORDS)
    return (tuple(row) for row in session.sql(query, args=dict(values)).collect())
