"""Who may remind."""

from thidua.core.refusals import need
from thidua.core.words import _

PERMISSIONS = {"remind": _("Standing office")}


def check_remind(person, *, at):
    need(person.access.is_office, _("Only the standing office sends reminders."))
