"""Who may change units, people, posts and roles."""

import datetime as dt

from django.utils import timezone

from thidua.core.refusals import Denied, NotAdmitted, need
from thidua.core.units import PostKind, RoleKind
from thidua.core.words import _
from thidua.people import dependents

MANAGERS = (RoleKind.OFFICE, RoleKind.ADMINISTRATOR)

PERMISSIONS = {
    "import_units": _("Standing office or administrator"),
    "mail_again": _("Administrator"),
    "set_letter_aside": _("Administrator"),
    "import_people": _("Standing office or administrator"),
    "issue_first_passwords": _("Standing office or administrator"),
    "close_unit": _("Standing office or administrator"),
    "reopen_unit": _("Administrator"),
    "add_member": _("Focal point or head of the unit, standing office, administrator"),
    "grant_role": _("Administrator"),
    "delegate": _("Head of the unit"),
    "issue_token": _("Focal point or head of the unit, standing office"),
    "revoke_token": _("Focal point or head of the unit, standing office"),
}
LONGEST_TOKEN = dt.timedelta(days=365)


def check_import_units(person, *, at):
    need(person.access.has(*MANAGERS), _("Only the standing office or an administrator imports units."))


def check_open(unit, *, at):
    """Not an action: what every step of a unit asks first."""
    need(
        unit.ends_on is None or unit.ends_on >= timezone.localtime(at).date(),
        _("The unit closed on %(day)s; it owes nothing any more.", day=unit.ends_on and f"{unit.ends_on:%d/%m/%Y}"),
    )


def check_close_unit(person, unit, *, at):
    need(person.access.has(*MANAGERS), _("Only the standing office or an administrator closes a unit."))
    need(unit.ends_on is None, _("The last day of this unit is already set."))
    below = unit.children.filter(ends_on=None).first()
    need(below is None, _("“%(unit)s” below it is still open; close that one first.", unit=below and below.name))


def check_reopen_unit(person, unit, *, at):
    need(person.access.has(RoleKind.ADMINISTRATOR), _("Only an administrator takes the last day of a unit back."))
    need(unit.ends_on is not None, _("This unit has no last day."))
    above = unit.parent
    need(
        above is None or above.ends_on is None,
        _("“%(unit)s” above it is closed; take that last day back first.", unit=above and above.name),
    )
    if resting := dependents.resting_on(unit):
        raise Denied(resting)


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


def check_issue_token(person, unit, *, at):
    need(
        unit.pk in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office gives programs access."),
    )
    check_open(unit, at=at)


def check_revoke_token(person, token, *, at):
    need(
        token.unit_id in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office revokes an access code."),
    )
    need(token.revoked_at is None, _("This access code is already revoked."))


def check_use_token(token, *, at):
    """Not an action: what every call of a program asks first. A code is worth no more than who made it."""
    maker = token.made_by
    if token.revoked_at is not None:
        raise NotAdmitted(_("This access code was revoked on %(day)s.", day=_day(timezone.localdate(token.revoked_at))))
    if token.expires_on < timezone.localdate(at):
        raise NotAdmitted(_("The last day of this access code was %(day)s.", day=_day(token.expires_on)))
    if not maker.is_active or not (token.unit_id in maker.access.acts_for or maker.access.is_office):
        sentence = _("%(name)s, who made this access code, no longer acts for the unit; make a new one.", name=maker)
        raise NotAdmitted(sentence)


def _day(day):
    return f"{day:%d/%m/%Y}"


def check_mail_again(person, letter, *, at):
    _check_letters(person)


def check_set_letter_aside(person, letter, *, at):
    _check_letters(person)


def _check_letters(person):
    need(
        person.access.has(RoleKind.ADMINISTRATOR),
        _("Only the administrator has refused letters mailed again or sets them aside."),
    )
