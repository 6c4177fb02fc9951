"""Who may remind, and who may set a mark aside."""

from thidua.core.refusals import need
from thidua.core.words import _

PERMISSIONS = {"remind": _("Standing office"), "set_aside": _("Standing office")}


def check_remind(person, *, at):
    need(person.access.is_office, _("Only the standing office sends reminders."))


def check_set_aside(person, unit, *, at):
    need(person.access.is_office, _("Only the standing office sets marks aside."))
    need(unit.pk not in person.access.acts_for, _("You act for this unit, so a colleague must decide."))
