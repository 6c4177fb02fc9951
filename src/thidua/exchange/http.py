"""A workbook as the answer to a request: at once when it is small, by the worker when it is large.

The worker opens the same address as the same person (``exchange.tasks``), so a view says once what is in its workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from thidua.exchange import actions, rules
from thidua.exchange.workbook import Column, safe_title, write
from thidua.ui.downloads import download

# About a third of a second of one core; more would keep others waiting.
CELLS_AT_ONCE = 30_000
TOLD_EVERY = 500
Row = Sequence[object]


def excel_response(
    request, name: str, columns: Sequence[Column], rows: Iterable[Row] | Callable[[], Iterable[Row]], *, count: int
) -> HttpResponse:
    """``name`` without ending; it also titles the sheet. ``count``: how many rows there are.

    ``rows`` may be a function, called only where the workbook is written: what it does beside is done once.
    """
    name = safe_title(name)
    rules.check_size(count)
    export = getattr(request, "export", None)
    if export is None and count * len(columns) > CELLS_AT_ONCE:
        address, now = request.get_full_path(), timezone.now()
        return redirect(actions.ask(address=address, name=name, count=count, by=request.user, at=now))
    found = rows() if callable(rows) else rows
    made = write(columns, _told(found, export, count) if export else found, title=name)
    return download(made, name, "xlsx")


def _told(rows: Iterable[Row], export, count: int) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            actions.tell(export=export, percent=min(99, number * 100 // max(count, 1)))
        yield row
