"""A measure of the plan: which rows of a dataset count, and which of these meet the target.

Conditions are written in the language of ``core.measures.language``, over the columns of the dataset and three days
that the evaluation gives: ``period_start``, ``period_end`` and ``until`` (the end of the period, or today if that is
earlier).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measure:
    """``day``: the column whose day must lie in the period; ``scope``: the column of "in every field".

    numerator = rows with ``filter`` and ``day`` in the period and ``numerator``; denominator = the same without it, or
    rows that also meet ``denominator``. With ``mean_of`` the numerator is the sum of that column divided by ``out_of``
    (mean/5 of a survey). ``apart`` counts rows beside the rate, over all rows of the batch whatever ``filter`` says.
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
class Count:
    """What a measure finds for one unit, period, scope (None: the whole) and month (None: all of the period)."""

    unit: str
    scope: str | None
    month: str | None
    numerator: float
    denominator: float
    apart: dict[str, int] = field(default_factory=dict, hash=False)

    @property
    def value(self) -> float | None:
        """A share from 0 to 1; None where nothing arose, never 0 % or 100 %."""
        return self.numerator / self.denominator if self.denominator else None
