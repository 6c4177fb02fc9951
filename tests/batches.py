"""Batches as import writes them (ADR 9), without import: rows of a dataset as Parquet, with or without a manifest."""

import hashlib
import io
import uuid

from thidua.core.records.datasets import ColumnType, Dataset
from thidua.core.vietnamese import fold


def parquet(dataset: Dataset, rows: list[dict], *, unit: str = "don-vi", period: str = "2023") -> bytes:
    """The file of a batch. A row is column → value; what it does not name is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        ColumnType.DAY: pa.date32(),
        ColumnType.NUMBER: pa.float64(),
        ColumnType.COUNT: pa.int64(),
        ColumnType.YES_NO: pa.bool_(),
    }
    columns = {}
    for column in dataset.columns:
        values = [row.get(column.name) for row in rows]
        columns[column.name] = pa.array(values, types.get(column.type, pa.string()))
        if column.is_named:
            folded = [None if value is None else fold(value) for value in values]
            columns[f"{column.name}_folded"] = pa.array(folded, pa.string())
    columns["_row"] = pa.array(range(2, len(rows) + 2), pa.int64())
    columns["_sheet"] = pa.array(["Sheet1"] * len(rows), pa.string())
    columns["_unit"] = pa.array([row.get("_unit", unit) for row in rows], pa.string())
    columns["_period"] = pa.array([period] * len(rows), pa.string())
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def batch(dataset: Dataset, unit, rows: list[dict], *, at, year: int = 2023, columns=None):
    """A batch in force: its file in the storage and its manifest. ``columns``: those that the file had."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from thidua.analytics.models import Batch

    key, content = "", b""
    if rows:
        content = parquet(dataset, rows, unit=unit.code, period=str(year))
        key = f"records/{dataset.id}/{unit.code}/{year}/{uuid.uuid4()}.parquet"
        default_storage.save(key, ContentFile(content))
    return Batch.objects.create(
        dataset=dataset.id,
        unit=unit,
        period=str(year),
        file_name="xuat.xlsx",
        file_sha256=hashlib.sha256(key.encode()).hexdigest(),
        columns=[column.name for column in dataset.columns] if columns is None else columns,
        rows=len(rows),
        rows_read=len(rows),
        rows_refused=0,
        rows_repeated=0,
        nothing_arose=not rows,
        key=key,
        stored_sha256=hashlib.sha256(content).hexdigest() if key else "",
        size=len(content),
        imported_at=at,
    )
