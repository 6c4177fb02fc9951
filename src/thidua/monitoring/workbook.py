"""The board as an Excel sheet: one row an obligation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from thidua.exchange.workbook import Column


def board_columns() -> list[Column]:
    return [
        Column(_("Unit code"), 16),
        Column(_("Unit"), 48),
        Column(_("Kind of unit"), 32),
        Column(_("Obligation"), 48),
        Column(_("Due"), 12, "date"),
        Column(_("State"), 22),
        Column(_("People recorded"), 14),
        Column(_("Handed in on"), 14, "date"),
        Column(_("Days late"), 10, "number"),
        Column(_("Reason"), 40),
    ]


def board_rows(board, local):
    for row in board.rows:
        for column, cell in zip(board.columns, row.cells, strict=True):
            if cell is None:
                continue
            yield (
                row.unit.code,
                row.unit.name,
                row.unit.get_kind_display(),
                column.name,
                local(cell.obligation.due_at).date(),
                str(cell.state.label),
                f"{cell.obligation.recorded}/{cell.obligation.people}" if cell.obligation.kind == "personal" else "",
                cell.standing.done_on,
                cell.standing.days_late,
                cell.obligation.reason,
            )
