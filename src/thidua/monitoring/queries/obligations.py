"""The board: who still owes what. One read of the obligations, whatever the number of units."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from thidua.campaigns.chosen import Chosen, in_years
from thidua.campaigns.models import Campaign, Fact, Obligation, standing_on, without_text
from thidua.campaigns.queries import RANK, Duty, duties
from thidua.core.obligations import BoardState, DueDate, Standing, StandingKind, date_shown
from thidua.core.units import UnitKind
from thidua.people.models import Unit

# What steps forward on the board: the unit has to do something about these.
OWED = frozenset({BoardState.LATE, BoardState.RETURNED})
PERSONAL = "personal"
OF_UNIT = ("code", "name", "kind", "path", "ends_on", "folded")  # what the board, its filters and its Excel read of one
OPEN = OWED | {BoardState.DUE, BoardState.DRAFT}


class Owed(NamedTuple):
    """What the board reads of an obligation: thousands of them, so no model objects."""

    pk: int
    key: str
    kind: str
    unit_id: int
    opens_on: dt.date
    due_at: dt.datetime
    extended_to: dt.datetime | None
    excused: bool
    standing: str
    submitted_at: dt.datetime | None
    reason: str
    dropped_in: int | None

    @property
    def closes_at(self) -> dt.datetime:
        return self.extended_to or self.due_at


class Cell(NamedTuple):
    """One obligation of one unit, or of all its people together, as the board shows it."""

    obligation: Duty | Owed
    standing: Standing

    @property
    def state(self) -> BoardState:
        return self.standing.state


@dataclass(frozen=True)
class Row:
    unit: Unit
    cells: tuple[Cell | None, ...]

    @property
    def owes(self) -> bool:
        return not OWED.isdisjoint(self.states)

    @property
    def is_asked(self) -> bool:
        return not self.states <= {BoardState.DROPPED}

    @cached_property
    def states(self) -> frozenset[BoardState]:
        return frozenset(cell.state for cell in self.cells if cell)


@dataclass(frozen=True)
class Column:
    """One obligation of the plan; ``owing`` counts the units that are late or must correct."""

    key: str
    name: str
    due_at: dt.datetime
    owing: int
    kind: str

    @property
    def is_personal(self) -> bool:
        return self.kind == PERSONAL


@dataclass(frozen=True)
class Board:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def owing(self) -> list[Row]:
        return [row for row in self.rows if row.owes]

    @property
    def owed_things(self) -> int:
        return sum(1 for row in self.rows for cell in row.cells if cell and cell.state in OWED)

    def owed_by(self, row: Row) -> list[tuple[str, BoardState]]:
        """What a unit is reminded of, by name."""
        pairs = zip(self.columns, row.cells, strict=True)
        return [(column.name, cell.state) for column, cell in pairs if cell and cell.state in OWED]

    def count(self, states) -> int:
        return sum(1 for row in self.rows if row.states & set(states))

    @property
    def settled(self) -> int:
        return sum(1 for row in self.rows if not row.states & (OPEN | {BoardState.SUBMITTED}))


def obligations_seen(person, campaign: Campaign, year: int) -> QuerySet[Obligation]:
    return Obligation.objects.visible_to(person).of_year(campaign, year)


def board(person, campaign: Campaign, year: int, *, now: dt.datetime, units: QuerySet[Unit] | None = None) -> Board:
    """Units in sight × what the plan asks that year; personal obligations as one cell a unit, its people together."""
    names = {item.id: item.name for item in campaign.current.plan.obligations}
    kinds: dict[str, str] = {}
    found = obligations_seen(person, campaign, year).filter(person=None).order_by("due_at", "key")
    seen = (Unit.objects.visible_to(person) if units is None else units).only(*OF_UNIT)
    cells: dict[int, dict[str, Cell]] = {}
    due: dict[str, list[DueDate]] = {}
    shown = {unit.pk: unit for unit in seen.in_order()}
    for owed in map(Owed._make, found.values_list(*Owed._fields)):
        if owed.dropped_in is None:
            due.setdefault(owed.key, []).append(DueDate(owed.due_at, owed.submitted_at is not None))
            kinds[owed.key] = owed.kind
        if unit := shown.get(owed.unit_id):
            cells.setdefault(owed.unit_id, {})[owed.key] = Cell(owed, standing_on(owed, now, unit.ends_on))
    for duty in duties(Obligation.objects.of_units(person).of_year(campaign, year), now=now):
        kinds[duty.key] = duty.kind
        due.setdefault(duty.key, []).append(DueDate(duty.due_at, duty.recorded == duty.people))
        cells.setdefault(duty.unit_id, {})[duty.key] = Cell(duty, duty.standing)
    drawn = (Row(unit, tuple(cells[unit.pk].get(key) for key in due)) for unit in shown.values() if unit.pk in cells)
    rows = tuple(row for row in drawn if row.is_asked)
    dates = {key: date_shown(of_units) for key, of_units in due.items()}
    return Board(tuple(_columns(dates, names, rows, kinds)), rows)


def undecided(person, campaign: Campaign, year: int, key: str, units: Iterable[int]) -> QuerySet[Obligation]:
    """What these units, or their people, have still to hand in of one obligation and nobody let them off: what may be
    extended or excused for many at once."""
    back = Q(submitted_at=None) | Q(standing=StandingKind.RETURNED)
    rows = obligations_seen(person, campaign, year).asked().filter(back, key=key, unit__in=list(units), excused=False)
    return rows.order_by("pk")


def history_of(obligation: Obligation) -> QuerySet[Fact]:
    """Newest first."""
    facts = obligation.facts.select_related("version", "by").defer(*without_text("version"))
    return facts.order_by("-pk")


def column_of(whole: Board, key: str) -> Column | None:
    return next((column for column in whole.columns if column.key == key), None)


def only(whole: Board, keys: Collection[str]) -> Board:
    """The board of some obligations: their columns, and the units of which one of them is asked."""
    at = [number for number, column in enumerate(whole.columns) if column.key in keys]
    rows = (Row(row.unit, tuple(row.cells[number] for number in at)) for row in whole.rows)
    return Board(tuple(whole.columns[number] for number in at), tuple(row for row in rows if row.is_asked))


def people_together(whole: Board) -> Board:
    """The board as the page shows it: all personal obligations of a unit in one column, in the state of the worst."""
    personal = [at for at, column in enumerate(whole.columns) if column.is_personal]
    if len(personal) < 2:
        return whole
    rest = [at for at in range(len(whole.columns)) if at not in personal]
    rows = tuple(
        Row(row.unit, (*(row.cells[at] for at in rest), _together([row.cells[at] for at in personal])))
        for row in whole.rows
    )
    together = Column(
        PERSONAL,
        gettext("Personal criteria"),
        min(whole.columns[at].due_at for at in personal),
        sum(1 for row in rows if row.cells[-1] and row.cells[-1].state in OWED),
        PERSONAL,
    )
    return Board((*(whole.columns[at] for at in rest), together), rows)


def _together(cells: list[Cell | None]) -> Cell | None:
    found = [cell for cell in cells if cell is not None]
    if not found:
        return None
    worst = min(found, key=lambda cell: RANK[cell.state])
    duty = worst.obligation._replace(
        key=PERSONAL,
        people=sum(cell.obligation.people for cell in found),
        recorded=sum(cell.obligation.recorded for cell in found),
    )
    return Cell(duty, worst.standing)


def below(whole: Board, code: str) -> Board:
    """The board of one unit and those below it in the tree."""
    return Board(whole.columns, tuple(row for row in whole.rows if f"/{code}/" in row.unit.path))


def children(rows: Iterable[Row]) -> Counter[str]:
    """Code of a unit → how many of these units lie below it in the tree."""
    return Counter(code for row in rows for code in row.unit.path.strip("/").split("/")[:-1])


@dataclass(frozen=True)
class Tally:
    """Units of one kind: how many there are, and how many obligations stand how (by ``BoardState``)."""

    kind: UnitKind
    units: int
    owing: int
    states: Counter[BoardState]

    @property
    def open(self) -> int:
        return self.states[BoardState.DUE] + self.states[BoardState.DRAFT]

    @property
    def let_off(self) -> int:
        return self.states[BoardState.EXCUSED] + self.states[BoardState.CLOSED] + self.states[BoardState.DROPPED]


def tallies(rows: Iterable[Row]) -> list[Tally]:
    """Counts by kind of unit, in the order of the plan's audiences."""
    return [
        Tally(
            kind,
            len(group),
            sum(row.owes for row in group),
            Counter(cell.state for row in group for cell in row.cells if cell is not None),
        )
        for kind, group in by_kind(rows)
    ]


