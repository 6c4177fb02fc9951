"""Which papers are meant, said once: what a number counts, what the list then shows, and the address that opens it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, When
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from thidua.campaigns.chosen import Chosen
from thidua.core.dossiers import HANDED_IN, Progress
from thidua.dossiers.models import Dossier, Milestone
from thidua.dossiers.queries.asked import asked_of

STANDING = "handed_in"  # in the address: any state of HANDED_IN


def due(today: dt.date, of: str = "") -> Q:
    """Milestones that stay and are due by a day; ``of`` leads to them."""
    return Q(**{f"{of}removed_at": None, f"{of}due_on__lte": today})


def unfinished(of: str = "") -> Q:
    return Q(**{f"{of}removed_at": None, f"{of}percent__lt": 100})


def done(today: dt.date, of: str = "") -> Q:
    return due(today, of) & Q(**{f"{of}percent": 100})


@dataclass(frozen=True)
class Papers:
    """Each field is a filter of the list by the same name; what is empty narrows nothing."""

    kind: str = ""
    state: str = ""
    unit_kind: str = ""
    type: str = ""
    field: str = ""
    progress: str = ""
    tells: str = ""

    def of(self, seen: QuerySet[Dossier]) -> QuerySet[Dossier]:
        plain = {"kind": self.kind, "unit__kind": self.unit_kind, "initiative_kind": self.type, "field": self.field}
        found = seen.filter(**{name: value for name, value in plain.items() if value})
        if self.state:
            found = found.filter(state__in=HANDED_IN if self.state == STANDING else [self.state])
        if self.progress:
            found = _along(found, self.progress)
        return _telling(found, self.tells) if self.tells else found

    def address(self, of: Chosen) -> str:
        return of.address("dossiers:list", **{each.name: getattr(self, each.name) or None for each in fields(self)})


def milestones_of(papers: QuerySet[Dossier], progress: str) -> int | None:
    """How many milestones of these papers are due, or due and done, where the list is narrowed by that."""
    if progress not in (Progress.DUE, Progress.DONE):
        return None
    meant = (done if progress == Progress.DONE else due)(timezone.localdate())
    return Milestone.objects.filter(meant, dossier__in=papers.order_by().values("pk")).count()


def _along(papers: QuerySet[Dossier], progress: str) -> QuerySet[Dossier]:
    today, milestones = timezone.localdate(), Milestone.objects.filter(dossier=OuterRef("pk"))
    if progress == Progress.FINISHED:
        return papers.exclude(Exists(milestones.filter(unfinished())))
    return papers.filter(Exists(milestones.filter(due(today) if progress == Progress.DUE else done(today))))


def _telling(papers: QuerySet[Dossier], part: str) -> QuerySet[Dossier]:
    """Those in which the question that plays a part is answered; each version of a form may ask it by another id."""
    answers = [
        When(version=version, form=form, then=KeyTextTransform(question.id, F("answers")))
        for (version, form), question in asked_of(papers).playing(part).items()
    ]
    if not answers:
        return papers.none()
    told = papers.alias(told=Case(*answers, output_field=TextField()))
    return told.filter(told__isnull=False).exclude(told__in=("", "[]"))
