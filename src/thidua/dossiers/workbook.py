"""Dossiers as an Excel sheet, one row each: what a summary for the council is made from.

One question to the database whatever the number of rows: authors and milestones come along as arrays, and rows are
plain tuples, written as they arrive.
"""

from __future__ import annotations

import datetime as dt
from collections import namedtuple
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from thidua.campaigns.models import PlanVersion
from thidua.core.dossiers import EDITABLE, DossierKind, DossierState
from thidua.core.plan.schema import Plan
from thidua.core.progress import percent_done
from thidua.core.units import UnitKind
from thidua.core.vietnamese import number
from thidua.dossiers.models import Author, Milestone, Version
from thidua.exchange.workbook import Column

FIELDS = {
    "pk": "pk",
    "version": "version_id",
    "form": "form",
    "kind": "kind",
    "year": "year",
    "title": "title",
    "state": "state",
    "created_at": "created_at",
    "saved_at": "saved_at",
    "submitted_at": "submitted_at",
    "submitted_by": "submitted_by__full_name",
    "days_late": "days_late",
    "decided_at": "decided_at",
    "decided_by": "decided_by__full_name",
    "message": "message",
    "correct_by": "correct_by",
    "unit_code": "unit__code",
    "unit_name": "unit__name",
    "unit_kind": "unit__kind",
    "above": "unit__parent__name",
    "place": "unit__place",
    "said": "said",
    "authors": "named",
    "milestones": "steps",
    "hand_ins": "hand_ins",
}
Line = namedtuple("Line", FIELDS)  # noqa: PYI024 — its names are the keys of the table above


class Step(NamedTuple):
    percent: int
    weight: int


class Labels:
    """Ids of answers as people read them, by the plan that each dossier was written for."""

    def __init__(self, plans: dict[int, Plan]):
        self._plans = plans
        self._known: dict[tuple[int, str], dict[str, dict[str, str]]] = {}

    def of(self, line: Line, question: str) -> str:
        answer = str(line.said.get(question, ""))
        return self._of_form(line.version, line.form).get(question, {}).get(answer, answer)

    def _of_form(self, version: int, form: str) -> dict[str, dict[str, str]]:
        if (version, form) not in self._known:
            questions = self._plans[version].form(form).questions
            self._known[version, form] = {
                question.id: {option.id: option.label for option in question.choices} for question in questions
            }
        return self._known[version, form]


Place = tuple[Column, Callable[[Line], object]]


def table(labels: Labels) -> list[Place]:
    """Each column with where its value comes from."""
    return [*_of_the_unit(), *_of_its_life(labels), *_of_its_text(labels)]


def _of_the_unit() -> list[Place]:
    unit_kinds = {kind.value: str(kind.label) for kind in UnitKind}
    return [
        (Column(_("No."), 8, "number"), lambda line: line.pk),
        (Column(_("Unit code"), 16), lambda line: line.unit_code),
        (Column(_("Unit"), 44), lambda line: line.unit_name),
        (Column(_("Kind of unit"), 26), lambda line: unit_kinds[line.unit_kind]),
        (Column(_("Unit above it"), 30), lambda line: line.above),
        (Column(_("Place"), 24), lambda line: line.place),
    ]


def _of_its_life(labels: Labels) -> list[Place]:
    zone = get_current_timezone()
    kinds = {kind.value: str(kind.label) for kind in DossierKind}
    states = {state.value: str(state.label) for state in DossierState}

    def moment(name: str) -> Callable[[Line], dt.datetime | None]:
        take = attrgetter(name)
        return lambda line: (found := take(line)) and found.astimezone(zone)

    return [
        (Column(_("Paper"), 16), lambda line: kinds[line.kind]),
        (Column(_("Year"), 8, "year"), lambda line: line.year),
        (Column(_("Kind of initiative"), 16), lambda line: labels.of(line, "kind")),
        (Column(_("Field of reform"), 30), lambda line: labels.of(line, "field")),
        (Column(_("Title"), 60), lambda line: line.title),
        (Column(_("State"), 22), lambda line: states[line.state]),
        (Column(_("Begun"), 17, "moment"), moment("created_at")),
        (Column(_("Last saved"), 17, "moment"), moment("saved_at")),
        (Column(_("Handed in"), 17, "moment"), moment("submitted_at")),
        (Column(_("Signed off by"), 26), lambda line: line.submitted_by),
        (Column(_("Times handed in"), 10, "number"), lambda line: line.hand_ins),
        (Column(_("Days late"), 10, "number"), lambda line: line.days_late),
        (Column(_("Decided"), 17, "moment"), moment("decided_at")),
        (Column(_("Decided by"), 26), lambda line: line.decided_by),
        (Column(_("Message"), 40), lambda line: line.message),
        (Column(_("Correct by"), 12, "date"), lambda line: line.correct_by),
    ]


