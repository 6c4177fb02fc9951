"""A form of the plan: from what was posted to answers, and from answers to what the page draws."""

from __future__ import annotations

from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from thidua.core.answers import INDICATOR_PARTS, NOT_ASKED, answers_to, row_id
from thidua.core.plan.schema import Form, Option, Question
from thidua.core.vietnamese import nfc, nfc_lines
from thidua.dossiers.parts import PARTS
from thidua.ui.fields import DayField, is_id

AUTHOR_ROWS = 2
MILESTONE_ROWS = 3


def answers_from(form: Form, post) -> dict[str, object]:
    """Question id → answer, composed Unicode, for the questions that the post holds."""
    found: dict[str, object] = {}
    for question in form.questions:
        if question.type in NOT_ASKED:
            continue
        answer = _answer(question, post)
        if answer is not None:
            found[question.id] = answer
    return found


def _answer(question: Question, post) -> object:
    if question.type == "authors":
        rows = _rows(post, question.id, ("person", "share"), wanted="person")
        return rows and [row for row in rows if is_id(row["person"])]
    if question.type == "milestones":
        return _rows(post, question.id, ("id", "title", "due_on", "weight"), wanted="title")
    if question.type == "indicator":
        parts = {part: nfc(post.get(f"{question.id}-{part}", "")) for part in INDICATOR_PARTS}
        return parts if f"{question.id}-label" in post else None
    if question.type == "choices":
        return [nfc(value) for value in post.getlist(question.id)]
    if question.id not in post:
        return None
    return nfc_lines(post[question.id])[: question.max_length or 20_000]


def _rows(post, name: str, keys: tuple[str, ...], *, wanted: str) -> list[dict[str, str]] | None:
    """The filled rows of a repeated question, in their order; those ticked for deletion are left out."""
    total = post.get(f"{name}-TOTAL_FORMS", "")
    if not is_id(total):
        return None
    rows = []
    for number in range(min(int(total), 50)):
        row = {key: nfc(post.get(f"{name}-{number}-{key}", "")) for key in keys}
        if row[wanted] and not post.get(f"{name}-{number}-DELETE"):
            rows.append(row)
    return rows


@dataclass(frozen=True)
class Drawn:
    """One question as the template draws it; ``depends`` says on which answer before it, for pages without script."""

    question: Question
    value: object
    error: object = ""
    depends: object = ""
    rows: list[dict] = field(default_factory=list)
    options: tuple[Option, ...] = ()
    notes: list = field(default_factory=list)
    attachments: list = field(default_factory=list)


@dataclass(frozen=True)
class DrawnSection:
    id: str
    title: str
    hint: str
    questions: list[Drawn]
    complete: bool


def drawn(
    form: Form, answers: dict, *, missing: dict, show_errors: bool, notes: dict, attachments: dict
) -> list[DrawnSection]:
    """The sections of a form with answers, and what is missing beside each question."""
    answers = answers_to(form, answers)
    return [
        DrawnSection(
            section.id,
            section.title,
            section.hint,
            [
                Drawn(
                    question=question,
                    value=answers.get(question.id, ""),
                    error=missing.get(question.id, "") if show_errors else "",
                    depends=_depends(form, question),
                    rows=_drawn_rows(question, answers.get(question.id)),
                    options=question.choices,
                    notes=notes.get(question.id, []),
                    attachments=attachments.get(question.id, []),
                )
                for question in section.questions
            ],
            complete=not any(question.id in missing for question in section.questions),
        )
        for section in form.sections
    ]


def _depends(form: Form, question: Question) -> str:
    if not question.show_if:
        return ""
    before, wanted = form.question(question.show_if[0]), question.show_if[1]
    labels: dict[str, object] = {"yes": _("Yes"), "no": _("No")} if before.type == "yes_no" else {}
    labels |= {option.id: option.label for option in before.choices}
    return gettext("Only where “%(question)s” is “%(answer)s”.") % {
        "question": before.label,
        "answer": labels.get(wanted, wanted),
    }


def _drawn_rows(question: Question, answer: object) -> list[dict]:
    """Rows with a few empty ones to write in, so that the page works without script; a part's lines as they are.

    ``at`` is what the names of a row's inputs begin with.
    """
    if question.type in PARTS:
        return list(answer or [])
    spare = {"authors": AUTHOR_ROWS, "milestones": MILESTONE_ROWS}.get(question.type, 0)
    if not spare:
        return []
    rows = [{**row, "id": row_id(row, index)} for index, row in enumerate(answer or [])]
    rows += [{} for _n in range(max(spare - len(rows), 1))]
    return [{**row, "at": f"{question.id}-{index}"} for index, row in enumerate(rows)]


class KeyForm(forms.Form):
    """Which obligation of the plan."""

    key = forms.SlugField()


class BeginForm(KeyForm):
    unit = forms.IntegerField()
    token = forms.UUIDField()
    about = forms.IntegerField(required=False)
    continues = forms.IntegerField(required=False)


class DecideForm(forms.Form):
    """Notes arrive as ``note-<question>``; read them with ``notes_of``."""

    message = forms.CharField(
        label=_("Message"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )
    correct_by = DayField(label=_("Correct by"), help_text="")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class ProgressForm(forms.Form):
    milestone = forms.IntegerField(required=False)
    percent = forms.IntegerField(label=_("Done (%)"), required=False, min_value=0, max_value=100)
    text = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000)
    upload = forms.FileField(label=_("Photo or file"), required=False)


def notes_of(form: Form, post) -> dict[str, str]:
    return {
        question.id: post[f"note-{question.id}"].strip()[:5000]
        for question in form.questions
        if post.get(f"note-{question.id}", "").strip()
    }
