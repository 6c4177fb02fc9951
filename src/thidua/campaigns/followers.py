"""What rooms above have that rests on the version in force: they tell what publishing means for it, and follow.

Such a room declares itself in its ``apps.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from thidua.campaigns.changes import Step
from thidua.campaigns.models import PlanVersion
from thidua.core.words import Sentence


@dataclass(frozen=True)
class Follower:
    """``warns`` says in sentences what a version, not in force yet, means for what the room keeps. ``follows`` is
    called within the transaction that publishes it, before the obligations are locked."""

    warns: Callable[[Step], Iterator[Sentence]]
    follows: Callable[[PlanVersion], None] | None = None


_followers: list[Follower] = []


def declare(follower: Follower) -> None:
    if follower not in _followers:
        _followers.append(follower)


def warnings(step: Step) -> list[Sentence]:
    return [sentence for each in _followers for sentence in each.warns(step)]


def follow(version: PlanVersion) -> None:
    for each in _followers:
        if each.follows:
            each.follows(version)
