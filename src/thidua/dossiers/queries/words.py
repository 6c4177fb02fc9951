"""Answers as people read them, and what differs between two."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thidua.campaigns.models import PlanVersion
from thidua.core import bounds
from thidua.core.answers import answers_to, fits
from thidua.core.plan.schema import Form, Question
from thidua.core.vietnamese import number
from thidua.dossiers.models import Author, Dossier
from thidua.dossiers.parts import PARTS
from thidua.people.models import Person

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
FULL_FROM = 200  # words, from which difflib passes over those that a hundredth of the text is made of


@dataclass(frozen=True)
class Said:
    """One answer as people read it."""

    id: str
    label: str
    text: str
    rows: list[str]


def said(form: Form, answers: dict, names: dict[str, str]) -> list[Said]:
    """Every answered question in words, for pages, print and comparison."""
    return [each for section in told(form, answers, names) for each in section.answers]


@dataclass(frozen=True)
class Told:
    """A section of the form with its answered questions."""

    title: str
    answers: list[Said]


def told(form: Form, answers: dict, names: dict[str, str]) -> list[Told]:
    """The sections that have answers, in words, for papers."""
    answers = answers_to(form, answers)
    sections = [
        Told(
            section.title,
            [
                Said(question.id, question.label, *in_words(question, answers[question.id], names))
                for question in section.questions
                if _is_answered(answers.get(question.id))
            ],
        )
        for section in form.sections
    ]
    return [section for section in sections if section.answers]


def _is_answered(answer) -> bool:
    return any(answer.values()) if isinstance(answer, dict) else answer not in (None, "", [])


def in_words(question, answer, names: dict[str, str]) -> tuple[str, list[str]]:
    """One answer as text, and as rows where it has any."""
    labels: dict[str, object] = {option.id: option.label for option in question.choices}
    if question.type == "yes_no":
        labels = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
    if question.type == "authors":
        rows = [f"{names.get(str(row['person']), row['person'])}: {row['share']}%" for row in answer]
        return "; ".join(rows), rows
    if question.type == "milestones":
        rows = [_milestone(row) for row in answer]
        return "; ".join(rows), rows
    if question.type in PARTS:
        rows = [f"{row['name']}: {row['value']} ({row['source']})" for row in answer]
        return "; ".join(rows), rows
    if question.type == "indicator":
        return f"{answer.get('label', '')}: {answer.get('before', '')} → {answer.get('after', '')}", []
    if question.type == "choices":
        return ", ".join(str(labels.get(each, each)) for each in answer), []
    if question.type == "number":
        return number(answer) if str(answer).replace(".", "").isdigit() else str(answer), []
    return str(labels.get(str(answer), answer)), []


def _milestone(row: dict[str, Any]) -> str:
    values = {"title": row["title"], "due": row.get("due_on") or "–", "weight": row.get("weight") or 1}
    return _("%(title)s (due %(due)s, weight %(weight)s)") % values


def left_over(dossier: Dossier) -> list[Said]:
    """What was typed for questions that the form asks no more, or asks otherwise now, in the words of the version that
    asked last. One query, where there is any."""
    asked = answers_to(dossier.plan_form, dossier.answers)
    left = {id: answer for id, answer in dossier.answers.items() if id not in asked and _is_answered(answer)}
    if not left:
        return []
    earlier = PlanVersion.objects.filter(campaign=dossier.campaign_id).exclude(published_at=None).order_by("-number")
    known: dict[str, Question] = {}
    for plan in (version.plan for version in earlier):
        for form in (each for each in plan.forms if each.kind == dossier.kind):
            for question in form.questions:
                if question.id in left and fits(question, left[question.id]):
                    known.setdefault(question.id, question)
    names = names_of([left])
    return [Said(id, each.label, *in_words(each, left[id], names)) for id, each in known.items()]


@dataclass(frozen=True)
class Compared:
    """An answer in two versions: pieces of ("same" | "del" | "ins", text). ``id`` is the question's."""

    id: str
    label: str
    pieces: list[tuple[str, str]]
    changed: bool


def compared(before: list[Said], after: list[Said]) -> list[Compared]:
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    order = [*new, *(id for id in old if id not in new)]
    return [
        Compared(
            id,
            (new.get(id) or old[id]).label,
            *_pieces(old[id].text if id in old else "", new[id].text if id in new else ""),
        )
        for id in order
    ]


def _pieces(old: str, new: str) -> tuple[list[tuple[str, str]], bool]:
    first, second = WORDS.findall(old), WORDS.findall(new)
    if _takes_long(first, second):
        return [(kind, text) for kind, text in (("del", old), ("ins", new)) if text], old != new
    pieces: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, first, second).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(first[a:b])))
            continue
        if b > a:
            pieces.append(("del", "".join(first[a:b])))
        if d > c:
            pieces.append(("ins", "".join(second[c:d])))
    return pieces, old != new


def _takes_long(first: list[str], second: list[str]) -> bool:
    """Comparing looks at every pair of equal words, but for those that a longer text is full of. Where even so there
    are too many, the texts stand side by side as a whole."""
    times, often = Counter(second), len(second) // 100 + 1
    rare = times if len(second) < FULL_FROM else {word: count for word, count in times.items() if count <= often}
    return sum(count * rare.get(word, 0) for word, count in Counter(first).items()) > bounds.COMPARED


def names_of(answers: list[dict], authors: Iterable[Author] = ()) -> dict[str, str]:
    """Names of the people whom answers name as authors; who is among ``authors`` is not asked for again."""
    names = {author.person_id: author.person.full_name for author in authors}
    rows = (row for each in answers for answer in each.values() if isinstance(answer, list) for row in answer)
    people = (row["person"] for row in rows if isinstance(row, dict) and "person" in row)
    ids = {int(each) for each in people if str(each).isdigit()}
    if ids - set(names):
        names |= Person.objects.filter(pk__in=ids).values_list("pk", "full_name")
    return {str(pk): name for pk, name in names.items()}
