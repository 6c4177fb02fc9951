"""Units as an Excel sheet with the columns that the import reads."""

from django.utils.translation import gettext as _

from thidua.exchange.workbook import Column


def unit_columns() -> list[Column]:
    return [
        Column(_("Code"), 20),
        Column(_("Name"), 60),
        Column(_("Kind"), 16),
        Column(_("Parent"), 20),
        Column(_("E-mail"), 30),
    ]


def unit_rows(units):
    for unit in units:
        yield unit.code, unit.name, unit.kind, unit.parent.code if unit.parent else "", unit.email
