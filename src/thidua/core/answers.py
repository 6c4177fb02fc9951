"""Answers to the questions of a form: what is wrong with one, and which milestone a row speaks of.

Whatever a person typed is kept as typed; a wrong answer is named here and cannot be handed in. Nothing raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from thidua.core.plan.schema import Form, Question
from thidua.core.refusals import Denied
from thidua.core.shares import check_shares
from thidua.core.vietnamese import parse_day, parse_number
from thidua.core.words import Sentence, _

INDICATOR_PARTS = ("label", "before", "after")
# What a form shows or attaches, and does not ask in words.
NOT_ASKED = frozenset({"files", "figures", "planned_actual"})
ROWS = frozenset({"authors", "milestones"})
WEIGHTS = range(1, 1001)
EMPTY: tuple[object, ...] = (None, "", [], {})


def share_of(text: object) -> Decimal | None:
    """A share in percent, above 0, at most 100, at most two decimals; None for anything else."""
    try:
        share = Decimal(str(text).replace(",", "."))
    except InvalidOperation:
        return None
    fits = share.is_finite() and 0 < share <= 100 and share == round(share, 2)
    return share if fits else None


def weight_of(text: object) -> int | None:
    """The weight of a milestone, 1 to 1,000; an empty one is 1; None for anything else."""
    plain = str(text or 1)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 5 and int(plain) in WEIGHTS else None


def day_of(text: object) -> dt.date | None:
    """The day that was typed; None for anything that is no day."""
    try:
        return parse_day(str(text))
    except ValueError:
        return None


def fits(question: Question, answer: Any) -> bool:
    """Whether an answer has the shape of what the question takes: one that was given when the question was of another
    type has not."""
    if answer in EMPTY or question.type in NOT_ASKED:
        return True
    if question.type in ROWS:
        return isinstance(answer, list) and all(isinstance(row, dict) for row in answer)
    if question.type == "choices":
        return isinstance(answer, list) and all(isinstance(each, str) for each in answer)
    return isinstance(answer, dict if question.type == "indicator" else str)


def answers_to(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that the form asks for. A draft follows the version in force, and may hold others from before."""
    asked = {each.id: each for each in form.questions}
    return {id: answer for id, answer in answers.items() if id in asked and fits(asked[id], answer)}


def is_shown(form: Form, question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether a question is asked, given the answers to those that it depends on. The plan check sees that these come
    before it, so this ends."""
    if not question.show_if:
        return True
    before, wanted = form.question(question.show_if[0]), question.show_if[1]
    answer = answers.get(before.id, "")
    is_given = wanted in answer if isinstance(answer, list) else str(answer) == wanted
    return is_given and is_shown(form, before, answers)


def problem_of(question: Question, answer: Any) -> Sentence | None:
    """What is wrong with an answer, or None. An empty one is wrong only where the question demands it."""
    if question.type in NOT_ASKED:
        return None
    if answer in EMPTY:
        return _("This is still empty.") if question.required else None
    check = CHECKS.get(question.type)
    return check(question, answer) if check else None


def _authors(question: Question, rows: Any) -> Sentence | None:
    people = [row.get("person") for row in rows]
    if len(set(people)) < len(people):
        return _("Each author stands once; add the shares of the same person.")
    shares = [(row.get("share"), share_of(row.get("share"))) for row in rows]
    wrong = next((text for text, share in shares if share is None), None)
    if any(share is None for _text, share in shares):
        return _("“%(text)s” is no share: write a number above 0 and at most 100.", text=wrong or "")
    try:
        check_shares([share for _text, share in shares if share is not None])
    except Denied as refusal:
        return refusal.sentence if isinstance(refusal.sentence, Sentence) else Sentence(refusal.sentence)
    return None


def _milestones(question: Question, rows: Any) -> Sentence | None:
    for row in rows:
        if row.get("due_on") and day_of(row["due_on"]) is None:
            return _("“%(text)s” is no day: write it as day/month/year.", text=row["due_on"])
        if weight_of(row.get("weight")) is None:
            return _("“%(text)s” is no weight: write a whole number from 1 to 1,000.", text=row["weight"])
    return None


def _indicator(question: Question, answer: Any) -> Sentence | None:
    filled = [bool(str(answer.get(part, "")).strip()) for part in INDICATOR_PARTS]
    if not any(filled) and not question.required:
        return None
    return None if all(filled) else _("Write the measure, its value today and the value you expect.")


def _choice(question: Question, answer: Any) -> Sentence | None:
    chosen = answer if isinstance(answer, list) else [answer]
    known = {option.id for option in question.choices} if question.type != "yes_no" else {"yes", "no"}
    return None if set(chosen) <= known else _("Choose one of the answers of the form.")


def _day(question: Question, answer: Any) -> Sentence | None:
    return None if day_of(answer) else _("“%(text)s” is no day: write it as day/month/year.", text=answer)


def _number(question: Question, answer: Any) -> Sentence | None:
    try:
        parse_number(str(answer))
    except ValueError:
        return _("“%(text)s” is no number.", text=answer)
    return None


CHECKS = {
    "authors": _authors,
    "milestones": _milestones,
    "indicator": _indicator,
    "choice": _choice,
    "choices": _choice,
    "yes_no": _choice,
    "date": _day,
    "number": _number,
}


def row_id(row: dict[str, Any], index: int) -> str:
    """The name of a milestone within its dossier; a row of before names were kept is named by its place."""
    return str(row.get("id") or f"m{index + 1}")


def with_ids(rows: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows named like the ones before that they speak of: by id, else by the same title, else anew.

    So a milestone keeps its progress when another one is taken away, put before it or renamed.
    """
    known = {row_id(row, index): row for index, row in enumerate(before)}
    free = dict(known)
    named: list[dict[str, Any]] = []
    claimed = ["" if free.pop(name, None) is None else name for name in (str(row.get("id", "")) for row in rows)]
    numbers = (n for n in range(1, len(known) + len(rows) + 2) if f"m{n}" not in known)
    for row, own in zip(rows, claimed, strict=True):
        same = next((name for name, old in free.items() if old.get("title") == row.get("title")), None)
        name = own or same or f"m{next(numbers)}"
        free.pop(name, None)
        named.append({**row, "id": name})
    return named
