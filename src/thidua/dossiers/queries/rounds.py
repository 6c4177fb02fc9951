"""What was handed in before: notes by round, versions, a draft, the steps in the trail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from thidua.dossiers.models import Attachment, Dossier
from thidua.ledger.models import Entry
from thidua.people.models import Person
from thidua.people.queries import acting_words


@dataclass(frozen=True)
class Noted:
    label: str
    text: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class NotedRound:
    """The office's notes on one hand-in, in the order of the form."""

    number: int
    handed_in_at: dt.datetime
    notes: list[Noted]


def notes_to_read(dossier: Dossier) -> list[NotedRound]:
    """The office's notes on a dossier from ``to_read``, by the hand-in that they answer; the newest first."""
    rounds: dict[int, NotedRound] = {}
    for note in sorted(dossier.notes_given, key=lambda note: note["number"], reverse=True):
        handed_in_at = dt.datetime.fromisoformat(note["handed_in_at"])
        rounds.setdefault(note["number"], NotedRound(note["number"], handed_in_at, []))
    for question in dossier.plan_form.questions:
        for note in dossier.notes_given:
            if note["question"] == question.id:
                told = Noted(question.label, note["text"], note["by"], dt.datetime.fromisoformat(note["at"]))
                rounds[note["number"]].notes.append(told)
    return list(rounds.values())


def answers_at(dossier: Dossier, revision: int) -> dict | None:
    """The answers as they were at an earlier revision; None where the saves since then are no longer kept."""
    steps = dossier.revision - revision
    if revision < 1 or steps < 0:
        return None
    before = list(dossier.saves.filter(revision__gt=revision).order_by("-revision").values_list("before", flat=True))
    if len(before) < steps:
        return None
    answers = dict(dossier.answers)
    for changes in before:
        answers |= changes
    return answers


def answers_for(person: Person, dossier: Dossier) -> dict:
    """What a person may read of a dossier: its unit and authors the text as it stands, others what was handed in."""
    if not dossier.is_editable or dossier.unit_id in person.access.acts_for:
        return dossier.answers
    if any(author.person_id == person.pk for author in dossier.authors.all()):
        return dossier.answers
    return dossier.handed_in or {}


def draft_for(person: Person, dossier: Dossier) -> dict | None:
    """The text that is being written, for those who may read it before it is handed in."""
    if not dossier.is_editable:
        return None
    answers = answers_for(person, dossier)
    return answers if answers is dossier.answers else None


@dataclass(frozen=True)
class Kept:
    """A version as it was handed in, with the files that it had; the draft has no number."""

    number: int
    answers: dict
    at: dt.datetime | None
    files: list[Attachment]

    @property
    def key(self) -> str:
        return str(self.number) if self.at else DRAFT


DRAFT = "draft"
NOTHING = Kept(0, {}, None, [])


def versions_of(dossier: Dossier, *, draft: dict | None) -> list[Kept]:
    """What was handed in, oldest first, and then the draft."""
    files = list(dossier.attachments.exclude(question="progress").order_by("pk"))

    def then(at: dt.datetime) -> list[Attachment]:
        return [each for each in files if each.attached_at <= at and (not each.removed_at or each.removed_at > at)]

    kept = [
        Kept(each.number, each.answers, each.submitted_at, then(each.submitted_at))
        for each in dossier.versions.order_by("number")
    ]
    if draft is not None:
        kept.append(Kept(0, draft, None, [each for each in files if not each.removed_at]))
    return kept


def two_of(kept: list[Kept], older: str, newer: str) -> tuple[Kept, Kept]:
    """The two that are asked for; what is not asked for, or is not there, is the last one and the one before it."""
    found = {each.key: each for each in kept}
    later = found.get(newer) or (kept[-1] if kept else NOTHING)
    before = kept[: kept.index(later)] if later in kept else []
    return found.get(older) or (before[-1] if before else NOTHING), later


VERBS = {
    "begin": gettext_lazy("Begun"),
    "save": gettext_lazy("Saved"),
    "present": gettext_lazy("Laid before the head"),
    "recall": gettext_lazy("Taken back"),
    "submit": gettext_lazy("Signed off and handed in"),
    "return_": gettext_lazy("Returned"),
    "accept": gettext_lazy("Accepted"),
    "close": gettext_lazy("Closed, not carried on"),
    "withdraw": gettext_lazy("Withdrawn"),
    "confirm": gettext_lazy("Share confirmed"),
    "attach": gettext_lazy("File added"),
    "detach": gettext_lazy("File taken off"),
    "report_progress": gettext_lazy("Progress reported"),
}
HISTORY = 30


@dataclass(frozen=True)
class Past:
    what: object
    who: str
    acting_as: str
    at: dt.datetime


def history(dossier: Dossier) -> list[Past]:
    """The last steps of a dossier from the trail, newest first."""
    entries = Entry.objects.filter(thing_type="dossiers.dossier", thing_id=str(dossier.pk)).order_by("-id")
    rows = entries.values_list("verb", "by_name", "acting_as", "at")[:HISTORY]
    return [
        Past(VERBS.get(verb.rpartition(".")[2], verb), who, acting_words(acting), at) for verb, who, acting, at in rows
    ]
