"""What a plan holds. The dataclasses are the only place where a key of the plan file is named (plan, parts I to IV).

``read`` in reader.py fills them from TOML; days are dates, thresholds are shares between 0 and 1 or counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from thidua.core.measures.schema import Measure
from thidua.core.plan.kinds import CRITERION_KINDS, CriterionKind
from thidua.core.refusals import NotThere
from thidua.core.words import Sentence, _

# What a question may play, and of which types it then is: the name of the paper, the two answers by which registrations
# are counted, and what a report tells.
PLAYED = {
    "title": ("text",),
    "kind": ("choice",),
    "field": ("choice",),
    "effect": ("text", "long_text"),
    "difficulties": ("text", "long_text"),
    "lessons": ("text", "long_text"),
    "proposals": ("text", "long_text"),
}


class Named(Protocol):
    @property
    def id(self) -> str: ...


AnyNamed = TypeVar("AnyNamed", bound=Named)


def _named(items: Iterable[AnyNamed], id: str) -> AnyNamed:
    """A row that speaks of something in a plan names the version as well, and looks there; who looks for what an
    address names is told that it is not there."""
    found = next((each for each in items if each.id == id), None)
    if found is None:
        raise NotThere(_("“%(id)s” is not in the plan.", id=id))
    return found


@dataclass(frozen=True)
class LegalBasis:
    symbol: str
    issued_on: dt.date
    issuer: str
    subject: str


@dataclass(frozen=True)
class Letterhead:
    """What stands at the head and foot of official papers (Nghị định 30/2020/NĐ-CP): the body above, the letters of
    the organisation in a paper's number, the place, and in whose authority it is signed."""

    superior: str = ""
    abbreviation: str = ""
    place: str = ""
    authority: str = ""


@dataclass(frozen=True)
class Option:
    """One of a fixed list: a kind of initiative, a field, an answer to a question."""

    id: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Audience:
    """Who is meant: units of some kinds, or the people in them."""

    id: str
    name: str
    kinds: tuple[str, ...]
    personal: bool = False


@dataclass(frozen=True)
class Round:
    id: str
    year: int
    name: str
    kind: str
    opens_on: dt.date
    closes_on: dt.date
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Obligation:
    """Who owes what by when. ``late``: what comes after the due day is "refused" or "marked"."""

    id: str
    year: int
    name: str
    kind: str
    audiences: tuple[str, ...]
    opens_on: dt.date
    due_on: dt.date
    form: str = ""
    criterion: str = ""
    round: str = ""
    at_least: int = 1
    late: str = "marked"

    def due_at(self, timezone: str) -> dt.datetime:
        """The end of the due day: a due date runs to the end of the named day."""
        return dt.datetime.combine(self.due_on, dt.time(23, 59, 59), ZoneInfo(timezone))


@dataclass(frozen=True)
class Criterion:
    """A target. ``threshold`` is a share (kinds ratio, task, personal) or a number (count).

    ``source``: where its number comes from; "records" where a measure of the plan computes it. What units owe does not
    follow from it: they go on declaring, and both numbers stand side by side.

    A personal criterion is answered for each person by one of ``choices``; ``passing`` names those that meet it, and
    ``posts`` the posts it is about (empty: everybody in the unit). ``plays``: "letters" where letters of apology serve
    it. ``rest_of``: the criterion of which this one's denominator is what misses: late dossiers of which a letter went
    out are those that were not on time.
    """

    id: str
    audiences: tuple[str, ...]
    wording: str
    short: str
    kind: str
    threshold: float
    source: str
    denominator: str
    direction: str = "at_least"
    scopes: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    unit_of_count: str = ""
    evidence: bool = False
    near: float = 0.02
    choices: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    clause: str = ""
    plays: str = ""
    rest_of: str = ""

    @property
    def is_a(self) -> CriterionKind:
        """A kind that is none is told by the check of the plan, which reads on."""
        return CRITERION_KINDS.get(self.kind, CriterionKind())

    @property
    def is_count(self) -> bool:
        return self.is_a.is_count

    @property
    def of_people(self) -> bool:
        return self.is_a.of_people


