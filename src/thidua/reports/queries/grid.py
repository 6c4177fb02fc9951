"""The people of a unit against the personal criteria of the plan."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from thidua.campaigns.chosen import Chosen, in_years
from thidua.campaigns.models import Campaign, Obligation
from thidua.core.figures import Verdict, verdict
from thidua.core.personal import concerns, meets, personal_criteria, personal_obligations
from thidua.core.plan.schema import Criterion
from thidua.people.models import Person, Post, Unit, current
from thidua.reports.models import PersonalResult
from thidua.reports.queries.closings import closes


def stamp(value: str, note: str) -> str:
    """A page carries this for each cell, so that it is known later what was changed, and against what."""
    return hashlib.sha256(f"{value}\0{note}".encode()).hexdigest()[:8]


@dataclass(frozen=True)
class GridCell:
    """One person and one personal criterion. ``concerns``: whether the criterion is about this person at all.

    ``closes_at`` is the moment after which the plan takes the result no more; None where late is only marked.
    """

    criterion: Criterion
    concerns: bool
    result: PersonalResult | None = None
    obligation: Obligation | None = None
    closes_at: dt.datetime | None = None

    @property
    def value(self) -> str:
        return self.result.value if self.result else ""

    @property
    def note(self) -> str:
        return self.result.note if self.result else ""

    @property
    def stamp(self) -> str:
        return stamp(self.value, self.note)

    @property
    def is_excused(self) -> bool:
        return self.obligation is not None and self.obligation.excused

    @property
    def counts(self) -> bool:
        return self.concerns and not self.is_excused

    @property
    def meets(self) -> bool:
        return meets(self.criterion, self.value)


@dataclass(frozen=True)
class GridRow:
    person: Person
    cells: tuple[GridCell, ...]

    @property
    def is_complete(self) -> bool:
        return all(cell.result for cell in self.cells if cell.counts)


@dataclass(frozen=True)
class Tally:
    """One personal criterion over the people of a unit."""

    criterion: Criterion
    people: int
    recorded: int
    met: int

    @property
    def verdict(self) -> Verdict | None:
        """Against the share that the plan wants; only once everybody is recorded."""
        if not self.people or self.recorded < self.people:
            return None
        return verdict(self.criterion, Decimal(self.met), Decimal(self.people))


@dataclass(frozen=True)
class Grid:
    """The people of a unit × the personal criteria of a year."""

    criteria: tuple[Criterion, ...]
    rows: tuple[GridRow, ...]
    opens_on: dt.date
    due_on: dt.date

    @property
    def tallies(self) -> list[Tally]:
        columns = zip(self.criteria, zip(*(row.cells for row in self.rows), strict=True), strict=False)
        counted = [(criterion, [cell for cell in cells if cell.counts]) for criterion, cells in columns]
        return [
            Tally(criterion, len(cells), sum(1 for cell in cells if cell.result), sum(cell.meets for cell in cells))
            for criterion, cells in counted
        ]

    @property
    def closes_at(self) -> dt.datetime | None:
        """When the last result closes; None while there is one that may come late, or nobody to record."""
        moments = [cell.closes_at for cell in self.cells.values() if cell.counts]
        latest = max((each for each in moments if each), default=None)
        return latest if all(moments) else None

    @property
    def cells(self) -> dict[tuple[int, str], GridCell]:
        return {(row.person.pk, cell.criterion.id): cell for row in self.rows for cell in row.cells}


def grid(campaign: Campaign, unit: Unit, year: int) -> Grid:
    """Everybody who is in the unit on the due day, or whom something is owed or recorded for; three queries."""
    plan = campaign.current.plan
    criteria, owed = personal_criteria(plan, unit.kind), personal_obligations(plan, unit.kind, year)
    due_on = max((each.due_on for each in owed), default=dt.date(year, 12, 31))
    opens_on = min((each.opens_on for each in owed), default=dt.date(year, 1, 1))
    if not criteria:
        return Grid((), (), opens_on, due_on)
    people: dict[int, Person] = {}
    posts: dict[int, set[str]] = {}
    for post in Post.objects.filter(current("", due_on), unit=unit).select_related("person"):
        people[post.person_id] = post.person
        posts.setdefault(post.person_id, set()).add(post.kind)
    obligations, results = _personal_rows(campaign, unit, year, people)
    strict = {each.criterion: each.due_at(plan.timezone) for each in owed if closes(each, "personal", year)}
    ordered = sorted(people.values(), key=lambda person: (person.sort_key, person.username))
    rows = tuple(
        GridRow(person, tuple(_grid_cell(each, person.pk, posts, obligations, results, strict) for each in criteria))
        for person in ordered
    )
    return Grid(tuple(criteria), rows, opens_on, due_on)


def _personal_rows(campaign: Campaign, unit: Unit, year: int, people: dict[int, Person]) -> tuple[dict, dict]:
    """Obligations and results by (person, criterion); adds to ``people`` those who are in the unit no more."""
    obligations = Obligation.objects.of_year(campaign, year).asked().filter(unit=unit, person__isnull=False)
    results = PersonalResult.objects.of_year(campaign, year).filter(unit=unit)
    found = []
    for rows in (obligations.select_related("person"), results.select_related("person")):
        found.append({(row.person_id, row.criterion): row for row in rows})
        people |= {row.person_id: row.person for row in found[-1].values() if row.person_id not in people}
    return found[0], found[1]


def _grid_cell(
    criterion: Criterion, person_id: int, posts: dict, obligations: dict, results: dict, strict: dict
) -> GridCell:
    """``strict`` has the due moment of each criterion that is refused late; an extension of the person counts."""
    at = (person_id, criterion.id)
    closes_at = strict.get(criterion.id)
    if closes_at and at in obligations:
        closes_at = obligations[at].closes_at
    meant = concerns(criterion, posts.get(person_id, ())) or at in obligations or at in results
    return GridCell(criterion, meant, results.get(at), obligations.get(at), closes_at)


@dataclass(frozen=True)
class OwnResult:
    criterion: Criterion
    result: PersonalResult
    of: Chosen

    @property
    def meets(self) -> bool:
        return meets(self.criterion, self.result.value)


def own_results(person, years: Sequence[Chosen]) -> list[OwnResult]:
    """What is recorded of oneself in these years of campaigns, in the order of each plan."""
    found = list(PersonalResult.objects.filter(in_years(years), person=person).select_related("unit").order_by("unit"))
    return [
        OwnResult(criterion, result, each)
        for each in years
        for criterion in each.campaign.current.plan.criteria
        for result in found
        if (result.campaign_id, result.criterion) == (each.campaign.pk, criterion.id)
    ]
