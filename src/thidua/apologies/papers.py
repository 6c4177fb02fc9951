"""The letter of apology with a new appointment, the form of one-stop offices: one page a letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from thidua.apologies.models import Letter, Run
from thidua.core.apologies import form_on
from thidua.core.plan.schema import Plan
from thidua.core.vietnamese import day_in_words
from thidua.core.words import _
from thidua.documents import layout
from thidua.documents.registry import Paper, declare

PLACEHOLDERS = {
    "letters": _(
        "The letters: number, unit, superior, place, day, form, dossier, procedure, field, received, due, returned,"
        " new_due, days_late, is_late, reason"
    ),
}
NAME = "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"
BLANK = "…………………"


@lru_cache(maxsize=1)
def template() -> bytes:
    """The shipped template; citizens' names are not kept, so the letter leaves room for the name."""
    paper = layout.blank()
    layout.control(paper, "for letter in letters")
    layout.control(paper, "if not loop.first")
    layout.new_page(paper)
    layout.control(paper, "endif")
    layout.control(paper, "if letter.form")
    layout.text_right(paper, "{{ letter.form }}")
    layout.control(paper, "endif")
    layout.letterhead(
        paper,
        superior="{{ letter.superior|upper }}",
        issuer="{{ letter.unit|upper }}",
        symbol="Số: {{ letter.number }}/PXL",
        place_and_day="{{ letter.place }}, {{ letter.day }}",
    )
    layout.title(paper, NAME, "Hồ sơ số {{ letter.dossier }}")
    layout.text(paper, f"Kính gửi: Ông/Bà/Tổ chức {BLANK}{BLANK}")
    layout.text(
        paper,
        "Ngày {{ letter.received }}, {{ letter.unit }} đã tiếp nhận hồ sơ mã số {{ letter.dossier }}"
        "{% if letter.procedure %} về thủ tục “{{ letter.procedure }}”{% endif %}"
        "{% if letter.field %}, lĩnh vực {{ letter.field }}{% endif %}, hẹn trả kết quả ngày {{ letter.due }}.",
    )
    layout.control(paper, "if letter.returned")
    layout.text(
        paper,
        "Kết quả được trả ngày {{ letter.returned }}, chậm {{ letter.days_late }} ngày so với ngày hẹn ghi trong Giấy"
        " tiếp nhận hồ sơ và hẹn trả kết quả. Lý do: {{ letter.reason }}.",
    )
    layout.control(paper, "else")
    layout.text(
        paper,
        "{{ letter.unit }} không trả được kết quả đúng ngày hẹn ghi trong Giấy tiếp nhận hồ sơ và hẹn trả kết quả."
        " Lý do: {{ letter.reason }}.",
    )
    layout.control(paper, "endif")
    layout.text(paper, "Sự chậm trễ này làm Ông/Bà/Tổ chức mất thêm thời gian, công sức; {{ letter.unit }} xin lỗi.")
    layout.control(paper, "if not letter.returned")
    layout.text(paper, "{{ letter.unit }} hẹn trả kết quả vào ngày {{ letter.new_due }}.")
    layout.control(paper, "endif")
    layout.text(paper, "Mong Ông/Bà/Tổ chức thông cảm./.")
    layout.signature(paper, authority="THỦ TRƯỞNG ĐƠN VỊ", recipients=("Như trên;", "Lưu: VT, hồ sơ."))
    layout.control(paper, "endfor")
    return layout.as_bytes(paper)


def context(run: Run, letters: Iterable[Letter], plan: Plan, day: dt.date) -> dict[str, Any]:
    common = {
        "superior": plan.organisation,
        "place": plan.letterhead.place,
        "day": day_in_words(day),
        "form": form_on(day),
        "reason": run.reason.rstrip(" ."),
    }
    return {"letters": [common | _letter(each) for each in letters]}


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "number": f"{letter.number:02d}",
        "unit": letter.unit.name,
        "dossier": letter.dossier,
        "procedure": letter.procedure,
        "field": letter.field,
        "received": f"{letter.received:%d/%m/%Y}",
        "due": f"{letter.due:%d/%m/%Y}",
        "returned": f"{letter.returned:%d/%m/%Y}" if letter.returned else "",
        "new_due": f"{letter.new_due:%d/%m/%Y}" if letter.new_due else BLANK,
        "days_late": (letter.returned - letter.due).days if letter.returned else 0,
        "is_late": letter.is_late,
    }


def trial() -> dict[str, Any]:
    letter = {
        "number": "01", "unit": "Văn phòng", "superior": "Sở", "place": "Thành phố", "day": "ngày 02 tháng 01 năm 2024",
        "form": "Mẫu số 04", "dossier": "HS-1", "procedure": "Cấp bản sao văn bằng", "field": "Văn bằng",
        "received": "01/12/2023", "due": "08/12/2023", "returned": "", "new_due": "05/01/2024", "days_late": 0,
        "is_late": True, "reason": "Thiếu hồ sơ gốc",
    }  # fmt: skip
    return {"letters": [letter, letter | {"returned": "10/12/2023", "days_late": 2}]}


LETTER = declare(Paper("apology-letter", _("Letter of apology and new appointment"), PLACEHOLDERS, template, trial))