class Facts(NamedTuple):
    """What a state follows from; ``submitted_at`` stands for any moment in the past."""

    opens_on: dt.date
    due_at: dt.datetime
    extended_to: dt.datetime | None
    excused: bool
    standing: str
    submitted_at: dt.datetime | None
    dropped_in: None = None


def owing(person, years: Sequence[Chosen], *, now: dt.datetime) -> dict[int, tuple[int, int]]:
    """Id of a campaign → how many units owe in its year, and how many things. Many units share the same facts: the
    database groups by them, of all campaigns at once."""
    names = Facts._fields[:-2]
    groups = (
        Obligation.objects.visible_to(person)
        .asked()
        .filter(in_years(years), person=None)
        .annotate(handed_in=Q(submitted_at__isnull=False, submitted_at__lte=now))
        .values_list(*names, "handed_in", "unit__ends_on", "campaign_id")
        .annotate(units=ArrayAgg("unit_id"))
    )
    owed: dict[int, list[int]] = {each.campaign.pk: [] for each in years}
    for *facts, handed_in, ends_on, campaign, units in groups:
        if standing_on(Facts(*facts, now if handed_in else None), now, ends_on).state in OWED:
            owed[campaign] += units
    for duty in duties(Obligation.objects.of_units(person).filter(in_years(years)), now=now):
        if duty.standing.state in OWED:
            owed[duty.campaign_id].append(duty.unit_id)
    return {campaign: (len(set(units)), len(units)) for campaign, units in owed.items()}


def _columns(due, names, rows, kinds: dict[str, str]) -> list[Column]:
    owing = Counter(
        cell.obligation.key for row in rows for cell in row.cells if cell is not None and cell.state in OWED
    )
    return [Column(key, names.get(key, key), due_at, owing[key], kinds[key]) for key, due_at in due.items()]


def by_kind(rows: Iterable[Row]) -> list[tuple[UnitKind, list[Row]]]:
    """Rows grouped by kind of unit, in the order of the plan's audiences."""
    rows = list(rows)
    return [(kind, group) for kind in UnitKind if (group := [row for row in rows if row.unit.kind == kind])]


def as_json(obligation: Obligation, now: dt.datetime) -> dict[str, object]:
    """One entry of ``thidua board --json``."""
    standing = obligation.on(now)
    return {
        "unit": obligation.unit.code,
        "person": obligation.person.username if obligation.person else None,
        "obligation": obligation.key,
        "due": obligation.due_at.astimezone(now.tzinfo).date().isoformat(),
        "state": standing.state.value,
        "done_on": standing.done_on.isoformat() if standing.done_on else None,
        "days_late": standing.days_late,
        "reason": obligation.reason or None,
    }
