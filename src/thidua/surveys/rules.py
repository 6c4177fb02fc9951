"""Who opens and closes a survey, and what may be answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from thidua.core.refusals import need
from thidua.core.satisfaction import Level
from thidua.core.words import _
from thidua.surveys.models import TEXT_LENGTH, Survey

PERMISSIONS = {
    "open_": _("Standing office; a unit's focal point and head for their own unit"),
    "close": _("Standing office; a unit's focal point and head for a survey of their own unit"),
}
LONGEST = 366  # days


def check_open_(person, unit, *, at):
    """``unit`` None: a survey of the department."""
    if unit is None:
        need(person.access.is_office, _("Only the standing office opens a survey of several units."))
        return
    is_own = unit.pk in person.access.acts_for
    need(is_own or person.access.is_office, _("A survey is opened by the office, or by the unit itself."))


def check_close(person, survey: Survey, *, at):
    check_open_(person, survey.unit, at=at)
    need(survey.closed_at is None, _("The survey is closed already."))


def check_asked(units: Sequence, asked: Sequence[dict], opens_on: dt.date, closes_on: dt.date) -> None:
    need(units, _("The survey needs at least one unit."))
    need(asked, _("The survey needs at least one question."))
    need(opens_on <= closes_on, _("The last day cannot lie before the first."))
    need((closes_on - opens_on).days <= LONGEST, _("A survey is open for a year at most."))


def check_answer(survey: Survey, levels: Sequence[int | None], words: str, *, on: dt.date) -> None:
    need(survey.is_open(on), _("This survey is not open."))
    known = {None, *Level}
    need(len(levels) == len(survey.asked) and set(levels) <= known, _("These answers do not fit the questions."))
    need(any(levels) or words, _("Please answer at least one question."))
    need(len(words) <= TEXT_LENGTH, _("Please write at most %(n)s characters.", n=TEXT_LENGTH))