def _of_its_text(labels: Labels) -> list[Place]:
    def said(key: str) -> Callable[[Line], object]:
        return lambda line: line.said.get(key, "")

    def measure(part: str) -> Callable[[Line], object]:
        return lambda line: (line.said.get("indicator") or {}).get(part, "")

    return [
        (Column(_("Authors"), 44), lambda line: "; ".join(map(_share, line.authors))),
        (Column(_("Shares not confirmed"), 12, "number"), _unconfirmed),
        (Column(_("Milestones"), 10, "number"), lambda line: len(line.milestones)),
        (Column(_("Done (%)"), 10, "number"), _done),
        (Column(_("Situation before"), 50), said("situation")),
        (Column(_("Solution"), 50), said("solution")),
        (Column(_("What is new"), 40), said("novelty")),
        (Column(_("Reach"), 24), lambda line: labels.of(line, "scope")),
        (Column(_("Measure"), 30), measure("label")),
        (Column(_("Before"), 14), measure("before")),
        (Column(_("Expected"), 14), measure("after")),
        (Column(_("Means"), 40), said("means")),
        (Column(_("Replication"), 40), said("replication")),
        (Column(_("Contact"), 24), said("contact")),
    ]


def _share(author: dict) -> str:
    return f"{author['name']} ({number(author['share'])}%)"


def _unconfirmed(line: Line) -> int:
    return sum(author["confirmed_at"] is None for author in line.authors)


def _done(line: Line) -> int | None:
    return percent_done(Step(**step) for step in line.milestones) if line.milestones else None


def sheet(dossiers: QuerySet, *, person) -> tuple[list[Column], Iterator[list[object]]]:
    """(columns, rows). ``person`` reads what he or she may: of another unit's text, what was handed in last."""
    used = PlanVersion.objects.filter(pk__in=dossiers.order_by().values("version")).defer("source")
    columns = table(Labels({version.pk: version.plan for version in used}))
    return [column for column, _value in columns], _rows(dossiers, person, [value for _column, value in columns])


def _rows(dossiers: QuerySet, person, values) -> Iterator[list[object]]:
    of_it = {"dossier": OuterRef("pk")}
    last = Version.objects.filter(**of_it).order_by("-number").values("answers")[:1]
    not_for_others = Q(state__in=EDITABLE) & ~Q(unit__in=person.access.acts_for)
    author = JSONObject(name="person__full_name", share="share", confirmed_at="confirmed_at")
    lines = dossiers.annotate(
        said=Case(When(not_for_others, then=Subquery(last)), default=F("answers")),
        named=ArraySubquery(Author.objects.filter(**of_it).order_by("position").values_list(author)),
        steps=ArraySubquery(
            Milestone.objects.filter(**of_it, removed_at=None)
            .order_by("position")
            .values_list(JSONObject(percent="percent", weight="weight"))
        ),
        hand_ins=Subquery(
            Version.objects.filter(**of_it).order_by().values("dossier").values(n=Count("pk")),
            output_field=IntegerField(),
        ),
    ).values_list(*FIELDS.values())
    for each in lines.iterator(chunk_size=500):
        line = Line._make(each)
        line = line._replace(said=line.said or {})
        yield [value(line) for value in values]
