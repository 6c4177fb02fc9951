"""A workbook as the answer to a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import FileResponse

from thidua.exchange.workbook import Column, write

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def excel_response(name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> FileResponse:
    """``name`` without ending; it also titles the sheet."""
    return FileResponse(
        write(columns, rows, title=name), as_attachment=True, filename=f"{name}.xlsx", content_type=CONTENT_TYPE
    )
