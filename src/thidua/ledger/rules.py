"""Who looks after the machine."""

from thidua.core.refusals import need
from thidua.core.units import RoleKind
from thidua.core.words import _

PERMISSIONS = {
    "try_again": _("Administrator"),
    "set_aside": _("Administrator"),
}


def check_look_after(reader, *, at):
    """Not a verb: who reads the pages."""
    need(
        reader.access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR),
        _("Only the administrator and the standing office see how the system runs."),
    )


def check_try_again(person, *, at):
    _check_administrator(person)


def check_set_aside(person, *, at):
    _check_administrator(person)


def _check_administrator(person):
    need(
        person.access.has(RoleKind.ADMINISTRATOR),
        _("Only the administrator has failed work tried again or sets it aside."),
    )
