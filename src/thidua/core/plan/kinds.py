"""The kinds of criteria, decided in one place: who deals with a criterion asks what it is, not what it is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CriterionKind:
    """``is_count``: a number of things, which has no share and no "nearly met". ``of_people``: answered for each
    person, else stated by a unit. ``is_measurable``: records can give it. ``has_denominator``: the plan says in words
    of what it is a part."""

    is_count: bool = False
    of_people: bool = False
    is_measurable: bool = False
    has_denominator: bool = False


CRITERION_KINDS = {
    "ratio": CriterionKind(is_measurable=True, has_denominator=True),
    "count": CriterionKind(is_count=True, is_measurable=True),
    "task": CriterionKind(),
    "personal": CriterionKind(of_people=True),
}
