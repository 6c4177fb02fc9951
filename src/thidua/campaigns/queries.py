"""Reads of campaigns for pages, papers and the command line."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate

from thidua.analytics import registry
from thidua.campaigns.models import Campaign, IndexValue, Obligation
from thidua.core.obligations import BoardState, Standing, StandingKind, state_of
from thidua.core.plan.reader import Problem, read
from thidua.core.plan.schema import Criterion, Index, Plan
from thidua.core.refusals import Denied, NotThere
from thidua.core.words import _
from thidua.host import bounded
from thidua.people import queries as people

plans = bounded.Nursery("thidua.campaigns.queries", prepare="django:setup", at_once=1)


def campaign_by_code(code: str) -> Campaign:
    """The published campaign with this code. Raises Denied with the codes there are."""
    campaign = Campaign.objects.select_related("current").filter(code=code, current__isnull=False).first()
    if campaign is None:
        known = ", ".join(Campaign.objects.filter(current__isnull=False).values_list("code", flat=True)) or "–"
        raise Denied(_("There is no published campaign “%(code)s”. Published: %(known)s.", code=code, known=known))
    return campaign


def criterion_asked(campaign: Campaign, id: str) -> Criterion:
    """In the words of the plan in force; of one that it asks no more, in those of the version that asked last, for
    which one query is made. Raises NotThere."""
    earlier = campaign.versions.exclude(published_at=None).defer("source", "data").order_by("-number")
    for plan in chain([campaign.current.plan], (version.plan for version in earlier)):
        for criterion in plan.criteria:
            if criterion.id == id:
                return criterion
    raise NotThere(_("The plan has no such criterion."))


def read_plan(text: str, name: str) -> tuple[Plan | None, tuple[Problem, ...]]:
    """A plan file read and checked against what the product knows: days off, and the datasets that rooms declare.

    A process of its own reads. Raises Unfit where that takes more than a plan needs, Away while it reads another.
    """
    return bounded.read(
        "thidua.campaigns.queries:read_plan_here", text, name, people.day_off_rule(), by=plans,
        busy=_("Another plan is being read at the moment; try again in a minute."),
        ended=_("“%(name)s” takes more time or memory to read than a plan needs; it is refused.", name=name),
    )  # fmt: skip


def read_plan_here(
    text: str, name: str, day_off: people.DayOff, tell: object = None
) -> tuple[Plan | None, tuple[Problem, ...]]:
    """What the process of its own does."""
    return read(text, name, is_day_off=day_off, datasets=registry.DATASETS)


class Duty(NamedTuple):
    """A personal obligation of one unit, its people taken together; ``recorded`` of ``people`` are done.

    It stands where the worst of its people stands, and reads like an obligation of the unit itself.
    """

    unit_id: int
    campaign_id: int
    key: str
    year: int
    due_at: dt.datetime
    people: int
    recorded: int
    standing: Standing
    kind: str = "personal"
    pk: None = None
    person_id: None = None
    reason: str = ""
    excused: bool = False
    extended_to: None = None
    dropped_in: None = None

    @property
    def closes_at(self) -> dt.datetime:
        return self.due_at


# From worst to best: a unit stands where the worst of its people stands.
RANK = {
    BoardState.LATE: 0,
    BoardState.RETURNED: 1,
    BoardState.DUE: 2,
    BoardState.DRAFT: 3,
    BoardState.NOT_DUE: 4,
    BoardState.SUBMITTED: 5,
    BoardState.DONE: 6,
    BoardState.EXCUSED: 7,
    BoardState.CLOSED: 8,
    BoardState.DROPPED: 9,
}
NOT_COUNTED = frozenset({BoardState.EXCUSED, BoardState.CLOSED, BoardState.DROPPED})


def duties(seen: QuerySet[Obligation], *, now: dt.datetime) -> list[Duty]:
    """What units owe for their people, one row a unit and obligation, by due day.

    Thousands of people share a few hundred facts: the database groups by these, and each is judged once.
    """
    groups = (
        seen.asked()
        .filter(person__isnull=False)
        .annotate(
            handed_in=Coalesce(Q(submitted_at__lte=now), Value(False), output_field=BooleanField()),
            handed_in_on=TruncDate("submitted_at"),
        )
        # Sorted to be grouped: what differs most stands first, text last.
        .values_list(
            "handed_in_on",
            "due_at",
            "opens_on",
            "extended_to",
            "excused",
            "unit__ends_on",
            "handed_in",
            "standing",
            "campaign_id",
            "year",
            "key",
        )
        .annotate(moment=Max("submitted_at"), units=ArrayAgg("unit_id"))
        .order_by()
    )
    parts: dict[tuple, list[tuple[int, Standing]]] = {}
    for group in sorted(groups, key=itemgetter(1, 10)):
        _day, due_at, opens_on, extended_to, excused, ends_on, handed_in, standing, *named, moment, units = group
        stands = state_of(
            opens_on=opens_on,
            due_at=due_at,
            extended_to=extended_to,
            excused=excused,
            unit_ends_on=ends_on,
            standing=standing if handed_in else StandingKind.NONE,
            submitted_at=moment if handed_in else None,
            now=now,
        )
        for unit_id, count in Counter(units).items():
            parts.setdefault((due_at, unit_id, *named), []).append((count, stands))
    return [_duty(*named, of_people) for named, of_people in parts.items()]


def _duty(
    due_at: dt.datetime, unit_id: int, campaign_id: int, year: int, key: str, of_people: list[tuple[int, Standing]]
) -> Duty:
    """One unit's people for one obligation; each pair counts those of them who stand alike."""
    worst = max((standing for _people, standing in of_people), key=_badness)
    return Duty(
        unit_id=unit_id,
        campaign_id=campaign_id,
        key=key,
        year=year,
        due_at=due_at,
        people=sum(people for people, standing in of_people if standing.state not in NOT_COUNTED),
        recorded=sum(people for people, standing in of_people if standing.state is BoardState.DONE),
        standing=worst,
    )


def _badness(standing: Standing) -> tuple[int, int, dt.date]:
    """The worst state counts most; among equals who is the latest."""
    return -RANK[standing.state], standing.days_late, standing.done_on or dt.date.min


@dataclass(frozen=True)
class IndexRow:
    """An index of the plan with what was published for it, oldest first."""

    index: Index
    published: tuple[IndexValue, ...]

    def of_year(self, year: int) -> IndexValue | None:
        return next((value for value in self.published if value.year == year), None)

    def target_of(self, year: int) -> float | None:
        return self.index.targets.get(str(year))


def index_rows(campaign: Campaign) -> list[IndexRow]:
    by_index: dict[str, list[IndexValue]] = {}
    for value in IndexValue.objects.filter(campaign=campaign).order_by("year"):
        by_index.setdefault(value.index, []).append(value)
    return [IndexRow(index, tuple(by_index.get(index.id, ()))) for index in campaign.current.plan.indices]
