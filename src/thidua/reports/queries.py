"""Figures as the scorecard of a unit and as totals of the campaign."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.figures import Verdict, verdict
from thidua.core.personal import concerns, meets, personal_criteria, personal_obligations
from thidua.core.plan import schema
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.vietnamese import fold
from thidua.documents import queries as documents
from thidua.dossiers.models import Dossier
from thidua.people.models import Person, Post, Unit, current
from thidua.reports import computed
from thidua.reports.computed import Entry
from thidua.reports.models import Evidence, Figure, PersonalResult

REFUSED_LATE = "refused"
DECLARABLE = frozenset({"ratio", "count", "task"})


@dataclass(frozen=True)
class Line:
    """One criterion (and field) of a unit. ``source`` says where the number shown comes from."""

    criterion: Criterion
    scope: str
    figure: Figure | None
    numerator: Decimal | None
    denominator: Decimal | None
    source: str

    @property
    def verdict(self) -> Verdict | None:
        if self.source == "":
            return None
        return verdict(self.criterion, self.numerator, self.denominator)

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None


@dataclass(frozen=True)
class Compared:
    """A line of the scorecard beside what the unit's records say of it."""

    line: Line
    computed: Entry | None

    @property
    def difference(self) -> Decimal | None:
        """Computed less declared, as a share; None where one of them has no value or both are the same."""
        if self.computed is None or self.computed.value is None or self.line.value is None:
            return None
        return self.computed.value - self.line.value or None


def compared(campaign: Campaign, unit: Unit, year: int) -> list[Compared]:
    """The scorecard with what was computed beside what was declared."""
    found = computed.of_unit(campaign, unit, year)
    lines = scorecard(campaign, unit, year)
    return [Compared(line, found.get((line.criterion.id, fold(line.scope)))) for line in lines]


def criteria_of(plan: Plan, unit: Unit) -> list[Criterion]:
    """The criteria that speak of units of this kind."""
    audiences = {each.id for each in plan.audiences if unit.kind in each.kinds and not each.personal}
    return [each for each in plan.criteria if each.kind in DECLARABLE and audiences & set(each.audiences)]


def scorecard(campaign: Campaign, unit: Unit, year: int) -> list[Line]:
    """Every criterion of the unit with its best value, in the order of the plan."""
    plan = campaign.current.plan
    declared = declared_lines(plan, campaign.pk, unit, year)
    prefetch_related_objects([line.figure for line in declared if line.figure], "evidence")
    counted = [each for each in criteria_of(plan, unit) if each.source == "registrations"]
    count = Decimal(registrations_of(campaign, unit, year)) if counted else None
    lines = [*declared, *(Line(each, "", None, count, None, "registrations") for each in counted)]
    order = [each.id for each in plan.criteria]
    return sorted(lines, key=lambda line: order.index(line.criterion.id))


def mark_evidence(figures: Iterable[Figure]) -> list[Evidence]:
    """The files behind figures and what their signatures are, kept on the figures. One query."""
    figures = list(figures)
    files = documents.with_verdicts(Evidence.objects.order_by("pk"), public="figure__unit__is_public")
    prefetch_related_objects(figures, Prefetch("evidence", files))
    found = [each for figure in figures for each in figure.evidence.all()]
    documents.mark_signatures(found)
    return found


def declared_lines(plan: Plan, campaign_id: int, unit: Unit, year: int) -> list[Line]:
    """What the unit has to declare, with the best value: accepted, else checked, else declared. One query."""
    figures = Figure.objects.filter(campaign_id=campaign_id, unit=unit, year=year)
    found = {(figure.criterion, figure.scope): figure for figure in figures}
    return [
        _line(criterion, scope, found.get((criterion.id, scope)))
        for criterion in criteria_of(plan, unit)
        if criterion.source != "registrations"
        for scope in criterion.scopes or ("",)
    ]


def _line(criterion: Criterion, scope: str, figure: Figure | None) -> Line:
    if figure is None:
        return Line(criterion, scope, None, None, None, "")
    if figure.accepted_at:
        return Line(criterion, scope, figure, figure.accepted_numerator, figure.accepted_denominator, "accepted")
    if figure.checked_at and figure.checked_at >= figure.declared_at:
        return Line(criterion, scope, figure, figure.checked_numerator, figure.checked_denominator, "checked")
    return Line(criterion, scope, figure, figure.numerator, figure.denominator, "declared")


def closings(campaign: Campaign, unit: Unit, year: int) -> dict[str, dt.datetime]:
    """Criterion → when its figure closes for this unit; only those that the plan refuses when they are late."""
    strict = [each.id for each in campaign.current.plan.obligations if _closes(each, "figure", year)]
    if not strict:
        return {}
    owed = Obligation.objects.of_year(campaign, year).filter(unit=unit, person=None, key__in=strict)
    return {each.criterion: each.closes_at for each in owed}


def _closes(planned: schema.Obligation, kind: str, year: int) -> bool:
    return planned.late == REFUSED_LATE and planned.kind == kind and planned.year == year


def registrations_of(campaign: Campaign, unit: Unit, year: int) -> int:
    """Registrations of the unit that were handed in and stand."""
    return Dossier.objects.filter(
        campaign=campaign,
        unit=unit,
        year=year,
        kind=DossierKind.REGISTRATION,
        state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
    ).count()


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
    strict = {each.criterion: each.due_at(plan.timezone) for each in owed if _closes(each, "personal", year)}
    ordered = sorted(people.values(), key=lambda person: (person.sort_key, person.username))
    rows = tuple(
        GridRow(person, tuple(_grid_cell(each, person.pk, posts, obligations, results, strict) for each in criteria))
        for person in ordered
    )
    return Grid(tuple(criteria), rows, opens_on, due_on)


def _personal_rows(campaign: Campaign, unit: Unit, year: int, people: dict[int, Person]) -> tuple[dict, dict]:
    """Obligations and results by (person, criterion); adds to ``people`` those who are in the unit no more."""
    obligations = Obligation.objects.of_year(campaign, year).filter(unit=unit, person__isnull=False)
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

    @property
    def meets(self) -> bool:
        return meets(self.criterion, self.result.value)


def own_results(person, campaign: Campaign, year: int) -> list[OwnResult]:
    """What is recorded of oneself, in the order of the plan."""
    rows = PersonalResult.objects.of_year(campaign, year).filter(person=person).select_related("unit").order_by("unit")
    found = list(rows)
    return [
        OwnResult(criterion, result)
        for criterion in campaign.current.plan.criteria
        for result in found
        if result.criterion == criterion.id
    ]
