"""Where a unit stands with what it owes, on a day. The states of the board and how they follow from the facts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from thidua.core.words import Sentence, _


class StandingKind(StrEnum):
    """How far the papers for an obligation have come, whatever the day."""

    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> Sentence:
        return STANDING_LABELS[self]


STANDING_LABELS = {
    StandingKind.NONE: _("Nothing yet"),
    StandingKind.DRAFT: _("Draft"),
    StandingKind.SUBMITTED: _("Waiting for the office"),
    StandingKind.RETURNED: _("Returned"),
    StandingKind.ACCEPTED: _("Accepted"),
}


class BoardState(StrEnum):
    NOT_DUE = "not_due"
    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    DONE = "done"
    LATE = "late"
    RETURNED = "returned"
    EXCUSED = "excused"
    CLOSED = "closed"
    DROPPED = "dropped"

    @property
    def label(self) -> Sentence:
        return BOARD_LABELS[self]


BOARD_LABELS = {
    BoardState.NOT_DUE: _("Not open yet"),
    BoardState.DUE: _("Not handed in yet"),
    BoardState.DRAFT: _("Draft"),
    BoardState.SUBMITTED: _("Waiting for the office"),
    BoardState.DONE: _("Done"),
    BoardState.LATE: _("Late"),
    BoardState.RETURNED: _("Returned"),
    BoardState.EXCUSED: _("Excused"),
    BoardState.CLOSED: _("Unit closed"),
    BoardState.DROPPED: _("No longer asked"),
}


class FactKind(StrEnum):
    """A line in the history of an obligation: an effect of publishing (core.plan.consequences), or an act by hand."""

    NEW = "new"
    MOVED = "moved"
    REWORDED = "reworded"
    KEPT = "kept"
    DROPPED = "dropped"
    ASKED_AGAIN = "asked_again"
    EXTENSION_FELL = "extension_fell"
    EXTENDED = "extended"
    EXTENSION_CANCELLED = "extension_cancelled"
    EXCUSED = "excused"
    EXCUSE_CANCELLED = "excuse_cancelled"

    @property
    def label(self) -> Sentence:
        return FACT_LABELS[self]


FACT_LABELS = {
    FactKind.NEW: _("Asked"),
    FactKind.MOVED: _("Due date moved"),
    FactKind.REWORDED: _("Other terms"),
    FactKind.KEPT: _("Stays as it was handed in"),
    FactKind.DROPPED: _("No longer asked"),
    FactKind.ASKED_AGAIN: _("Asked again"),
    FactKind.EXTENSION_FELL: _("Extension overtaken by the new date"),
    FactKind.EXTENDED: _("Extended"),
    FactKind.EXTENSION_CANCELLED: _("Extension cancelled"),
    FactKind.EXCUSED: _("Excused"),
    FactKind.EXCUSE_CANCELLED: _("Excuse cancelled"),
}


class Standing(NamedTuple):
    """``days_late`` counts calendar days past the due day (the extended one where there is one)."""

    state: BoardState
    done_on: dt.date | None = None
    days_late: int = 0


def state_of(
    *,
    opens_on: dt.date,
    due_at: dt.datetime,
    extended_to: dt.datetime | None,
    excused: bool,
    standing: str,
    submitted_at: dt.datetime | None,
    now: dt.datetime,
    unit_ends_on: dt.date | None = None,
    dropped: bool = False,
) -> Standing:
    """The state at ``now``, a moment in the plan's time zone.

    What a later version of the plan asks no more is not owed, whatever was handed in. An excuse wins; what was handed
    in shows where it lies; the rest is late, due or not open yet. What was returned stays returned: it was handed in
    once, so it grows late only past a new day that was set for it. After its last day a unit owes nothing any more;
    what it handed in before stays.
    """
    if dropped:
        return Standing(BoardState.DROPPED)
    if excused:
        return Standing(BoardState.EXCUSED)
    closes = extended_to or due_at
    zone = now.tzinfo or dt.UTC
    handed_in = submitted_at is not None and submitted_at <= now
    settled = handed_in and standing in {StandingKind.SUBMITTED, StandingKind.ACCEPTED}
    if unit_ends_on is not None and now.date() > unit_ends_on and not settled:
        return Standing(BoardState.CLOSED)
    if handed_in and standing == StandingKind.RETURNED:
        return Standing(BoardState.RETURNED, None, days_past(extended_to, now, zone) if extended_to else 0)
    if settled and submitted_at is not None:
        state = BoardState.DONE if standing == StandingKind.ACCEPTED else BoardState.SUBMITTED
        done_on = submitted_at.astimezone(zone).date() if state is BoardState.DONE else None
        return Standing(state, done_on, days_past(closes, submitted_at, zone))
    if now > closes:
        return Standing(BoardState.LATE, None, days_past(closes, now, zone))
    if standing == StandingKind.DRAFT:
        return Standing(BoardState.DRAFT)
    return Standing(BoardState.NOT_DUE if now.date() < opens_on else BoardState.DUE)


def days_past(closes: dt.datetime, moment: dt.datetime, zone: dt.tzinfo) -> int:
    """Calendar days, in the plan's time zone, by which a moment lies past the closing one; 0 when in time."""
    return max((moment.astimezone(zone).date() - closes.astimezone(zone).date()).days, 0)


class DueDate(NamedTuple):
    """When one obligation of the plan is due for one unit, and whether the unit has handed it in."""

    due_at: dt.datetime
    handed_in: bool = False


def date_shown(of_units: Iterable[DueDate]) -> dt.datetime:
    """The one due date to show above many units: what those who have still to hand in go by, the most common of theirs,
    of equals the later. What was handed in under an earlier version keeps a date that is in force no more."""
    dates = list(of_units)
    counts = Counter(each.due_at for each in dates if not each.handed_in) or Counter(each.due_at for each in dates)
    return max(counts, key=lambda due_at: (counts[due_at], due_at))
