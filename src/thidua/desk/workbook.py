"""The trail as Excel: what the filters show, one row a deed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext

from thidua.core.refusals import need
from thidua.core.vietnamese import number
from thidua.core.words import _
from thidua.desk.trail import Told
from thidua.exchange.workbook import Column

MOST_ROWS = 100_000  # half a minute of writing; who needs more takes it year by year


def check_size(count: int) -> None:
    need(
        count <= MOST_ROWS,
        _("A workbook takes at most %(most)s rows of the trail; narrow the days first.", most=number(MOST_ROWS)),
    )


def trail_columns() -> list[Column]:
    return [
        Column(gettext("When"), 17, "moment"),
        Column(gettext("Who"), 26),
        Column(gettext("As what"), 26),
        Column(gettext("What"), 34),
        Column(gettext("Thing"), 50),
        Column(gettext("Unit"), 40),
        Column(gettext("Before"), 40),
        Column(gettext("After"), 40),
        Column(gettext("Note"), 40),
        Column(gettext("Seal"), 10, "number"),
    ]


def trail_rows(rows: Iterable[Told]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            localtime(row.entry.at),
            row.who,
            row.acting_as,
            str(row.what),
            row.thing,
            row.unit,
            "; ".join(f"{each.name}: {each.was}" for each in row.changes if each.was != ""),
            "; ".join(f"{each.name}: {each.now}" for each in row.changes if each.now != ""),
            row.entry.note,
            row.entry.seal,
        )