@dataclass(frozen=True)
class Question:
    """One question of a form. ``show_if`` is (question id, answer) of an earlier question.

    ``or_file``: a file attached to the form answers it just as well. ``plays``: what pages and papers take it for, one
    of ``PLAYED``; the type alone tells where authors, milestones, the measure before and after, and files stand.
    """

    id: str
    label: str
    type: str
    hint: str = ""
    required: bool = False
    or_file: bool = False
    show_if: tuple[str, ...] = ()
    choices: tuple[Option, ...] = ()
    max_length: int = 0
    file_types: tuple[str, ...] = ()
    plays: str = ""


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    questions: tuple[Question, ...]
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """``slug`` is the short link of the form."""

    id: str
    name: str
    kind: str
    audiences: tuple[str, ...]
    slug: str
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, id: str) -> Question:
        return _named(self.questions, id)

    def playing(self, part: str) -> Question | None:
        """The question that plays a part. A form that says of none, as in plans of before, is read by their ids."""
        says = any(question.plays for question in self.questions)
        return next((each for each in self.questions if (each.plays if says else each.id) == part), None)

    def of_type(self, type: str) -> Question | None:
        """The question of a type that a form asks at most once."""
        return next((question for question in self.questions if question.type == type), None)


@dataclass(frozen=True)
class Index:
    """An index to follow; ``targets`` by year (as text keys, TOML has no others)."""

    id: str
    name: str
    description: str
    unit: str
    better: str = "higher"
    targets: dict[str, float] = field(default_factory=dict, hash=False)
    target_rank: int = 0


@dataclass(frozen=True)
class Award:
    id: str
    name: str
    kind: str
    quota: str = ""


@dataclass(frozen=True)
class Duty:
    body: str
    text: str
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Recipient:
    name: str
    purpose: str


@dataclass(frozen=True)
class Plan:
    id: str
    name: str
    short_name: str
    first_year: int
    last_year: int
    organisation: str
    legal_bases: tuple[LegalBasis, ...]
    purposes: tuple[str, ...]
    requirements: tuple[str, ...]
    audiences: tuple[Audience, ...]
    rounds: tuple[Round, ...]
    obligations: tuple[Obligation, ...]
    criteria: tuple[Criterion, ...] = ()
    forms: tuple[Form, ...] = ()
    kinds: tuple[Option, ...] = ()
    fields: tuple[Option, ...] = ()
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    letterhead: Letterhead = Letterhead()
    timezone: str = "Asia/Ho_Chi_Minh"
    themes: dict[str, str] = field(default_factory=dict, hash=False)
    year_names: dict[str, str] = field(default_factory=dict, hash=False)
    indices: tuple[Index, ...] = ()
    awards: tuple[Award, ...] = ()
    duties: tuple[Duty, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    report_recipients: tuple[Recipient, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def informed(self) -> tuple[Recipient, ...]:
        """Whom the report goes to, the archive last: not those who are to carry out the plan. Where the plan does not
        say, the body above alone."""
        above = Recipient(self.letterhead.superior, "để báo cáo"), Recipient("Lưu: VT", "lưu trữ")
        return self.report_recipients or above

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)

    def year_name(self, year: int) -> Sentence | str:
        """As it is said in a line: "year 2023", or the plan's own name of it, as of a school year."""
        return self.year_names.get(str(year)) or _("year %(year)s", year=year)

    def asks(self, type: str, *, of: str = "registration") -> bool:
        """Whether some form of a kind has a question of a type."""
        return any(form.of_type(type) for form in self.forms if form.kind == of)

    def word_for(self, part: str, *, of: str = "registration") -> str:
        """What the plan calls what a question of such forms plays, its own word for "field"; "" where none does."""
        played = (form.playing(part) for form in self.forms if form.kind == of)
        return next((question.label for question in played if question), "")

    def served_by_letters(self) -> Criterion | None:
        """The criterion of letters of apology; a plan of before says by no word which, and measures it by their
        columns."""
        said = next((each for each in self.criteria if each.plays == "letters"), None)
        asking = next((each.criterion for each in self.measures if any("letter" in group for group in each.needs)), "")
        return said or next((each for each in self.criteria if each.id == asking), None)

    @property
    def last_day(self) -> dt.date:
        """The last day on which something is due; of a plan that asks for nothing, the last of its years."""
        return max((each.due_on for each in self.obligations), default=dt.date(self.last_year, 12, 31))

    def form(self, id: str) -> Form:
        return _named(self.forms, id)

    def criterion(self, id: str) -> Criterion:
        return _named(self.criteria, id)

    def obligation(self, id: str) -> Obligation:
        return _named(self.obligations, id)

    def audience(self, id: str) -> Audience:
        return _named(self.audiences, id)
