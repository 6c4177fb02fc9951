"""Who may change units, people, posts and roles."""

from thidua.core.refusals import need
from thidua.core.units import PostKind, RoleKind
from thidua.core.words import _

MANAGERS = (RoleKind.OFFICE, RoleKind.ADMINISTRATOR)

PERMISSIONS = {
    "import_units": _("Standing office or administrator"),
    "import_people": _("Standing office or administrator"),
    "issue_first_passwords": _("Standing office or administrator"),
    "add_member": _("Focal point or head of the unit, standing office, administrator"),
    "grant_role": _("Administrator"),
    "delegate": _("Head of the unit"),
}


def check_import_units(person, *, at):
    need(person.access.has(*MANAGERS), _("Only the standing office or an administrator imports units."))


def check_import_people(person, *, at):
    need(person.access.has(*MANAGERS), _("Only the standing office or an administrator imports people."))


def check_issue_first_passwords(person, *, at):
    need(person.access.has(*MANAGERS), _("Only the standing office or an administrator prints first-login slips."))


def check_add_member(person, unit, *, at):
    need(
        unit.pk in person.access.acts_for or person.access.has(*MANAGERS),
        _("Only the unit itself or the standing office adds people to a unit."),
    )


def check_grant_role(person, *, at):
    need(person.access.has(RoleKind.ADMINISTRATOR), _("Only an administrator grants roles."))


def check_delegate(person, unit, deputy, *, at):
    need(
        person.posts.filter(unit=unit, kind=PostKind.HEAD).exists() and unit.pk in person.access.signs_for,
        _("Only the head of the unit lets a deputy act."),
    )
    need(
        deputy.posts.filter(unit=unit).exists(),
        _("The deputy must hold a post in this unit."),
    )
