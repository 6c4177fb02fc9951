"""Registration, result report and unit plan in Word: a template for each, filled from the form of the plan."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils import timezone, translation

from thidua.core.dossiers import KIND_LABELS, DossierKind
from thidua.core.units import PostKind, signing
from thidua.core.words import _
from thidua.documents import layout, word
from thidua.documents import queries as documents
from thidua.documents.registry import Paper, declare
from thidua.dossiers import queries
from thidua.dossiers.models import Dossier
from thidua.people.models import Post, current

PLACEHOLDERS = {
    "paper": _("Head and foot: superior, issuer, place, year, draft, title, authority, signer, recipients"),
    "unit": _("Name of the unit"),
    "year": _("The year"),
    "year_name": _("The year as the plan calls it"),
    "title": _("Title"),
    "campaign": _("Name of the campaign"),
    "sections": _("Sections of the form: number, title, answers; each answer has label and lines"),
    "planned": _("What the registration promised (in a report): label and lines"),
    "attached": _("Names of the attached files"),
    "state": _("State"),
    "handed_in": _("When it was handed in and by whom"),
}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@lru_cache(maxsize=1)
def template() -> bytes:
    """The shipped template; the three kinds differ in their title and questions only."""
    paper = layout.official("{{ paper.title|upper }}", "{{ campaign }}, {{ year_name }}")
    layout.text(paper, "Đơn vị: {{ unit }}")
    layout.control(paper, "if planned")
    layout.heading(paper, "Nội dung đã đăng ký")
    _answers(paper, "planned")
    layout.control(paper, "endif")
    layout.control(paper, "for section in sections")
    layout.heading(paper, "{{ section.number }}. {{ section.title }}")
    _answers(paper, "section.answers")
    layout.control(paper, "endfor")
    layout.control(paper, "if attached")
    layout.heading(paper, "Tài liệu gửi kèm")
    layout.control(paper, "for name in attached")
    layout.text(paper, "{{ loop.index }}. {{ name }}")
    layout.control(paper, "endfor")
    layout.control(paper, "endif")
    layout.text(paper, "Trên đây là nội dung {{ paper.title|lower }} của {{ unit }}./.")
    layout.signature(paper, authority="{{ paper.authority }}")
    return layout.as_bytes(paper)


def _answers(paper, listed: str) -> None:
    layout.control(paper, f"for answer in {listed}")
    layout.text(paper, "{{ answer.label }}:", bold=True)
    layout.control(paper, "for line in answer.lines")
    layout.text(paper, "{{ line }}")
    layout.control(paper, "endfor")
    layout.control(paper, "endfor")


def written(dossier: Dossier, answers: dict) -> bytes:
    """The Word file of a dossier with the answers that its reader may see."""
    with translation.override("vi"):
        template = documents.content(PAPERS[DossierKind(dossier.kind)])
        return word.fill(template, context(dossier, answers), limits=word.AT_ONCE)


def context(dossier: Dossier, answers: dict) -> dict[str, Any]:
    plan = dossier.version.plan
    names = queries.names_of([answers, dossier.about.answers if dossier.about else {}])
    sections = queries.told(dossier.plan_form, answers, names)
    promised = queries.said(dossier.about.plan_form, dossier.about.answers, names) if dossier.about else []
    return {
        "paper": {
            "superior": plan.organisation,
            "issuer": dossier.unit.name,
            "symbol": "…",
            "place": plan.letterhead.place,
            "draft": not dossier.submitted_at,
            "year": (dossier.submitted_at or dossier.saved_at).year,
            "title": dossier.plan_form.name.split(" (")[0],
            "authority": _authority(dossier),
            "signer": str(dossier.submitted_by or ""),
            "recipients": [f"{plan.organisation};", "Lưu: VT."],
        },
        "unit": dossier.unit.name,
        "year": dossier.year,
        "year_name": str(plan.year_name(dossier.year)),
        "title": dossier.title,
        "campaign": plan.name,
        "sections": [
            {"number": number, "title": section.title, "answers": [_answer(each) for each in section.answers]}
            for number, section in zip(ROMAN, sections, strict=False)
        ],
        "planned": [_answer(each) for each in promised],
        "attached": [each.name for each in dossier.attachments.filter(removed_at=None).order_by("pk")],
        "state": str(dossier.get_state_display()),
        "handed_in": f"{dossier.submitted_at:%d/%m/%Y}" if dossier.submitted_at else "",
    }


def _authority(dossier: Dossier) -> str:
    """In whose authority the paper was handed in: the head's own, or a deputy's who acts for the head."""
    day = timezone.localdate(dossier.submitted_at) if dossier.submitted_at else timezone.localdate()
    posts = Post.objects.filter(current("", day), unit=dossier.unit_id).select_related("person").order_by("pk")
    titles = {(each.kind, each.person_id): each.title or each.person.title for each in posts}
    head = next((title for (kind, _person), title in titles.items() if kind == PostKind.HEAD), "")
    is_of_head = (PostKind.HEAD, dossier.submitted_by_id) in titles
    return signing(head, "" if is_of_head else titles.get((PostKind.DEPUTY, dossier.submitted_by_id), ""))


def _answer(said: queries.Said) -> dict[str, Any]:
    return {"label": said.label, "lines": said.rows or said.text.split("\n")}


def trial() -> dict[str, Any]:
    answers = [{"label": "Cách làm", "lines": ["Hẹn giờ trước.", "Trả tại nhà."]}]
    return {
        "paper": {
            "superior": "Sở", "issuer": "Trường", "symbol": "…", "place": "Thành phố", "year": 2023, "title": "Đăng ký",
            "draft": True, "authority": "KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG", "signer": "Hoàng Lan Hạnh",
            "recipients": ["Sở;", "Lưu: VT."],
        },
        "unit": "Trường", "year": 2023, "year_name": "năm 2023", "title": "Trả học bạ", "campaign": "Phong trào",
        "planned": answers,
        "sections": [{"number": "I", "title": "Nội dung", "answers": answers}], "state": "Đã nộp",
        "attached": ["Ảnh.jpg"],
        "handed_in": "20/08/2023",
    }  # fmt: skip


PAPERS = {
    kind: declare(Paper(kind.value.replace("_", "-"), KIND_LABELS[kind], PLACEHOLDERS, template, trial))
    for kind in DossierKind
}
