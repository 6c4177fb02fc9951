"""The columns of a dataset in the words of SQL: a batch from before a dataset got a column has nothing in it."""

from __future__ import annotations

from collections.abc import Mapping

# Ibis's name of a type → what DuckDB and Spark both call it.
SQL_TYPES = {"string": "string", "date": "date", "float64": "double", "int64": "bigint", "boolean": "boolean"}


def typed(schema: Mapping[str, str], quote: str) -> list[tuple[str, str]]:
    """(name in quotation marks, type)."""
    return [(f"{quote}{name}{quote}", SQL_TYPES[type]) for name, type in schema.items()]
