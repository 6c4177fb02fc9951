"""Who declares, checks and accepts figures."""

from django.utils import timezone

from thidua.core.refusals import DeadlinePassed, need
from thidua.core.vietnamese import day
from thidua.core.words import _
from thidua.people import rules as people

PERMISSIONS = {
    "declare": _("Focal point or head of the unit"),
    "check": _("Standing office"),
    "accept": _("Standing office"),
    "record": _("Focal point or head of the unit"),
    "take_rows": _("Focal point or head of the unit, standing office"),
}


def check_declare(person, unit, *, closes_at=None, at):
    """``closes_at`` is the moment after which the plan takes this figure no more; None where late is only marked."""
    need(unit.pk in person.access.acts_for, _("Only the unit itself declares its figures."))
    people.check_open(unit, at=at)
    check_in_time(closes_at, at=at)


def check_in_time(closes_at, *, at):
    """Not an action: what the plan refuses when it is late, in words."""
    if closes_at is not None and at > closes_at:
        closed_on = day(timezone.localdate(closes_at))
        raise DeadlinePassed(
            _("This closed on %(day)s and is not taken late; ask the standing office for an extension.", day=closed_on)
        )


def check_check(person, figure, *, at):
    need(person.access.is_office, _("Only the standing office checks a figure."))
    need(figure.unit_id not in person.access.acts_for, _("You act for this unit, so a colleague must decide."))


def check_accept(person, figure, *, at):
    need(person.access.is_office, _("Only the standing office accepts a figure."))
    need(figure.unit_id not in person.access.acts_for, _("You act for this unit, so a colleague must decide."))
    need(figure.accepted_at is None, _("This figure is already accepted."))


def check_record(person, unit, *, opens_on, closes_at=None, at):
    """``closes_at`` is the moment after which the plan takes no result of anybody; None where some may come late."""
    need(unit.pk in person.access.acts_for, _("Only the unit itself records the results of its people."))
    need(timezone.localdate(at) >= opens_on, _("Recording opens on %(day)s.", day=day(opens_on)))
    check_in_time(closes_at, at=at)


def check_take_rows(person, unit, *, at):
    """``unit`` None: rows of several units."""
    need(
        person.access.is_office or (unit is not None and unit.pk in person.access.acts_for),
        _("Only the unit itself or the standing office has the records of a unit out."),
    )
