"""Reads of dossiers, shaped for the list, the page, the form and the review desk."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, JSONField, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy

from thidua.campaigns.models import Campaign, Obligation, without_text
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.plan.schema import Form
from thidua.core.vietnamese import number
from thidua.documents import queries as documents
from thidua.dossiers.models import Attachment, Author, Dossier, Note, Progress
from thidua.dossiers.parts import PARTS
from thidua.ledger.models import Entry
from thidua.people.models import Person, Post, Unit, current
from thidua.people.queries import acting_words

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Plain SQL, for every page of a dossier: Django takes longer to write these two than the database to answer them.
LAST_HAND_IN = """
    (select v.answers from dossiers_version v where v.dossier_id = dossiers_dossier.id order by v.number desc limit 1)
"""
NOTES_GIVEN = """
    array(select jsonb_build_object('question', n.question, 'text', n.text, 'by', p.full_name, 'at', n.written_at,
                                    'number', n.version_number, 'handed_in_at', v.submitted_at)
      from dossiers_note n join people_person p on p.id = n.written_by_id
      left join dossiers_version v on v.dossier_id = n.dossier_id and v.number = n.version_number
     where n.dossier_id = dossiers_dossier.id order by n.written_at desc, n.id desc)
"""


def list_page(person: Person, campaign: Campaign) -> QuerySet[Dossier]:
    return Dossier.objects.visible_to(person).filter(campaign=campaign).select_related("unit")


def one(person: Person) -> QuerySet[Dossier]:
    """With its unit and version; what only some need is left out: each join costs more to plan than a row to read."""
    seen = Dossier.objects.visible_to(person).select_related("unit", "version")
    return seen.defer(*without_text("version"))


def to_read(person: Person) -> QuerySet[Dossier]:
    """As ``one``, with its subject and the words of the last hand-in, which ``answers_for`` gives to some in place of
    today's.

    The office's notes come along in the same query; ``notes_to_read`` shapes them.
    """
    return (
        one(person)
        .select_related("about")
        .annotate(
            handed_in=RawSQL(LAST_HAND_IN, (), JSONField()),  # noqa: S611 — a constant, nothing is put into it
            notes_given=RawSQL(NOTES_GIVEN, (), ArrayField(JSONField())),  # noqa: S611 — likewise
        )
    )


def to_write(person: Person) -> QuerySet[Dossier]:
    """Which one it is, and its form: an action reads the rest again under its lock."""
    return Dossier.objects.visible_to(person).select_related("version").only("form", "version__sha256")


def obligation_of(dossier: Dossier) -> Obligation:
    """With its dates alone."""
    return Obligation.objects.only("due_at", "extended_to").get(
        campaign_id=dossier.campaign_id, key=dossier.obligation_key, unit_id=dossier.unit_id, person=None
    )


def notes_by_question(dossier: Dossier) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    for note in dossier.notes.select_related("written_by").order_by("-written_at"):
        found.setdefault(note.question, []).append(note)
    return found


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


def attachments_by_question(dossier: Dossier) -> dict[str, list[Attachment]]:
    """With what their signatures are; kept on the dossier for the rules that ask again."""
    files = documents.with_verdicts(Attachment.objects.order_by("pk"), public="dossier__unit__is_public")
    prefetch_related_objects([dossier], Prefetch("attachments", files))
    found: dict[str, list[Attachment]] = {}
    for attachment in dossier.attachments.all():
        if attachment.removed_at is None:
            found.setdefault(attachment.question, []).append(attachment)
    documents.mark_signatures(dossier.attachments.all())
    return found


def authors_of(dossier: Dossier) -> list[Author]:
    """In their order, with their names; kept on the dossier for the rules that ask again."""
    rows = Author.objects.select_related("person").order_by("position")
    shown = rows.only("dossier", "share", "position", "confirmed_at", "person__full_name")
    prefetch_related_objects([dossier], Prefetch("authors", shown))
    return list(dossier.authors.all())


def news_of(dossier: Dossier) -> QuerySet[Progress]:
    """News of how it is carried out, newest first, with the names that the page shows."""
    news = dossier.progress.select_related("written_by", "milestone", "attachment").order_by("-written_at")
    names = ("written_by__full_name", "milestone__title", "attachment__name")
    return news.only("text", "percent", "written_at", *names)


def answers_at(dossier: Dossier, revision: int) -> dict | None:
    """The answers as they were at an earlier revision, from the trail; None where the trail does not reach there."""
    steps = dossier.revision - revision
    if revision < 1 or steps < 0:
        return None
    saves = Entry.objects.filter(thing_type="dossiers.dossier", thing_id=str(dossier.pk), verb="dossiers.save")
    before = list(saves.order_by("-id").values_list("before", flat=True)[:steps])
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


def people_at(unit_id: int, *, on: dt.date) -> QuerySet[Post, int]:
    """Ids of those who hold a post at the unit on a day; who left is not among them."""
    held = Post.objects.filter(current("", on), unit_id=unit_id, person__is_active=True)
    return held.values_list("person_id", flat=True)


def colleagues(dossier: Dossier, *, on: dt.date) -> list[tuple[int, str]]:
    """Id and name of who can stand as an author: the people of the unit on a day, and who is named already."""
    here = Q(pk__in=people_at(dossier.unit_id, on=on))
    named = Q(pk__in=dossier.authors.values("person"))
    return list(Person.objects.filter(here | named).in_order().values_list("pk", "full_name"))


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
    sections = [
        Told(
            section.title,
            [
                Said(question.id, question.label, *_words(question, answers[question.id], names))
                for question in section.questions
                if _is_answered(answers.get(question.id))
            ],
        )
        for section in form.sections
    ]
    return [section for section in sections if section.answers]


def _is_answered(answer) -> bool:
    return any(answer.values()) if isinstance(answer, dict) else answer not in (None, "", [])


def _words(question, answer, names: dict[str, str]) -> tuple[str, list[str]]:
    labels: dict[str, object] = {option.id: option.label for option in question.choices}
    if question.type == "yes_no":
        labels = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
    if question.type == "authors":
        rows = [f"{names.get(str(row['person']), row['person'])}: {row['share']} %" for row in answer]
        return "; ".join(rows), rows
    if question.type == "milestones":
        rows = [f"{row['title']} ({row.get('due_on') or '–'})" for row in answer]
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
    pieces: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(first[a:b])))
            continue
        if b > a:
            pieces.append(("del", "".join(first[a:b])))
        if d > c:
            pieces.append(("ins", "".join(second[c:d])))
    return pieces, old != new


def names_of(answers: list[dict], authors: Iterable[Author] = ()) -> dict[str, str]:
    """Names of the people whom answers name as authors; who is among ``authors`` is not asked for again."""
    names = {author.person_id: author.person.full_name for author in authors}
    ids = {int(row["person"]) for each in answers for row in each.get("authors") or [] if str(row["person"]).isdigit()}
    if ids - set(names):
        names |= Person.objects.filter(pk__in=ids).values_list("pk", "full_name")
    return {str(pk): name for pk, name in names.items()}


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


def queue(person: Person) -> QuerySet[Dossier]:
    """What waits for the office, oldest first; not what the reviewer's own units handed in."""
    return Dossier.objects.waiting().exclude(unit__in=person.access.acts_for).select_related("unit")


