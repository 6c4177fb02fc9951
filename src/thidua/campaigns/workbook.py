"""What publishing a version changes, as an Excel sheet: one row a unit and obligation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from thidua.campaigns.changes import Listed
from thidua.exchange.workbook import Column


def change_columns() -> list[Column]:
    return [
        Column(_("Unit code"), 16),
        Column(_("Unit"), 48),
        Column(_("Obligation"), 48),
        Column(_("People concerned"), 10, "number"),
        Column(_("What happens"), 26),
        Column(_("Due until now"), 14, "date"),
        Column(_("Due from then on"), 16, "date"),
        Column(_("Extended to"), 14, "date"),
        Column(_("Extension that falls"), 16, "date"),
    ]


def change_rows(rows: Iterable[Listed], local: Callable) -> Iterator[tuple[object, ...]]:
    def day(moment):
        return local(moment).date() if moment else None

    for row in rows:
        yield (
            row.unit.code,
            row.unit.name,
            row.name,
            row.people or None,
            str(row.kind.label),
            day(row.due_before),
            None if row.is_dropped else day(row.due_at),
            day(row.extended_to),
            day(row.fallen),
        )
