"""Integrity marks of a year, counted when they are asked for: nothing of them is kept but what the office set aside.

The office sees all. A unit sees the marks about itself: it alone can put a figure right or say why it is so, and
nothing is noted behind anybody's back. Of other units it learns only that there is another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q, Value
from django.db.models.functions import ExtractHour, JSONObject
from django.urls import reverse

from thidua.campaigns.chosen import Chosen
from thidua.campaigns.models import Campaign
from thidua.core import integrity
from thidua.core.dossiers import DossierState
from thidua.core.integrity import Filing, MarkKind, Share, Use
from thidua.core.vietnamese import day, fold, number, percent
from thidua.core.words import Sentence, _
from thidua.dossiers.models import Dossier
from thidua.monitoring.models import SetAside
from thidua.people.models import Unit
from thidua.reports import queries as reports
from thidua.reports.models import Figure

SIDES = 100  # of one mark: a decision on the plan may stand behind a thousand figures
OF_UNIT = ("code", "name", "kind", "sort_key", "folded")


@dataclass(frozen=True)
class Side:
    """What a mark leads to; ``url`` is empty where the reader may not open it."""

    words: Sentence | str
    url: str = ""


@dataclass(frozen=True)
class Aside:
    """Set aside by the office; ``holds`` until the values change."""

    reason: str
    at: dt.datetime
    by: str
    holds: bool


@dataclass(frozen=True)
class Mark:
    """``key`` names it among the marks of its kind and unit; ``stamp`` changes with the values behind it."""

    kind: MarkKind
    unit: Unit
    year: int
    key: str
    about: Sentence | str
    sentence: Sentence
    where: Callable[[], Iterable[Side]]
    stamp: str
    aside: Aside | None = None

    @cached_property
    def sides(self) -> list[Side]:
        """What the mark leads to, its own side first; made for the marks that are shown."""
        return list(islice(dict.fromkeys(self.where()), SIDES))

    @property
    def is_aside(self) -> bool:
        return self.aside is not None and self.aside.holds

    @property
    def folded(self) -> str:
        return f"{self.unit.folded} {fold(str(self.about))}"


def marks(person, campaign: Campaign, year: int) -> list[Mark]:
    """By kind, then by unit. At most six queries."""
    reading = _Reading(campaign, year, _units(person, campaign, year), _papers(campaign, year))
    found = chain(_of_values(reading), _of_files(reading), _nights(reading))
    order = {kind: at for at, kind in enumerate(MarkKind)}
    return sorted(map(_looked_at, found), key=lambda mark: (order[mark.kind], mark.unit.sort_key, mark.key))


class _Paper(NamedTuple):
    """A figure (``criterion``) or a handed-in paper (``title``) with one of its files, if it has any."""

    place: int
    unit: int
    year: int
    criterion: str
    title: str
    at: dt.datetime
    person: int
    person_name: str
    file: int | None
    file_name: str | None
    outline: str | None


@dataclass(frozen=True)
class _Reading:
    """What the marks of a year are made of; ``units``: those whose marks the reader sees, by id."""

    campaign: Campaign
    year: int
    units: dict[int, Unit]
    papers: list[_Paper]

    @cached_property
    def names(self) -> dict[str, str]:
        return {each.id: each.short for each in self.campaign.current.plan.criteria}

    @cached_property
    def titles(self) -> dict[int, str]:
        return {each.place: each.title for each in self.papers if not each.criterion}

    @cached_property
    def files(self) -> dict[tuple[int, int], str]:
        """(file, unit) → what the unit calls it."""
        return {(each.file, each.unit): each.file_name for each in self.papers if each.file and each.file_name}

    @cached_property
    def uses(self) -> list[Use]:
        return list(
            dict.fromkeys(
                Use(each.file, each.unit, each.year, each.criterion, each.place) for each in self.papers if each.file
            )
        )

    def side(self, of: int, unit: int, year: int, criterion: str, place: int = 0) -> Side:
        """A figure or paper, of whatever unit; in a mark of the unit itself (``of``) without its name."""
        seen = self.units.get(unit)
        if seen is None:
            return Side(_("Another unit"))
        name = "" if unit == of else f"{seen.name}: "
        if criterion:
            address = Chosen(self.campaign, year).address("reports:scorecard", seen.code)
            return Side(f"{name}{self.names.get(criterion, criterion)}, {year}", address)
        return Side(f"{name}{self.titles[place]}", reverse("dossiers:page", args=[place]))

    def mark(
        self,
        kind: MarkKind,
        unit: int,
        key: str,
        about: Sentence | str,
        sentence: Sentence,
        where: Callable[[], Iterable[Side]],
        stamp: Sequence[object],
    ) -> Mark:
        """``stamp``: the values behind the mark, as plain as they come."""
        digest = hashlib.sha256(repr(stamp).encode()).hexdigest()
        return Mark(kind, self.units[unit], self.year, key, about, sentence, where, digest)


def _units(person, campaign: Campaign, year: int) -> dict[int, Unit]:
    """Units in sight, with what the office set aside of each."""
    data = {name: name for name in ("kind", "key", "stamp", "reason", "set_aside_at")}
    asides = SetAside.objects.filter(campaign=campaign, year=year, unit=OuterRef("pk"))
    known = asides.values(data=JSONObject(**data, by="set_aside_by__full_name"))
    return {
        unit.pk: unit for unit in Unit.objects.visible_to(person).only(*OF_UNIT).annotate(asides=ArraySubquery(known))
    }


def _papers(campaign: Campaign, year: int) -> list[_Paper]:
    """Figures and papers up to this year that have files or were filed at night. One query."""
    zone = ZoneInfo(campaign.current.plan.timezone)

    at_night = Q(hour__gte=integrity.NIGHT_BEGINS) | Q(hour__lt=integrity.NIGHT_ENDS)
    figures = (
        Figure.objects.filter(campaign=campaign, year__lte=year)
        .annotate(hour=ExtractHour("declared_at", tzinfo=zone))
        .filter(Q(evidence__isnull=False) | at_night)
        .values_list(
            "pk", "unit_id", "year", "criterion", Value(""), "declared_at", "declared_by_id", "declared_by__full_name",
            "evidence__file_id", "evidence__name", "evidence__file__picture__outline",
        )
    )  # fmt: skip
    dossiers = (
        Dossier.objects.filter(campaign=campaign, year__lte=year, submitted_at__isnull=False)
        .exclude(state=DossierState.WITHDRAWN)
        .annotate(
            hour=ExtractHour("submitted_at", tzinfo=zone),
            kept=FilteredRelation("attachments", condition=Q(attachments__removed_at=None)),
        )
        .filter(Q(kept__isnull=False) | at_night)
        .values_list(
            "pk", "unit_id", "year", Value(""), "title", "submitted_at", "submitted_by_id", "submitted_by__full_name",
            "kept__file_id", "kept__name", "kept__file__picture__outline",
        )
    )  # fmt: skip
    rows = map(_Paper._make, figures.union(dossiers, all=True))
    return [row._replace(at=row.at.astimezone(zone)) for row in rows]


def _values(campaign: Campaign, year: int) -> dict[reports.At, reports.Value]:
    """The value of each unit and criterion. At most three queries."""
    seen = reports.sight(campaign, year)
    return reports.values(campaign.current.plan, seen.figures, seen.results)


def _shares(values: dict[reports.At, reports.Value]) -> list[Share]:
    return [_share(at, value) for at, value in values.items() if value.share is not None]


def _share(at: reports.At, value: reports.Value) -> Share:
    best = 0 if value.criterion.direction == "at_most" else 1
    numbers = value.numerator or Decimal(0), value.denominator or Decimal(1)
    return Share(at.unit_id, at.unit_kind, at.criterion, Decimal(str(value.criterion.threshold)), *numbers, best)


def _of_values(reading: _Reading) -> Iterator[Mark]:
    """What the values themselves tell: on the target, far from last year's, at odds with records or with each other."""
    campaign, year = reading.campaign, reading.year
    values = _values(campaign, year)
    shares = _shares(values)
    for found in integrity.on_target(shares):
        if found.share.unit in reading.units:
            yield _on_target(reading, found)
    past = _shares(_values(campaign, year - 1)) if year > campaign.first_year else []
    for now, before in integrity.jumps(shares, past):
        if now.unit in reading.units:
            yield _jump(reading, now, before)
    for at, value in values.items():
        if value.is_stale and at.unit_id in reading.units:
            yield _stale(reading, at, value)
    rest_of = {each.id: each.rest_of for each in campaign.current.plan.criteria if each.rest_of}
    for misfit in integrity.misfits(shares, rest_of):
        if misfit.first.unit in reading.units:
            yield _misfit(reading, misfit)


