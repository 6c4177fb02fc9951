"""Where the marks of the overview's drawings lie. Lengths are text with a point, whatever the reader's language."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from thidua.campaigns.models import IndexValue
from thidua.campaigns.queries import IndexRow
from thidua.core.plan.schema import Plan, Round
from thidua.core.vietnamese import number

LEFT, RIGHT = 150.0, 922.0  # of the time line, in a drawing 960 wide
APART = 80.0  # between the names of two months
TOP = {"register": 34, "carry_out": 64, "report": 94}
SPARK_LEFT, SPARK_RIGHT, SPARK_TOP, SPARK_BOTTOM = 20.0, 170.0, 40.0, 90.0  # of a trend, in a drawing 190 × 118


@dataclass(frozen=True)
class Band:
    """One round: ``css`` is band (past), band-now or band-later."""

    round: Round
    x: str
    width: str
    y: int
    css: str


@dataclass(frozen=True)
class Month:
    """A month named below the line: the first and the last, and each January between."""

    name: str
    x: str
    anchor: str


@dataclass(frozen=True)
class Timeline:
    bands: list[Band]
    months: list[Month]
    today: str


def timeline(plan: Plan, *, today: dt.date) -> Timeline | None:
    """The rounds of all years, from the month of the first to the month of the last; None of a plan without rounds."""
    if not plan.rounds:
        return None
    begin = min(each.opens_on for each in plan.rounds).replace(day=1)
    last = max(each.closes_on for each in plan.rounds)
    end = last.replace(day=monthrange(last.year, last.month)[1])

    def at(day: dt.date) -> float:
        inside = min(max(day, begin), end)
        return LEFT + (RIGHT - LEFT) * (inside - begin).days / (end - begin).days

    bands = [
        Band(
            each,
            _text(at(each.opens_on)),
            _text(max(at(each.closes_on) - at(each.opens_on), 3.0)),
            TOP.get(each.kind, 64),
            _css(each, today),
        )
        for each in plan.rounds
    ]
    januaries = [(day, at(day)) for year in range(begin.year + 1, end.year + 1) if (day := dt.date(year, 1, 1))]
    months = [
        Month(f"{begin:%m/%Y}", _text(LEFT), "start"),
        *(Month(f"{day:%m/%Y}", _text(x), "middle") for day, x in januaries if LEFT + APART < x < RIGHT - APART),
        Month(f"{end:%m/%Y}", _text(RIGHT), "end"),
    ]
    return Timeline(bands, months, _text(at(today)) if begin <= today <= end else "")


def _text(length: float) -> str:
    return f"{length:.1f}"


def _css(each: Round, today: dt.date) -> str:
    if today > each.closes_on:
        return "band"
    return "band-now" if today >= each.opens_on else "band-later"


@dataclass(frozen=True)
class Trend:
    """The published scores of an index as points, and the height of its target line."""

    row: IndexRow
    points: list[tuple[str, str, IndexValue]]
    line: str
    target: float | None
    target_y: str
    ranks: str

    @property
    def words(self) -> str:
        """The drawing for who cannot see it: each year with its score."""
        scores = "; ".join(f"{value.year} {number(value.score)}" for _x, _y, value in self.points)
        return f"{self.row.index.name}: {scores}"


def trend(row: IndexRow, *, last_year: int) -> Trend:
    scored = [value for value in row.published if value.score is not None]
    targets = sorted((int(year), value) for year, value in row.index.targets.items())
    target = targets[-1][1] if targets else None
    years = [value.year for value in scored] + [last_year]
    levels = [float(value.score) for value in scored] + ([target] if target is not None else [])
    low, high = (min(levels), max(levels)) if levels else (0.0, 1.0)
    span, first = (high - low) or 1.0, min(years)

    def y(level: float) -> str:
        return _text(SPARK_BOTTOM - (SPARK_BOTTOM - SPARK_TOP) * (level - low) / span)

    def x(year: int) -> str:
        return _text(SPARK_LEFT + (SPARK_RIGHT - SPARK_LEFT) * (year - first) / ((last_year - first) or 1))

    points = [(x(value.year), y(float(value.score)), value) for value in scored]
    return Trend(
        row,
        points,
        " ".join(f"{px},{py}" for px, py, _value in points),
        target,
        y(target) if target is not None else "",
        " → ".join(str(value.rank) for value in row.published if value.rank),
    )
