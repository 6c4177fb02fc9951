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

from thidua.core.dossiers import EDITABLE, DossierKind, DossierState
from thidua.core.progress import percent_done
from thidua.core.units import UnitKind
from thidua.core.vietnamese import number
from thidua.dossiers import queries
from thidua.dossiers.models import Author, Milestone, Version
from thidua.dossiers.queries import Asked
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


Place = tuple[Column, Callable[[Line], object]]


def table(asked: Asked) -> list[Place]:
    """Each column with where its value comes from; what the forms ask follows it."""
    return [*_of_the_unit(), *_of_its_life(asked), *_of_its_parts()]


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


def _of_its_life(asked: Asked) -> list[Place]:
    zone = get_current_timezone()
    kinds = {kind.value: str(kind.label) for kind in DossierKind}
    states = {state.value: str(state.label) for state in DossierState}

    def moment(name: str) -> Callable[[Line], dt.datetime | None]:
        take = attrgetter(name)
        return lambda line: (found := take(line)) and found.astimezone(zone)

    return [
        (Column(_("Paper"), 16), lambda line: kinds[line.kind]),
        (Column(_("Year"), 8, "year"), lambda line: line.year),
        *_sorted_by(asked),
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


def _sorted_by(asked: Asked) -> list[Place]:
    """Kind and field, where the forms ask for them, by their own words."""

    def said(part: str) -> Callable[[Line], object]:
        return lambda line: asked.said(part, line.version, line.form, line.said)

    widths = {"kind": 16, "field": 30}
    return [(Column(word, width), said(part)) for part, width in widths.items() if (word := asked.word_for(part))]


def _of_its_parts() -> list[Place]:
    return [
        (Column(_("Authors"), 44), lambda line: "; ".join(map(_share, line.authors))),
        (Column(_("Shares not confirmed"), 12, "number"), _unconfirmed),
        (Column(_("Milestones"), 10, "number"), lambda line: len(line.milestones)),
        (Column(_("Done (%)"), 10, "number"), _done),
    ]


def _share(author: dict) -> str:
    return f"{author['name']} ({number(author['share'])}%)"


def _unconfirmed(line: Line) -> int:
    return sum(author["confirmed_at"] is None for author in line.authors)


def _done(line: Line) -> int | None:
    return percent_done(Step(**step) for step in line.milestones) if line.milestones else None


def sheet(dossiers: QuerySet, *, person) -> tuple[list[Column], Iterator[list[object]]]:
    """(columns, rows). ``person`` reads what he or she may: of another unit's text, what was handed in last."""
    asked = queries.asked_of(dossiers)
    columns = table(asked)
    values = [value for _column, value in columns]
    answers = [Column(heading, width) for heading, width in asked.headings]
    return [*(column for column, _value in columns), *answers], _rows(dossiers, person, values, asked)


def _rows(dossiers: QuerySet, person, values, asked: Asked) -> Iterator[list[object]]:
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
        yield [*(value(line) for value in values), *asked.of(line.version, line.form, line.said)]
