"""What can be wrong with a plan whose keys and types are right: clashes of dates, unknown names, thresholds."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

from thidua.core.measures.schema import PENDING_OVERDUE
from thidua.core.plan import forms, measures
from thidua.core.plan.kinds import CRITERION_KINDS
from thidua.core.plan.schema import PLAYED, Criterion, Obligation, Plan
from thidua.core.records.datasets import Dataset
from thidua.core.units import PostKind, UnitKind
from thidua.core.vietnamese import day
from thidua.core.words import Sentence, _

ROUND_KINDS = ("register", "carry_out", "report")
OBLIGATION_KINDS = ("registration", "report", "unit_plan", "figure", "personal")
SOURCES = ("declared", "records", "survey", "task", "registrations")
FORM_KINDS = ("registration", "report", "unit_plan")
QUESTION_TYPES = (
    "text",
    "long_text",
    "choice",
    "choices",
    "number",
    "date",
    "yes_no",
    "authors",
    "milestones",
    "indicator",
    "files",
    "planned_actual",
    "figures",
)
CRITERION_PLAYS = ("", "letters")
# Obligations of these kinds are met by filling in a form.
WITH_FORM = frozenset(FORM_KINDS)
LATE = ("refused", "marked")
DIRECTIONS = ("at_least", "at_most")
BETTER = ("higher", "lower")
AWARD_KINDS = ("collective", "individual")
# Ids become parts of addresses, of paths and of keys in the database.
ID = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9_-]*\Z")
ID_LENGTHS = {"plan": 60, "indices": 40}
OTHER_ID_LENGTH = 80
TEXT_LENGTHS = {"name": 300, "short_name": 120}
YEARS = range(1945, 2200)
LONGEST = 30  # years of one campaign
LONGEST_CHOICE = 200
MOST = 1000  # papers of one kind that a unit can owe


@dataclass(frozen=True)
class Finding:
    level: str
    path: str
    code: str
    sentence: Sentence


def find(
    plan: Plan, *, is_day_off: Callable[[dt.date], Sentence | None], datasets: Mapping[str, Dataset] | None
) -> Iterator[Finding]:
    """Everything worth telling about a plan that could be read. Without ``datasets`` measures are not looked into."""
    yield from _years(plan)
    yield from _frame(plan)
    yield from _ids(plan)
    yield from _duplicates(plan)
    yield from _references(plan)
    yield from _words(plan)
    yield from _rounds(plan)
    for obligation in plan.obligations:
        yield from _obligation(plan, obligation, is_day_off)
    for criterion in plan.criteria:
        yield from _criterion(criterion)
    yield from _letters(plan)
    yield from _lists_named(plan)
    yield from _papers(plan)
    yield from _audiences(plan)
    for level, path, code, sentence in (*forms.find(plan), *measures.find(plan, datasets)):
        yield Finding(level, path, code, sentence)


def _error(path: str, code: str, sentence: Sentence) -> Finding:
    return Finding("error", path, code, sentence)


def _warning(path: str, code: str, sentence: Sentence) -> Finding:
    return Finding("warning", path, code, sentence)


def _years(plan: Plan) -> Iterator[Finding]:
    if plan.last_year < plan.first_year:
        yield _error("last_year", "years", _("The last year lies before the first."))
    for key, year in (("first_year", plan.first_year), ("last_year", plan.last_year)):
        if year not in YEARS:
            yield _error(key, "years", _("%(year)s is no year of a campaign.", year=year))
    if plan.last_year - plan.first_year >= LONGEST:
        yield _error("last_year", "years", _("A campaign lasts at most %(years)s years.", years=LONGEST))
    tables = [("themes", tuple(plan.themes)), ("year_names", tuple(plan.year_names))]
    tables += [(f"indices.{each.id}.targets", tuple(each.targets)) for each in plan.indices]
    known = {str(year) for year in (plan.years if len(plan.years) <= LONGEST else ())}
    for path, keys in tables:
        for key in keys:
            if key not in known:
                yield _error(f"{path}.{key}", "year", _("The year lies outside the campaign."))


def _frame(plan: Plan) -> Iterator[Finding]:
    try:
        ZoneInfo(plan.timezone)
    except (KeyError, ValueError, OSError):
        yield _error("timezone", "timezone", _("There is no time zone “%(name)s”.", name=plan.timezone))
    for key, longest in TEXT_LENGTHS.items():
        text = getattr(plan, key)
        if not text:
            yield _error(key, "empty", _("This is still empty."))
        if len(text) > longest:
            yield _error(key, "length", _("This is longer than %(longest)s characters.", longest=longest))


def _ids(plan: Plan) -> Iterator[Finding]:
    named = [
        ("id", plan.id, "plan"),
        *((f"{name}.{each.id}", each.id, name) for name, items in _lists(plan).items() for each in items),
        *(
            (f"forms.{form.id}.sections.{each.id}", each.id, "sections")
            for form in plan.forms
            for each in form.sections
        ),
        *((path, question.id, "questions") for form in plan.forms for path, question in forms.questions(form)),
    ]
    for path, id, name in named:
        longest = ID_LENGTHS.get(name, OTHER_ID_LENGTH)
        if not ID.match(id) or len(id) > longest:
            yield _error(
                path,
                "id",
                _(
                    "The id “%(id)s” must be made of letters without marks, digits, “-” and “_”, at most %(longest)s.",
                    id=id,
                    longest=longest,
                ),
            )


def _lists(plan: Plan) -> dict[str, tuple[Any, ...]]:
    return {
        "audiences": plan.audiences,
        "rounds": plan.rounds,
        "obligations": plan.obligations,
        "criteria": plan.criteria,
        "forms": plan.forms,
        "indices": plan.indices,
        "awards": plan.awards,
        "kinds": plan.kinds,
        "fields": plan.fields,
        "measures": plan.measures,
    }


def _duplicates(plan: Plan) -> Iterator[Finding]:
    lists = [(name, [(f"{name}.{each.id}", each.id) for each in items]) for name, items in _lists(plan).items()]
    for form in plan.forms:
        sections = [(f"forms.{form.id}.sections.{each.id}", each.id) for each in form.sections]
        lists.append(("sections", sections))
        lists.append(("questions", [(path, question.id) for path, question in forms.questions(form)]))
    lists.append(("slugs", [(f"forms.{form.id}.slug", form.slug) for form in plan.forms]))
    for _name, entries in lists:
        paths = {id: path for path, id in entries}  # the last one, which repeats what came before
        for id, count in Counter(id for _path, id in entries).items():
            if count > 1:
                yield _error(paths[id], "duplicate", _("“%(id)s” stands %(count)s times.", id=id, count=count))


def _references(plan: Plan) -> Iterator[Finding]:
    audiences = {each.id for each in plan.audiences}
    for name in ("rounds", "obligations", "criteria", "forms"):
        for item in _lists(plan)[name]:
            for audience in item.audiences:
                if audience not in audiences:
                    yield _error(
                        f"{name}.{item.id}.audiences", "reference", _("There is no audience “%(id)s”.", id=audience)
                    )
    known_forms, criteria, rounds = ({each.id for each in items} for items in (plan.forms, plan.criteria, plan.rounds))
    for each in plan.obligations:
        for value, known, key in (
            (each.form, known_forms, "form"),
            (each.criterion, criteria, "criterion"),
            (each.round, rounds, "round"),
        ):
            if value and value not in known:
                yield _error(f"obligations.{each.id}.{key}", "reference", _("“%(id)s” is not in the plan.", id=value))
    for criterion in plan.criteria:
        if criterion.rest_of and criterion.rest_of not in criteria - {criterion.id}:
            sentence = _("“%(id)s” is not in the plan.", id=criterion.rest_of)
            yield _error(f"criteria.{criterion.id}.rest_of", "reference", sentence)


def _words(plan: Plan) -> Iterator[Finding]:
    allowed = [
        *((f"rounds.{each.id}.kind", each.kind, ROUND_KINDS) for each in plan.rounds),
        *((f"indices.{each.id}.better", each.better, BETTER) for each in plan.indices),
        *((f"awards.{each.id}.kind", each.kind, AWARD_KINDS) for each in plan.awards),
        *((f"obligations.{each.id}.kind", each.kind, OBLIGATION_KINDS) for each in plan.obligations),
        *((f"obligations.{each.id}.late", each.late, LATE) for each in plan.obligations),
        *((f"criteria.{each.id}.kind", each.kind, CRITERION_KINDS) for each in plan.criteria),
        *((f"criteria.{each.id}.source", each.source, SOURCES) for each in plan.criteria),
        *((f"criteria.{each.id}.direction", each.direction, DIRECTIONS) for each in plan.criteria),
        *((f"criteria.{each.id}.posts", post, tuple(PostKind)) for each in plan.criteria for post in each.posts),
        *((f"criteria.{each.id}.plays", each.plays, CRITERION_PLAYS) for each in plan.criteria),
        *((f"forms.{each.id}.kind", each.kind, FORM_KINDS) for each in plan.forms),
        *((f"{path}.plays", each.plays, ("", *PLAYED)) for form in plan.forms for path, each in forms.questions(form)),
        *((f"{path}.type", each.type, QUESTION_TYPES) for form in plan.forms for path, each in forms.questions(form)),
        *((f"audiences.{each.id}.kinds", kind, tuple(UnitKind)) for each in plan.audiences for kind in each.kinds),
    ]
    for path, value, words in allowed:
        if value not in words:
            listed = ", ".join(word or "“”" for word in words)
            yield _error(path, "word", _("“%(value)s” is not one of: %(words)s.", value=value, words=listed))


def _rounds(plan: Plan) -> Iterator[Finding]:
    for each in plan.rounds:
        if each.closes_on < each.opens_on:
            yield _error(f"rounds.{each.id}.closes_on", "dates", _("The round ends before it starts."))
        if each.year not in plan.years:
            yield _error(f"rounds.{each.id}.year", "year", _("The year lies outside the campaign."))
    for first, second in permutations(plan.rounds, 2):
        if first.closes_on == second.opens_on:
            yield _warning(
                f"rounds.{second.id}.opens_on",
                "meeting",
                _(
                    "Rounds “%(first)s” and “%(second)s” meet on %(day)s; the day belongs to both.",
                    first=first.name,
                    second=second.name,
                    day=day(second.opens_on),
                ),
            )


def _obligation(plan: Plan, each: Obligation, is_day_off: Callable[[dt.date], Sentence | None]) -> Iterator[Finding]:
    path = f"obligations.{each.id}"
    if each.due_on < each.opens_on:
        yield _error(f"{path}.due_on", "dates", _("It is due before it opens."))
    if each.year not in plan.years:
        yield _error(f"{path}.year", "year", _("The year lies outside the campaign."))
    if not each.audiences:
        yield _error(f"{path}.audiences", "audience", _("It names no audience, so nobody owes it."))
    if each.at_least < 1:
        yield _error(f"{path}.at_least", "count", _("At least one is to be handed in."))
    if each.at_least > MOST:
        yield _error(f"{path}.at_least", "count", _("At most %(most)s can be asked for.", most=MOST))
    if each.kind == "figure" and not each.criterion:
        yield _error(f"{path}.criterion", "missing", _("A figure needs its criterion."))
    if each.kind == "personal" and not each.criterion:
        yield _error(f"{path}.criterion", "missing", _("A personal obligation needs its criterion."))
    yield from _of_people(plan, each)
    if each.kind in WITH_FORM:
        yield from _has_forms(plan, each)
    if reason := is_day_off(each.due_on):
        yield _warning(f"{path}.due_on", "day-off", _("%(day)s is %(reason)s.", day=day(each.due_on), reason=reason))


def _of_people(plan: Plan, each: Obligation) -> Iterator[Finding]:
    """An obligation, its criterion and its audiences all speak of people, or none of them does."""
    personal = each.kind == "personal"
    for criterion in (known for known in plan.criteria if known.id == each.criterion):
        if criterion.of_people is not personal:
            sentence = (
                _("“%(id)s” is no personal criterion.", id=criterion.id)
                if personal
                else _("“%(id)s” is a personal criterion, so the kind must be “personal”.", id=criterion.id)
            )
            yield _error(f"obligations.{each.id}.criterion", "personal", sentence)
    for audience in (known for known in plan.audiences if known.id in each.audiences):
        if audience.personal is not personal:
            sentence = (
                _("The audience “%(id)s” means units, not the people in them.", id=audience.id)
                if personal
                else _("The audience “%(id)s” means people, not units.", id=audience.id)
            )
            yield _error(f"obligations.{each.id}.audiences", "personal", sentence)


def _has_forms(plan: Plan, each: Obligation) -> Iterator[Finding]:
    """Every audience of the obligation has one form: the one that is named, or the one of that kind."""
    offered = [form for form in plan.forms if form.kind == each.kind and each.form in ("", form.id)]
    served = Counter(audience for form in offered for audience in form.audiences)
    for audience in each.audiences:
        if not served[audience]:
            sentence = _("There is no form of this kind for the audience “%(id)s”.", id=audience)
            yield _error(f"obligations.{each.id}.audiences", "form", sentence)
        if served[audience] > 1:
            sentence = _("The audience “%(id)s” has several forms of this kind; name the one to use.", id=audience)
            yield _error(f"obligations.{each.id}.form", "form", sentence)


def _criterion(each: Criterion) -> Iterator[Finding]:
    path = f"criteria.{each.id}"
    if not each.audiences:
        yield _error(f"{path}.audiences", "audience", _("The criterion names no audience."))
    if not each.is_count and not 0 <= each.threshold <= 1:
        yield _error(
            f"{path}.threshold",
            "threshold",
            _("A share lies between 0 and 1 (0.98 is 98%%); %(value)s does not.", value=each.threshold),
        )
    if each.is_count and each.threshold < 0:
        yield _error(f"{path}.threshold", "threshold", _("A count cannot be negative."))
    if not 0 <= each.near <= 1:
        sentence = _("A share lies between 0 and 1 (0.98 is 98%%); %(value)s does not.", value=each.near)
        yield _error(f"{path}.near", "threshold", sentence)
    if each.of_people and not each.passing:
        yield _error(f"{path}.passing", "missing", _("A personal criterion names the answers that pass."))
    if any(len(choice) > LONGEST_CHOICE for choice in each.choices):
        sentence = _("This is longer than %(longest)s characters.", longest=LONGEST_CHOICE)
        yield _error(f"{path}.choices", "length", sentence)
    if not each.of_people and each.posts:
        yield _error(f"{path}.posts", "posts", _("Only a personal criterion names posts."))
    if each.is_a.has_denominator and not each.denominator:
        yield _error(f"{path}.denominator", "missing", _("A rate needs its denominator in words."))
    if unknown := set(each.passing) - set(each.choices):
        yield _error(f"{path}.passing", "reference", _("“%(id)s” is not in the plan.", id=", ".join(sorted(unknown))))


def _letters(plan: Plan) -> Iterator[Finding]:
    """The work list of letters counts what is overdue as the plan's measure does."""
    serving = [each.id for each in plan.criteria if each.plays == "letters"]
    if len(serving) > 1:
        sentence = _("“%(id)s” stands %(count)s times.", id="letters", count=len(serving))
        yield _error(f"criteria.{serving[-1]}.plays", "duplicate", sentence)
    counted = {each.criterion for each in plan.measures if PENDING_OVERDUE in each.apart}
    for id in serving:
        if id not in counted:
            sentence = _("Letters of apology need a measure that counts “%(name)s” apart.", name=PENDING_OVERDUE)
            yield _error(f"criteria.{id}.plays", "measure", sentence)


def _lists_named(plan: Plan) -> Iterator[Finding]:
    for name, values in plan.lists.items():
        if not values:
            yield _error(f"lists.{name}", "empty", _("This is still empty."))


def _papers(plan: Plan) -> Iterator[Finding]:
    """Official papers go out all the same, with a gap at their head."""
    empty = [each.name for each in fields(plan.letterhead) if not getattr(plan.letterhead, each.name)]
    if empty:
        sentence = _("Official papers have a gap where these stand: %(keys)s.", keys=", ".join(empty))
        yield _warning("letterhead", "letterhead", sentence)


def _audiences(plan: Plan) -> Iterator[Finding]:
    asked = {audience for each in plan.obligations for audience in each.audiences}
    asked |= {audience for each in plan.criteria for audience in each.audiences}
    for audience in plan.audiences:
        if not audience.kinds:
            yield _error(f"audiences.{audience.id}.kinds", "missing", _("An audience names its kinds of units."))
        if audience.id not in asked:
            yield _warning(f"audiences.{audience.id}", "idle", _("The plan asks nothing of this audience."))
    if plan.obligations and max(each.due_on for each in plan.obligations).year < plan.last_year:
        yield _warning("last_year", "short", _("The last thing is due before the campaign's last year."))
