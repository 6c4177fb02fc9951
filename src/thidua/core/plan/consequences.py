"""What publishing a version does to one thing that is owed: moved, kept, dropped, asked again, or new.

``planned`` below is an obligation of the plan as one version words it. "The day" is the day of publishing, as its last
moment. Nobody is late by a date that was announced after it had passed, so no date that a version sets lies before the
day; only the first version of a campaign, which follows the plan on paper, keeps its dates as they are.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from thidua.core.obligations import FactKind
from thidua.core.plan.schema import Obligation


class Stands(NamedTuple):
    """An obligation as it stands before a version is published."""

    due_at: dt.datetime
    extended_to: dt.datetime | None = None
    handed_in: bool = False
    dropped: bool = False


class Outcome(NamedTuple):
    """What becomes of it. ``fallen``: the extension by hand that the new date overtakes; ``raised``: the version names
    a date before the day, so that the day itself counts."""

    effect: FactKind
    due_at: dt.datetime
    extended_to: dt.datetime | None = None
    fallen: dt.datetime | None = None
    raised: bool = False


def terms(planned: Obligation) -> tuple[object, ...]:
    """What makes two versions of an obligation differ for who owes it."""
    return planned.due_on, planned.opens_on, planned.at_least, planned.kind, planned.criterion, planned.year


def outcome(
    stands: Stands,
    before: Obligation | None,
    after: Obligation | None,
    in_force: Obligation | None,
    *,
    zone: str,
    day: dt.datetime,
) -> Outcome | None:
    """None where nothing changes. ``before``: as the version words it that set the date, ``after``: as the new one,
    ``in_force``: as the one in force until now; None where a version does not ask for it."""
    same = Outcome(FactKind.KEPT, stands.due_at, stands.extended_to)
    if after is None:
        return None if stands.dropped else same._replace(effect=FactKind.DROPPED)
    if stands.dropped:
        again = FactKind.ASKED_AGAIN
        return same._replace(effect=again) if stands.handed_in else _moved(again, stands, after.due_at(zone), day)
    if stands.handed_in:
        return same if in_force and terms(in_force) != terms(after) else None
    if before is None or before.due_on != after.due_on:
        return _moved(FactKind.MOVED, stands, after.due_at(zone), day)
    return same._replace(effect=FactKind.REWORDED) if terms(before) != terms(after) else None


def _moved(effect: FactKind, stands: Stands, planned: dt.datetime, day: dt.datetime) -> Outcome:
    """An extension by hand that lies later than the new date stands; an earlier one falls."""
    due_at = max(planned, day)
    stays = stands.extended_to is not None and stands.extended_to > due_at
    return Outcome(
        effect,
        due_at,
        extended_to=stands.extended_to if stays else None,
        fallen=None if stays else stands.extended_to,
        raised=due_at > planned,
    )


def due_for_newcomer(
    planned: dt.datetime, *, day: dt.datetime, is_first: bool, is_new: bool, is_running: bool
) -> dt.datetime | None:
    """When something is due that somebody does not owe yet; None where it is not asked any more.

    ``is_first``: of the first version. ``is_new``: the version in force before did not ask for it. ``is_running``: it
    is of the year of the day, so that a unit or person that came late can still hand it in: due on the day itself.
    """
    if is_first or planned >= day:
        return planned
    return day if is_new or is_running else None