def _stale(reading: _Reading, at: reports.At, value: reports.Value) -> Mark:
    """Of a criterion with fields its whole tells how many there are."""
    name, found = reading.names[at.criterion], value.counted.amount if value.counted else None
    sentence = _(
        "%(source)s: %(value)s. The records that changed afterwards say %(found)s.",
        source=value.told,
        value=value.in_numbers,
        found=found.in_numbers if found and found.arose else _("nothing any more"),
    )

    def where() -> Iterator[Side]:
        yield reading.side(at.unit_id, at.unit_id, reading.year, at.criterion)

    stamp = (value.in_numbers, found.in_numbers if found else "")
    return reading.mark(MarkKind.STALE, at.unit_id, at.criterion, name, sentence, where, stamp)


def _misfit(reading: _Reading, misfit: integrity.Misfit) -> Mark:
    first, second = misfit.first, misfit.second
    sentence = _(
        "“%(first)s” leaves %(rest)s of %(whole)s; “%(second)s” speaks of %(other)s.",
        first=reading.names[first.criterion],
        rest=number(misfit.rest),
        whole=number(first.denominator),
        second=reading.names[second.criterion],
        other=number(second.denominator),
    )

    def where() -> Iterator[Side]:
        return (reading.side(first.unit, first.unit, reading.year, each.criterion) for each in (first, second))

    stamp = (*_stamp(first), *_stamp(second))
    name = reading.names[second.criterion]
    return reading.mark(MarkKind.MISFIT, first.unit, second.criterion, name, sentence, where, stamp)


