"""What a version of the plan changes of what units and people owe: read for the page that asks before publishing, and
again, under lock, by the action that publishes."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from thidua.campaigns.models import Campaign, Fact, Obligation, PlanVersion
from thidua.core.days import end_of_day
from thidua.core.obligations import FactKind
from thidua.core.plan import schema
from thidua.core.plan.consequences import Outcome, Stands, due_for_newcomer, outcome, terms
from thidua.core.vietnamese import day, number
from thidua.people.models import Post, Unit

# Who owes what the plan asks and has no row yet; ``asked`` is what ``asked_of_newcomers`` gives.
NEWCOMERS = """
    select distinct asked.key, u.id as unit_id, p.person_id, asked.due_at
      from jsonb_to_recordset(%(asked)s) as asked
           (key text, kinds text[], posts text[], personal boolean, due_on date, due_at timestamptz)
      join people_unit u on u.kind = any (asked.kinds) and u.starts_on <= asked.due_on
           and (u.ends_on is null or u.ends_on >= asked.due_on) and (%(unit)s::bigint is null or u.id = %(unit)s)
      left join people_post p on asked.personal and p.unit_id = u.id and p.starts_on <= asked.due_on
           and (p.ends_on is null or p.ends_on >= asked.due_on)
           and (cardinality(asked.posts) = 0 or p.kind = any (asked.posts))
     where asked.personal = (p.person_id is not null)
       and not exists (select from campaigns_obligation o where o.campaign_id = %(campaign)s and o.key = asked.key
                          and o.unit_id = u.id and o.person_id is not distinct from p.person_id)
