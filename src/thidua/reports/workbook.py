"""One criterion over all units, and the people of one unit × personal criteria, as Excel sheets."""

from django.utils.translation import gettext as _

from thidua.exchange.workbook import Column
from thidua.reports.queries import Grid


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


def people_columns(grid: Grid) -> list[Column]:
    """The columns that the import reads (reports.bulk.headings)."""
    return [
        Column(_("Sign-in name"), 20),
        Column(_("Full name"), 30),
        Column(_("Position"), 24),
        *(Column(each.short, 24, choices=each.choices) for each in grid.criteria),
        *(Column(_("Note: %(criterion)s") % {"criterion": each.short}, 24) for each in grid.criteria),
    ]


def people_rows(grid: Grid):
    for row in grid.rows:
        person = row.person
        values, notes = [cell.value for cell in row.cells], [cell.note for cell in row.cells]
        yield (person.username, person.full_name, person.title, *values, *notes)
