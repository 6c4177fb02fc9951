"""A measure of the plan: which rows of a dataset count, and which of these meet the target.

Conditions are written in the language of ``core.measures.language``, over the columns of the dataset and three days
that the evaluation gives: ``period_start``, ``period_end`` and ``until`` (the end of the period, or today if that is
earlier).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

# Counts apart that pages, papers and programs know by name, where a measure has them: overdue and not returned,
# withdrawn or not accepted, letters of apology that came late.
PENDING_OVERDUE = "pending_overdue"
APART = (PENDING_OVERDUE, "withdrawn", "letters_late")


@dataclass(frozen=True)
class Measure:
    """``day``: the column whose day must lie in the period; ``scope``: the column of "in every field".

    denominator = rows with ``filter``, with ``day`` in the period, and with ``denominator`` where there is one;
    numerator = those of them with ``numerator``, so that a share is always a part of the whole. With ``mean_of`` the
    numerator is the sum of that column over these rows divided by ``out_of`` (mean/5 of a survey).
    ``apart`` counts rows beside the rate, over all rows of the batch whatever ``filter`` and ``day`` say.
    ``needs``: groups of columns of which the file must have had one, else there is no value, with the reason.
    ``version`` counts up when the office changes the measure; a result keeps it.
    """

    id: str
    criterion: str
    dataset: str
    numerator: str
    denominator: str = ""
    filter: str = ""
    day: str = ""
    scope: str = ""
    mean_of: str = ""
    out_of: float = 0
    apart: dict[str, str] = field(default_factory=dict, hash=False)
    needs: tuple[tuple[str, ...], ...] = ()
    version: int = 1


@dataclass(frozen=True)
class Period:
    """The days that a figure is about, both included."""

    start: dt.date
    end: dt.date

    @classmethod
    def of_year(cls, year: int) -> Period:
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))


class Cell(NamedTuple):
    """The finest grain that an engine counts: rows of one unit, one text of the scope and one month of ``day``.

    ``month`` ("2023-05") is None for rows outside the rate, which only count apart. ``numerator`` is a number of rows,
    or with ``mean_of`` the plain sum of that column. ``apart``: the measure's counts apart, by their names in
    alphabetical order.
    """

    unit: str
    scope: str | None
    month: str | None
    numerator: float
    denominator: int
    apart: tuple[int, ...] = ()


@dataclass(frozen=True)
class Count:
    """What a measure finds for one unit, scope (None: the whole; "": rows without one) and month (None: the period)."""

    unit: str
    scope: str | None
    month: str | None
    numerator: float
    denominator: float
    apart: dict[str, int] = field(default_factory=dict, hash=False)

    @property
    def value(self) -> float | None:
        """A share from 0 to 1; None where nothing arose, never 0% or 100%."""
        return self.numerator / self.denominator if self.denominator else None
