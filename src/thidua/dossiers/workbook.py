"""Dossiers as an Excel sheet, one row each."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from thidua.exchange.workbook import Column


def columns() -> list[Column]:
    return [
        Column(_("Unit code"), 16),
        Column(_("Unit"), 44),
        Column(_("Paper"), 16),
        Column(_("Year"), 8, "number"),
        Column(_("Title"), 60),
        Column(_("State"), 22),
        Column(_("Handed in"), 18, "moment"),
        Column(_("Days late"), 10, "number"),
        Column(_("Decided"), 18, "moment"),
        Column(_("Situation before"), 50),
        Column(_("Solution"), 50),
        Column(_("Measure"), 30),
        Column(_("Before"), 14),
        Column(_("Expected"), 14),
    ]


def rows(dossiers):
    for each in dossiers.iterator(chunk_size=1000):
        indicator = each.answers.get("indicator") or {}
        yield (
            each.unit.code,
            each.unit.name,
            each.get_kind_display(),
            each.year,
            each.title,
            each.get_state_display(),
            each.submitted_at and localtime(each.submitted_at),
            each.days_late,
            each.decided_at and localtime(each.decided_at),
            each.answers.get("situation", ""),
            each.answers.get("solution", ""),
            indicator.get("label", ""),
            indicator.get("before", ""),
            indicator.get("after", ""),
        )
