"""Answers on satisfaction that were gathered elsewhere: one row an answer to one question."""

from __future__ import annotations

from thidua.analytics.registry import declare
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _

SATISFACTION = declare(
    Dataset(
        id="satisfaction",
        name=_("Answers on satisfaction"),
        unit_headings=("đơn vị", "mã đơn vị", "tên đơn vị", "trường"),
        dated=("answered",),
        columns=(
            Column(
                "answered",
                ColumnType.DAY,
                _("Answered on"),
                _("The day of the answer"),
                ("ngày trả lời", "ngày khảo sát", "ngày đánh giá", "thời gian", "dấu thời gian", "timestamp"),
                required=True,
            ),
            Column(
                "group",
                ColumnType.TEXT,
                _("Group of questions"),
                _("Access, facilities, environment, activities or results"),
                ("nhóm", "nhóm câu hỏi", "tiêu chí", "nội dung", "nội dung đánh giá"),
                is_named=True,
            ),
            Column(
                "level",
                ColumnType.COUNT,
                _("Level of satisfaction"),
                _("From 1, very dissatisfied, to 5, very satisfied"),
                ("mức", "mức độ", "mức độ hài lòng", "điểm", "mức hài lòng", "đánh giá"),
                required=True,
                lowest=1,
                highest=5,
            ),
        ),
    )
)
