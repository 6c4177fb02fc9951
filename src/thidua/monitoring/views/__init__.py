"""The board, what one obligation is and what is decided on it, and marks."""

from thidua.monitoring.views.board import board, excel, mark, marks, marks_excel, remind, set_aside
from thidua.monitoring.views.obligations import (
    cancel_excuse,
    cancel_extension,
    excuse,
    excuse_many,
    extend,
    extend_many,
    obligation,
)

__all__ = [
    "board",
    "cancel_excuse",
    "cancel_extension",
    "excel",
    "excuse",
    "excuse_many",
    "extend",
    "extend_many",
    "mark",
    "marks",
    "marks_excel",
    "obligation",
    "remind",
    "set_aside",
]
