"""One criterion over all units as an Excel sheet."""

from django.utils.translation import gettext as _

from thidua.exchange.workbook import Column


def figure_columns() -> list[Column]:
    return [
        Column(_("Unit code"), 16),
        Column(_("Unit"), 48),
        Column(_("Field"), 30),
        Column(_("Declared numerator"), 14, "number"),
        Column(_("Declared denominator"), 14, "number"),
        Column(_("Checked numerator"), 14, "number"),
        Column(_("Checked denominator"), 14, "number"),
        Column(_("Accepted numerator"), 14, "number"),
        Column(_("Accepted denominator"), 14, "number"),
        Column(_("Explanation"), 60),
    ]


def figure_rows(figures):
    for each in figures:
        yield (
            each.unit.code,
            each.unit.name,
            each.scope,
            each.numerator,
            each.denominator,
            each.checked_numerator,
            each.checked_denominator,
            each.accepted_numerator,
            each.accepted_denominator,
            each.explanation,
        )
