"""Results of a survey as Excel sheets."""

from __future__ import annotations

from django.utils.translation import gettext as _

from thidua.core.satisfaction import Level
from thidua.exchange.workbook import Column


def result_columns() -> list[Column]:
    return [
        Column(_("Unit code"), 16),
        Column(_("Unit"), 48),
        Column(_("People who answered"), 14, "number"),
        *(Column(str(level.label), 14, "number") for level in Level),
        Column(_("Valid answers"), 14, "number"),
        Column(_("Satisfaction"), 14, "percent"),
        Column(_("With 95% certainty from"), 14, "percent"),
        Column(_("With 95% certainty to"), 14, "percent"),
    ]


def result_rows(results):
    for each in results.places:
        found = each.result
        low, high = found.interval or (None, None)
        yield (
            each.place.unit.code,
            each.place.unit.name,
            found.people,
            *(found.counts.get(level, 0) for level in Level),
            found.valid,
            found.value,
            low,
            high,
        )


def word_columns() -> list[Column]:
    return [Column(_("Day"), 12, "date"), Column(_("Unit"), 48), Column(_("Words"), 100)]


def word_rows(answers):
    for each in answers.iterator(chunk_size=2000):
        yield each.on, each.place.unit.name, each.words
