"""What can be wrong with the forms of a plan: what a question depends on, what it plays, what is asked twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from thidua.core.plan.measures import Found
from thidua.core.plan.schema import PLAYED, Form, Plan, Question
from thidua.core.words import Sentence, _

# A form asks each of these once: what is kept of them has a table of its own.
ASKED_ONCE = ("authors", "milestones", "planned_actual", "figures")


def find(plan: Plan) -> Iterator[Found]:
    for form in plan.forms:
        yield from _asked(form)
        yield from _played(plan, form)


def questions(form: Form) -> Iterator[tuple[str, Question]]:
    """Each question of a form with its path."""
    for section in form.sections:
        for question in section.questions:
            yield f"forms.{form.id}.sections.{section.id}.questions.{question.id}", question


def _error(path: str, code: str, sentence: Sentence) -> Found:
    return "error", path, code, sentence


def _asked(form: Form) -> Iterator[Found]:
    earlier: set[str] = set()
    takes_files = any(each.type == "files" for each in form.questions)
    for path, question in questions(form):
        if question.or_file and not takes_files:
            yield _error(f"{path}.or_file", "missing", _("The form has no question for files."))
        if question.show_if and (len(question.show_if) != 2 or question.show_if[0] not in earlier):
            yield _error(f"{path}.show_if", "show-if", _("It depends on a question that does not come before it."))
        if question.type in {"choice", "choices"} and not question.choices:
            yield _error(f"{path}.choices", "missing", _("A choice needs its options."))
        if question.max_length < 0:
            yield _error(f"{path}.max_length", "count", _("A count cannot be negative."))
        earlier.add(question.id)


def _played(plan: Plan, form: Form) -> Iterator[Found]:
    """Pages and papers ask a form for what its questions play: once each, of a type that fits, the name of a
    registration always."""
    for path, question in questions(form):
        types = PLAYED.get(question.plays, ())
        if types and question.type not in types:
            words = ", ".join(types)
            sentence = _("What plays “%(part)s” is of the type: %(words)s.", part=question.plays, words=words)
            yield _error(f"{path}.type", "plays", sentence)
        offered = {"kind": plan.kinds, "field": plan.fields}.get(question.plays)
        if unknown := {each.id for each in question.choices} - {each.id for each in offered or question.choices}:
            sentence = _("The list of the plan does not hold: %(ids)s.", ids=", ".join(sorted(unknown)))
            yield _error(f"{path}.choices", "reference", sentence)
    for key, values in (("plays", PLAYED), ("type", ASKED_ONCE)):
        asked = [(path, getattr(question, key)) for path, question in questions(form)]
        for value, count in Counter(value for _path, value in asked if value in values).items():
            if count > 1:
                last = [path for path, found in asked if found == value][-1]
                sentence = _("“%(id)s” stands %(count)s times.", id=value, count=count)
                yield _error(f"{last}.{key}", "duplicate", sentence)
    if form.kind == "registration" and form.playing("title") is None:
        sentence = _("A registration needs its name: one question of the type “text” with plays = “title”.")
        yield _error(f"forms.{form.id}", "missing", sentence)
