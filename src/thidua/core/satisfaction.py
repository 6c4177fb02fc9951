"""Satisfaction with public services of education: five levels, two usual formulas, five groups of questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import sqrt

from thidua.core.intervals import Z95, wilson
from thidua.core.words import Sentence, _


class Level(IntEnum):
    VERY_DISSATISFIED = 1
    DISSATISFIED = 2
    NEUTRAL = 3
    SATISFIED = 4
    VERY_SATISFIED = 5

    @property
    def label(self) -> Sentence:
        return LEVEL_LABELS[self]

    @property
    def face(self) -> str:
        """The end of its icon's name: "face5" smiles."""
        return str(self.value)


LEVEL_LABELS = {
    Level.VERY_DISSATISFIED: _("Very dissatisfied"),
    Level.DISSATISFIED: _("Dissatisfied"),
    Level.NEUTRAL: _("Neither"),
    Level.SATISFIED: _("Satisfied"),
    Level.VERY_SATISFIED: _("Very satisfied"),
}


class Formula(StrEnum):
    """How the answers become one share; a survey names its own."""

    SHARE = "share"
    MEAN = "mean"

    @property
    def label(self) -> Sentence:
        return FORMULA_LABELS[self]


FORMULA_LABELS = {
    Formula.SHARE: _("Share of answers at level 4 or 5 among valid answers"),
    Formula.MEAN: _("Mean of the levels divided by 5"),
}


class Group(StrEnum):
    ACCESS = "access"
    FACILITIES = "facilities"
    ENVIRONMENT = "environment"
    ACTIVITIES = "activities"
    RESULTS = "results"

    @property
    def label(self) -> Sentence:
        return GROUP_LABELS[self]


GROUP_LABELS = {
    Group.ACCESS: _("Access to the service"),
    Group.FACILITIES: _("Facilities"),
    Group.ENVIRONMENT: _("Educational environment"),
    Group.ACTIVITIES: _("Educational activities"),
    Group.RESULTS: _("Results of education"),
}


@dataclass(frozen=True)
class Satisfaction:
    """``people``: who answered; ``counts``: level → answers at it, of all questions together."""

    people: int
    counts: Mapping[int, int]
    formula: Formula

    @property
    def valid(self) -> int:
        return sum(self.counts.values())

    @property
    def value(self) -> float | None:
        """From 0 to 1; None without a valid answer."""
        if not self.valid:
            return None
        if self.formula is Formula.MEAN:
            return self._mean / Level.VERY_SATISFIED
        return (self.counts.get(Level.SATISFIED, 0) + self.counts.get(Level.VERY_SATISFIED, 0)) / self.valid

    @property
    def interval(self) -> tuple[float, float] | None:
        """At 95%. Answers of one person are alike, so that people count, not answers: rather too wide than narrow."""
        if self.value is None:
            return None
        if self.formula is Formula.SHARE:
            return wilson(self.value * self.people, self.people)
        variance = sum(n * (level - self._mean) ** 2 for level, n in self.counts.items()) / self.valid
        half = Z95 * sqrt(variance / self.people) / Level.VERY_SATISFIED
        return max(self.value - half, 0.0), min(self.value + half, 1.0)

    @property
    def _mean(self) -> float:
        return sum(level * n for level, n in self.counts.items()) / self.valid
