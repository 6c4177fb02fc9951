"""The board as an Excel sheet, one row an obligation; and the marks, one row a mark."""

from __future__ import annotations

from django.utils.translation import gettext as _

from thidua.exchange.workbook import Column


def _unit_columns() -> list[Column]:
    return [Column(_("Unit code"), 16), Column(_("Unit"), 48), Column(_("Kind of unit"), 32)]


def _unit_cells(unit) -> tuple[str, str, str]:
    return unit.code, unit.name, unit.get_kind_display()


def board_columns() -> list[Column]:
    return [
        *_unit_columns(),
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
                *_unit_cells(row.unit),
                column.name,
                local(cell.obligation.due_at).date(),
                str(cell.state.label),
                f"{cell.obligation.recorded}/{cell.obligation.people}" if cell.obligation.kind == "personal" else "",
                cell.standing.done_on,
                cell.standing.days_late,
                cell.obligation.reason,
            )


def mark_columns() -> list[Column]:
    return [
        *_unit_columns(),
        Column(_("Kind of mark"), 26),
        Column(_("About"), 40),
        Column(_("What is to be looked at"), 70),
        Column(_("Where"), 70),
        Column(_("Set aside on"), 14, "date"),
        Column(_("Set aside by"), 26),
        Column(_("What was found"), 50),
    ]


def mark_rows(marks, local):
    for mark in marks:
        aside = mark.aside if mark.is_aside else None
        yield (
            *_unit_cells(mark.unit),
            str(mark.kind.label),
            str(mark.about),
            str(mark.sentence),
            "; ".join(str(side.words) for side in mark.sides),
            local(aside.at).date() if aside else None,
            aside.by if aside else "",
            aside.reason if aside else "",
        )