"""


class Change(NamedTuple):
    """What becomes of one obligation; ``pk`` is None for one that is new."""

    pk: int | None
    key: str
    unit_id: int
    person_id: int | None
    excused: bool
    due_before: dt.datetime | None
    outcome: Outcome


@dataclass(frozen=True)
class Step:
    """From the version in force, if any, to another one, on a day (its last moment)."""

    campaign: Campaign
    version: PlanVersion
    in_force: schema.Plan | None
    day: dt.datetime

    @cached_property
    def plan(self) -> schema.Plan:
        return self.version.plan

    @cached_property
    def plans(self) -> dict[int, schema.Plan]:
        """Every version that was published before, by its id."""
        versions = self.campaign.versions.exclude(published_at=None).exclude(pk=self.version.pk)
        found = {version.pk: version.plan for version in versions.defer("source", "data")}
        return found | ({self.version.pk: self.plan} if self.version.published_at else {})

    @cached_property
    def wanted(self) -> dict[str, schema.Obligation]:
        return {each.id: each for each in self.plan.obligations}

    @cached_property
    def known(self) -> dict[str, schema.Obligation]:
        return {each.id: each for each in self.in_force.obligations} if self.in_force else {}


def step_to(version: PlanVersion, *, at: dt.datetime) -> Step:
    campaign, plan = version.campaign, version.plan
    today = timezone.localtime(at, timezone=ZoneInfo(plan.timezone)).date()
    in_force = campaign.current.plan if campaign.current else None
    return Step(campaign, version, in_force, end_of_day(today, plan.timezone))


def audience_of(plan: schema.Plan, planned: schema.Obligation) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """Kinds of units, posts of people (empty: everybody), and whether people owe it."""
    kinds = frozenset(kind for audience in planned.audiences for kind in plan.audience(audience).kinds)
    criterion = plan.criterion(planned.criterion) if planned.criterion else None
    is_personal = criterion is not None and criterion.of_people
    return kinds, criterion.posts if criterion and is_personal else (), is_personal


def of_existing(step: Step, rows: QuerySet[Obligation]) -> Iterator[Change]:
    """What becomes of those of ``rows`` that are not as the version has them, in their order."""
    before = {pk: {each.id: each for each in plan.obligations} for pk, plan in step.plans.items()}
    behind = Q(dropped_in__isnull=False, key__in=list(step.wanted))
    for pk, plan in step.plans.items():
        keys = [key for key, planned in before[pk].items() if _differs(step, plan, planned)]
        behind |= Q(version=pk, key__in=keys)
    meant = {key: audience_of(step.plan, planned) for key, planned in step.wanted.items()}
    holders = cache(_who_held)

    @cache  # thousands of rows stand alike
    def judged(stands: Stands, version_id: int, key: str, is_meant: bool) -> Outcome | None:
        known, after = before.get(version_id, {}).get(key), step.wanted[key] if is_meant else None
        return outcome(stands, known, after, step.known.get(key), zone=step.plan.timezone, day=step.day)

    found = rows.filter(behind).values_list(
        "pk", "key", "unit_id", "person_id", "excused", "version_id", "unit__kind",
        "due_at", "extended_to", "submitted_at", "dropped_in",
    )  # fmt: skip
    for pk, key, unit_id, person_id, excused, version_id, kind, due_at, extended_to, submitted_at, dropped_in in found:
        kinds, posts, is_personal = meant.get(key, (frozenset(), (), False))
        is_meant = kind in kinds and is_personal == (person_id is not None)
        is_meant = is_meant and (not posts or (unit_id, person_id) in holders(posts))
        stands = Stands(due_at, extended_to, submitted_at is not None, dropped_in is not None)
        made = judged(stands, version_id, key, is_meant)
        if made:
            yield Change(pk, key, unit_id, person_id, excused, due_at, made)


def _differs(step: Step, plan: schema.Plan, planned: schema.Obligation) -> bool:
    after = step.wanted.get(planned.id)
    if after is None or terms(planned) != terms(after):
        return True
    return audience_of(plan, planned) != audience_of(step.plan, after)


def _who_held(posts: tuple[str, ...]) -> set[tuple[int, int]]:
    """(unit, person) of whoever holds or held such a post: who left keeps what was owed."""
    return set(Post.objects.filter(kind__in=posts).values_list("unit_id", "person_id"))


def asked_of_newcomers(step: Step, *, unit_id: int | None = None, year: int = 0) -> dict[str, object]:
    """The values of ``NEWCOMERS``. ``year``: the one that counts as running, if not that of the day."""
    asked = []
    for key, planned in step.wanted.items():
        due_at = due_for_newcomer(
            planned.due_at(step.plan.timezone),
            day=step.day,
            is_first=step.in_force is None,
            is_new=key not in step.known,
            is_running=planned.year == (year or step.day.year),
        )
        if due_at:
            kinds, posts, is_personal = audience_of(step.plan, planned)
            named = {"key": key, "kinds": sorted(kinds), "posts": list(posts), "personal": is_personal}
            asked.append(named | {"due_on": planned.due_on.isoformat(), "due_at": due_at.isoformat()})
    return {"asked": json.dumps(asked), "unit": unit_id, "campaign": step.campaign.pk}


def terms_of(step: Step) -> str:
    """What a new row holds of the plan, by key, for SQL."""
    names = ("kind", "year", "criterion", "at_least")
    return json.dumps(
        [
            {"key": key, "opens_on": each.opens_on.isoformat(), **{name: getattr(each, name) for name in names}}
            for key, each in step.wanted.items()
        ]
    )


def of_newcomers(step: Step) -> Iterator[Change]:
    with connection.cursor() as cursor:
        cursor.execute(NEWCOMERS, asked_of_newcomers(step))
        for key, unit_id, person_id, due_at in cursor.fetchall():
            raised = due_at > step.wanted[key].due_at(step.plan.timezone)
            made = Outcome(FactKind.NEW, due_at, raised=raised)
            yield Change(None, key, unit_id, person_id, excused=False, due_before=None, outcome=made)


class Line(NamedTuple):
    """What happens alike to one obligation of the plan; ``units`` and of them so many ``people``."""

    kind: FactKind
    key: str
    name: str
    due_before: dt.datetime | None
    due_at: dt.datetime
    units: int
    people: int

    @property
    def sentence(self) -> str:
        return f"{self.who}: {self.what}"

    @property
    def who(self) -> str:
        said = ngettext("%(n)s unit", "%(n)s units", self.units) % {"n": number(self.units)}
        people = ngettext("%(n)s person", "%(n)s people", self.people) % {"n": number(self.people)}
        return f"{said} ({people})" if self.people else said

    @property
    def what(self) -> str:
        before = day(timezone.localtime(self.due_before)) if self.due_before else ""
        values = {"name": self.name, "before": before, "after": day(timezone.localtime(self.due_at))}
        return WORDS[self.kind]() % values


WORDS = {
    FactKind.NEW: lambda: gettext("“%(name)s” is new, due %(after)s"),
    FactKind.MOVED: lambda: gettext("“%(name)s”: due %(before)s → %(after)s"),
    FactKind.REWORDED: lambda: gettext("“%(name)s”: still due %(after)s, with other terms"),
    FactKind.KEPT: lambda: gettext("“%(name)s” is handed in and does not change"),
    FactKind.DROPPED: lambda: gettext("“%(name)s” is asked no more"),
    FactKind.ASKED_AGAIN: lambda: gettext("“%(name)s” is asked again, due %(after)s"),
}
ORDER = list(WORDS)


@dataclass(frozen=True)
class Consequences:
    """Everything that publishing would change today, row by row."""

    step: Step
    rows: list[Change]

    @cached_property
    def lines(self) -> list[Line]:
        groups: dict[tuple, list[Change]] = defaultdict(list)
        for row in self.rows:
            made = row.outcome
            groups[made.effect, row.key, row.due_before, made.due_at].append(row)
        return in_order(
            Line(effect, key, self.name_of(key), before, due_at, *_counted(group))
            for (effect, key, before, due_at), group in groups.items()
        )

    def name_of(self, key: str) -> str:
        planned = self.step.wanted.get(key) or self.step.known.get(key)
        return planned.name if planned else key

    @property
    def units(self) -> int:
        """Who is concerned, and is written to."""
        return len({row.unit_id for row in self.rows if row.outcome.effect is not FactKind.KEPT})

    @property
    def fallen(self) -> list[Change]:
        """Extensions by hand that the new dates overtake."""
        return [row for row in self.rows if row.outcome.fallen]

    @property
    def raised(self) -> list[str]:
        """Names of what the version sets before the day of publishing."""
        return sorted({self.name_of(row.key) for row in self.rows if row.outcome.raised})

    @property
    def excused(self) -> int:
        return sum(row.excused and row.outcome.effect is FactKind.MOVED for row in self.rows)

    def count(self, kind: FactKind) -> int:
        return sum(row.outcome.effect is kind for row in self.rows)


def _counted(rows: Iterable[Change]) -> tuple[int, int]:
    rows = list(rows)
    return len({row.unit_id for row in rows}), sum(row.person_id is not None for row in rows)


def in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (ORDER.index(line.kind), line.due_at, line.name))


@dataclass(frozen=True)
class Listed:
    """What happens to one obligation of one unit, its people taken together."""

    unit: Unit
    name: str
    kind: FactKind
    due_before: dt.datetime | None
    due_at: dt.datetime
    extended_to: dt.datetime | None
    fallen: dt.datetime | None
    people: int

    @property
    def folded(self) -> str:
        return self.unit.folded

    @property
    def is_dropped(self) -> bool:
        return self.kind is FactKind.DROPPED

    @property
    def closes_at(self) -> dt.datetime:
        return self.extended_to or self.due_at


def listed(found: Consequences) -> list[Listed]:
    """By unit and due day. One query more."""
    alike: Counter[tuple] = Counter()
    for row in found.rows:
        alike[row.unit_id, row.key, row.due_before, row.outcome] += row.person_id is not None
    units = Unit.objects.only("code", "name", "folded", "sort_key").in_bulk({key[0] for key in alike})
    rows = [
        Listed(
            units[unit_id], found.name_of(key), made.effect, before,
            made.due_at, made.extended_to, made.fallen, people,
        )
        for (unit_id, key, before, made), people in alike.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.unit.sort_key, row.unit.code, row.due_at, row.name))


def consequences(version: PlanVersion, *, at: dt.datetime) -> Consequences:
    """Four queries, whatever the number of obligations; nothing is locked or written."""
    step = step_to(version, at=at)
    existing = of_existing(step, Obligation.objects.filter(campaign=step.campaign).order_by("pk"))
    return Consequences(step, [*existing, *of_newcomers(step)])


def told(version: PlanVersion) -> list[Line]:
    """What publishing this version did, from the facts that it left."""
    rows = (
        Fact.objects.filter(version=version, kind__in=ORDER, at=version.published_at)
        .values("kind", "obligation__key", "due_before", "due_at")
        .annotate(units=Count("obligation__unit", distinct=True), people=Count("obligation__person"))
        .order_by()
    )
    names = names_in(version)
    return in_order(
        Line(
            FactKind(row["kind"]), row["obligation__key"], names.get(row["obligation__key"], row["obligation__key"]),
            row["due_before"], row["due_at"], row["units"], row["people"],
        )
        for row in rows
    )  # fmt: skip


def names_in(version: PlanVersion) -> dict[str, str]:
    """The names of obligations, also of those that the version asks no more."""
    earlier = version.campaign.versions.filter(number__lt=version.number).exclude(published_at=None)
    before = earlier.order_by("number").last()
    plans = [before.plan, version.plan] if before else [version.plan]
    return {each.id: each.name for plan in plans for each in plan.obligations}


def totals(lines: Iterable[Line]) -> Counter[FactKind]:
    """Obligations by what happens to them."""
    found: Counter[FactKind] = Counter()
    for line in lines:
        found[line.kind] += line.people or line.units
    return found
