"""What the forms of many dossiers ask, one column a question, for sheets: forms and plan versions that call a question
alike share its column."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from thidua.campaigns.models import PlanVersion
from thidua.core.answers import INDICATOR_PARTS
from thidua.core.plan.schema import Form, Question
from thidua.dossiers.queries.words import in_words

# Kept in tables of their own, or files.
ELSEWHERE = frozenset({"authors", "milestones", "files", "figures", "planned_actual"})
# Columns of their own beside those of the questions.
NAMED = ("title", "kind", "field")


class Asked:
    """``forms``: (plan version, form) → the form, of all dossiers of the sheet."""

    def __init__(self, forms: dict[tuple[int, str], Form]):
        self._columns: dict[tuple[str, str], dict[tuple[int, str], Question]] = {}
        self._forms = forms
        for at, form in forms.items():
            for question in form.questions:
                if question.type not in ELSEWHERE and question not in [form.playing(part) for part in NAMED]:
                    self._columns.setdefault((question.label, question.type), {})[at] = question

    @property
    def headings(self) -> list[tuple[str, int]]:
        """(heading, width); a measure before and after has three."""
        found: list[tuple[str, int]] = []
        for label, type in self._columns:
            found.append((label, 50 if type == "long_text" else 30))
            if type == "indicator":
                found += [(gettext("Before"), 14), (gettext("Expected"), 14)]
        return found

    def of(self, version: int, form: str, answers: dict[str, Any]) -> list[object]:
        """The answers of one dossier in words, one for each column."""
        found: list[object] = []
        for (_label, type), asked in self._columns.items():
            question = asked.get((version, form))
            answer = answers.get(question.id) if question else None
            if type == "indicator":
                found += [(answer or {}).get(part, "") for part in INDICATOR_PARTS]
            else:
                found.append(in_words(question, answer, {})[0] if answer not in (None, "", []) else "")
        return found

    def word_for(self, part: str) -> str:
        """What these forms call what one of their questions plays, "" where none does."""
        played = (form.playing(part) for form in self._forms.values())
        return next((question.label for question in played if question), "")

    def playing(self, part: str) -> dict[tuple[int, str], Question]:
        """(plan version, form) → its question that plays a part, of those that have one."""
        found = {at: form.playing(part) for at, form in self._forms.items()}
        return {at: question for at, question in found.items() if question}

    def said(self, part: str, version: int, form: str, answers: dict[str, Any]) -> str:
        """The answer to the question that plays a part, in words."""
        question = self._forms[version, form].playing(part)
        answer = answers.get(question.id) if question else None
        return in_words(question, answer, {})[0] if answer else ""


def asked_of(dossiers: QuerySet) -> Asked:
    """Two queries."""
    used = set(dossiers.order_by().values_list("version", "form").distinct())
    versions = PlanVersion.objects.defer("source").in_bulk([version for version, _form in used])
    return Asked({at: versions[at[0]].plan.form(at[1]) for at in sorted(used)})