def queue_pks(person: Person) -> list[int]:
    """The whole queue in its order; asked once for a person (so once a request)."""
    if not hasattr(person, "_queue_pks"):
        person._queue_pks = list(queue(person).values_list("pk", flat=True))
    return person._queue_pks


def waiting_count(person: Person) -> int:
    """How many wait; asked once for a person (so once a request: the page and its navigation)."""
    if hasattr(person, "_queue_pks"):
        return len(person._queue_pks)
    if not hasattr(person, "_waiting_count"):
        person._waiting_count = queue(person).count()
    return person._waiting_count


def reportable(unit: Unit, campaign: Campaign, year: int) -> QuerySet[Dossier]:
    """Registrations of the unit that still need a result report."""
    return (
        Dossier.objects.filter(
            unit=unit,
            campaign=campaign,
            year=year,
            kind=DossierKind.REGISTRATION,
            state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
        )
        .exclude(reports__in=Dossier.objects.exclude(state=DossierState.WITHDRAWN).filter(about__isnull=False))
        .order_by("pk")
    )


def continuable(unit: Unit, campaign: Campaign, year: int) -> QuerySet[Dossier]:
    """Last year's accepted registrations that are neither carried on yet nor closed."""
    carried_on = Dossier.objects.filter(continues=OuterRef("pk")).exclude(state=DossierState.WITHDRAWN)
    return Dossier.objects.filter(
        ~Exists(carried_on),
        unit=unit,
        campaign=campaign,
        year=year - 1,
        kind=DossierKind.REGISTRATION,
        state=DossierState.ACCEPTED,
        closed_at=None,
    ).order_by("pk")
