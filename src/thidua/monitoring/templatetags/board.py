"""The cells of the board. Hundreds stand on a page, so they are drawn here and not by a template of their own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.campaigns import chosen
from thidua.core.obligations import BoardState
from thidua.core.vietnamese import number
from thidua.monitoring.queries import Cell, Column, Row
from thidua.people.models import Unit
from thidua.ui.marks import mark_of
from thidua.ui.templatetags.ui import icon, ngay

register = template.Library()
NOTE_LENGTH = 40


@register.simple_tag(takes_context=True)
def board_cells(context, columns: Sequence[Column], row: Row) -> str:
    """The cells of a unit's row, each with the name of its column for narrow screens."""
    spoken_of = chosen.for_links(context["request"])
    return format_html_join(
        "\n",
        '<td role="cell" data-label="{}">{}</td>',
        ((column.name, _cell(cell, row.unit, spoken_of)) for column, cell in zip(columns, row.cells, strict=True)),
    )


def _cell(cell: Cell | None, unit: Unit, spoken_of: chosen.Chosen) -> str:
    """The state as a link to the obligation, or to the people of the unit; where nothing is asked, a dash."""
    if cell is None:
        return format_html('<span class="cell is-none">{} {}</span>', icon("none"), _("Does not apply"))
    mark = mark_of(cell.state)
    words = _words(mark.icon, _state(cell), _note(cell))
    return format_html('<a class="cell is-{}" href="{}">{}</a>', mark.tone, _address(cell, unit, spoken_of), words)


@lru_cache(maxsize=2048)  # most cells of a board say the same
def _words(icon_name: str, state: str, note: str) -> str:
    small = format_html("<small>{}</small>", note) if note else ""
    return format_html("{} {}{}", icon(icon_name), state, small)


def _address(cell: Cell, unit: Unit, spoken_of: chosen.Chosen) -> str:
    if cell.obligation.kind == "personal":
        return spoken_of.address("reports:record", unit.code)
    return _obligation_address(cell.obligation.pk)


@lru_cache(maxsize=4096)  # a board holds a few thousand, and is drawn again and again
def _obligation_address(pk: int) -> str:
    return reverse("monitoring:obligation", args=[pk])


def _state(cell: Cell) -> str:
    late = cell.standing.days_late
    if cell.state is BoardState.LATE and cell.obligation.kind != "personal":
        return ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
    return str(cell.state.label)


def _note(cell: Cell) -> str:
    owed, late = cell.obligation, cell.standing.days_late
    if owed.kind == "personal":
        return _("%(recorded)s of %(asked)s results") % {
            "recorded": number(owed.recorded),
            "asked": number(owed.people),
        }
    if owed.excused:
        return owed.reason if len(owed.reason) <= NOTE_LENGTH else f"{owed.reason[:NOTE_LENGTH]}…"
    if owed.extended_to:
        return _("extended to %(day)s") % {"day": ngay(owed.extended_to)}
    if late and cell.state is not BoardState.LATE:
        return ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}
    return ""
