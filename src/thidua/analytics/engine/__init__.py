"""Counting: a measure over the files of batches, on DuckDB (the default) or Spark; both give what the reference gives.

Rooms above ask here and never see an engine; what an engine needs is imported when the first question comes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum

from django.conf import settings

from thidua.analytics.engine import compiled, duck, kept, spark
from thidua.core.measures import evaluate
from thidua.core.measures.schema import Cell, Count, Measure, Period
from thidua.core.records.datasets import Dataset
from thidua.core.refusals import need
from thidua.core.words import _

__all__ = ["Engine", "cells", "chosen", "count", "prepare"]


class Engine(StrEnum):
    DUCKDB = "duckdb"
    SPARK = "spark"


def chosen(name: str = "") -> Engine:
    """The engine asked for by name, else the one of the settings. Raises Denied where Spark has no address."""
    engine = Engine(name) if name else Engine.SPARK if settings.ENGINE else Engine.DUCKDB
    need(
        engine is Engine.DUCKDB or settings.ENGINE,
        _("Spark has no address: set THIDUA_ENGINE to spark://host:port or sc://host:port."),
    )
    return engine


def count(
    measure: Measure, dataset: Dataset, files: Sequence[str], period: Period, until: dt.date, *, engine: Engine
) -> list[Count]:
    """By unit, scope and month with their totals, as ``core.measures.evaluate`` gives them."""
    return evaluate.rolled_up(measure, cells(measure, dataset, files, period, until, engine=engine))


def cells(
    measure: Measure, dataset: Dataset, files: Sequence[str], period: Period, until: dt.date, *, engine: Engine
) -> Iterable[Cell]:
    """The finest grain: one query over all files at once. ``until``: the day on which the measure is judged."""
    if not files:
        return []
    schema, days = compiled.schema_of(dataset), compiled.given(period, until)
    if engine is Engine.SPARK:
        query = kept.sql(measure, dataset, None, spark.DIALECT)
        return compiled.cells_of(spark.rows(query, files, schema, days, address=settings.ENGINE))
    query = kept.sql(measure, dataset, None, duck.DIALECT)
    return compiled.cells_of(duck.rows(query, files, schema, days))


def prepare(measure: Measure, dataset: Dataset) -> None:
    """Make the texts by which pages list the rows behind the measure, so that nobody who opens one waits for it."""
    for part in compiled.Part:
        kept.sql(measure, dataset, part, duck.DIALECT)