def _on_target(reading: _Reading, found: integrity.OnTarget) -> Mark:
    share, name = found.share, reading.names[found.share.criterion]
    sentence = _(
        "Exactly %(value)s: %(part)s of %(whole)s. Of %(peers)s units of its kind with a large denominator, %(like)s "
        "stand exactly there.",
        **_numbers(share),
        peers=number(found.peers),
        like=number(found.like),
    )

    def where() -> Iterator[Side]:
        yield reading.side(share.unit, share.unit, reading.year, share.criterion)
        peers = Chosen(reading.campaign, reading.year).address("reports:criterion", share.criterion)
        yield Side(_("%(name)s: all units", name=name), peers)

    return reading.mark(MarkKind.ON_TARGET, share.unit, share.criterion, name, sentence, where, _stamp(share))


def _jump(reading: _Reading, now: Share, before: Share) -> Mark:
    points = (now.value - before.value) * 100
    sentence = _(
        "%(value)s (%(part)s of %(whole)s) after %(past)s (%(past_part)s of %(past_whole)s) the year before: "
        "%(points)s points.",
        **_numbers(now),
        past=percent(before.value),
        past_part=number(before.numerator),
        past_whole=number(before.denominator),
        points=("+" if points > 0 else "−") + number(abs(points), 1),
    )

    def where() -> Iterator[Side]:
        return (reading.side(now.unit, now.unit, year, now.criterion) for year in (reading.year, reading.year - 1))

    stamp = (*_stamp(now), *_stamp(before))
    return reading.mark(MarkKind.JUMP, now.unit, now.criterion, reading.names[now.criterion], sentence, where, stamp)


def _numbers(share: Share) -> dict[str, str]:
    return {"value": percent(share.value), "part": number(share.numerator), "whole": number(share.denominator)}


def _stamp(share: Share) -> tuple[str, str]:
    return number(share.numerator), number(share.denominator)


def _of_files(reading: _Reading) -> Iterator[Mark]:
    """The same file, and nearly equal pictures."""
    outlines = {each.file: each.outline for each in reading.papers if each.file and each.outline}
    for kind, found in (
        (MarkKind.SAME_FILE, integrity.reused(reading.uses, reading.year)),
        (MarkKind.ALIKE, integrity.alike(reading.uses, outlines, reading.year)),
    ):
        for reuse in found:
            if reuse.unit in reading.units:
                yield _reuse(reading, kind, reuse)


def _reuse(reading: _Reading, kind: MarkKind, reuse: integrity.Reuse) -> Mark:
    name, uses = reading.files[reuse.file, reuse.unit], (*reuse.own, *reuse.others)
    numbers = {"name": name, "n": number(len({use[1:] for use in uses}))}
    if kind is MarkKind.SAME_FILE:
        sentence = _("The file “%(name)s” is evidence in %(n)s places.", **numbers)
    else:
        sentence = _("The picture “%(name)s” and nearly equal ones are evidence in %(n)s places.", **numbers)

    def where() -> Iterator[Side]:
        return (reading.side(reuse.unit, *use[1:]) for use in uses)

    stamp = (sorted(reuse.own), len(uses), sum(use.place for use in uses))
    return reading.mark(kind, reuse.unit, str(reuse.file), name, sentence, where, stamp)


def _nights(reading: _Reading) -> Iterator[Mark]:
    filings = [
        Filing(each.unit, each.person, each.at, each.criterion, each.place)
        for each in reading.papers
        if each.year == reading.year
    ]
    people = {each.person: each.person_name for each in reading.papers}
    for night in integrity.nights(filings):
        if night.unit in reading.units:
            yield _night(reading, night, people)


def _night(reading: _Reading, night: integrity.Night, people: dict[int, str]) -> Mark:
    moments = sorted(each.at for each in night.filings)
    about = _("Night from %(day)s to %(next)s", day=day(night.on), next=day(night.on + dt.timedelta(days=1)))
    sentence = _(
        "%(n)s figures and papers of the unit, from %(first)s to %(last)s; %(who)s filed %(all)s that night.",
        n=number(len(night.filings)),
        first=f"{moments[0]:%H:%M}",
        last=f"{moments[-1]:%H:%M}",
        who=people[night.by_person[0].person],
        all=number(len(night.by_person)),
    )

    def where() -> Iterator[Side]:
        return (reading.side(night.unit, each.unit, reading.year, each.criterion, each.place) for each in night.filings)

    stamp = sorted((each.criterion, each.place, each.at.isoformat()) for each in night.filings)
    return reading.mark(MarkKind.NIGHT, night.unit, night.on.isoformat(), about, sentence, where, stamp)


def _looked_at(mark: Mark) -> Mark:
    """With what the office said of it, if anything."""
    for each in mark.unit.asides:
        if (each["kind"], each["key"]) == (mark.kind, mark.key):
            at = dt.datetime.fromisoformat(each["set_aside_at"])
            return replace(mark, aside=Aside(each["reason"], at, each["by"], each["stamp"] == mark.stamp))
    return mark
