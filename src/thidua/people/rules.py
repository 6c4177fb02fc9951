"""Who may change units, people, posts and roles."""

import datetime as dt

from django.utils import timezone

from thidua.core.accounts import may_administer
from thidua.core.refusals import Denied, NotAdmitted, need
from thidua.core.units import PostKind, RoleKind
from thidua.core.words import _
from thidua.people import dependents
from thidua.people.models import current

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
    "revoke_delegation": _("Head of the unit; standing office"),
    "issue_token": _("Focal point or head of the unit, standing office"),
    "revoke_token": _("Focal point or head of the unit, standing office"),
    "change_address": _("The person; administrator; standing office for people without a role"),
    "agree_to_address": _("Two administrators, neither of them the person"),
    "end_session": _("The person; administrator"),
    "remove_factors": _("Administrator, of others"),
    "remove_identity": _("The person; administrator"),
}
LONGEST_TOKEN = LONGEST_DELEGATION = dt.timedelta(days=365)


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


def administers(person, account, *, at) -> bool:
    """Whether the rights of the person reach those of the account (core.accounts)."""
    today = timezone.localtime(at).date()
    held = {role.kind for role in account.roles.all() if role.ends_on is None or role.ends_on >= today}
    return may_administer(person.access.roles, held)


def check_administer(account, by, *, at):
    """Not an action: what every step asks that changes what an account signs in, acts or is recovered with."""
    need(
        administers(by, account, at=at),
        _("%(name)s holds a role for the whole department; only an administrator changes this account.", name=account),
    )


def check_change_by_list(account, by, *, at):
    """Not an action: what a row of a list asks that gives an account another address."""
    need(by.pk != account.pk, _("Change your own address on the page of your account."))
    check_administer(account, by, at=at)


def check_change_address(person, account, *, at):
    if person.pk != account.pk:
        check_administer(account, person, at=at)


def check_agree_to_address(person, change, *, at):
    need(person.access.has(RoleKind.ADMINISTRATOR), _("Only administrators agree that an address counts at once."))
    need(change.ended_at is None and change.settles_at > at, _("This change does not wait any more."))
    need(change == change.newest(at), _("The address was changed again since; agree to the newest change."))
    need(change.person_id != person.pk, _("Others agree to the change of your own address."))
    need(change.agreed_by_id != person.pk, _("You have agreed; a second administrator confirms."))


def check_see_accounts(reader, *, at):
    """Not a verb: who reads the pages about accounts of others."""
    need(
        reader.access.has(RoleKind.ADMINISTRATOR),
        _("Only an administrator sees where others are signed in and which addresses do not count yet."),
    )


def check_end_session(person, session, *, at):
    need(
        session.person_id == person.pk or person.access.has(RoleKind.ADMINISTRATOR),
        _("Only the person or an administrator ends a sign-in."),
    )


def check_remove_factors(person, account, *, at):
    need(person.access.has(RoleKind.ADMINISTRATOR), _("Only an administrator removes a lost second factor."))
    need(person.pk != account.pk, _("Another administrator removes your second factor."))


def check_remove_identity(person, account, *, at):
    need(
        account.pk == person.pk or person.access.has(RoleKind.ADMINISTRATOR),
        _("Only the person or an administrator removes this."),
    )


def check_add_member(person, unit, *, at):
    need(
        unit.pk in person.access.acts_for or person.access.has(*MANAGERS),
        _("Only the unit itself or the standing office adds people to a unit."),
    )


def check_grant_role(person, *, at):
    need(person.access.has(RoleKind.ADMINISTRATOR), _("Only an administrator grants roles."))


def check_delegate(person, unit, *, at):
    need(_is_head(person, unit.pk), _("Only the head of the unit lets a deputy act."))


def check_deputy(deputy, unit, by, *, at):
    """Not an action: whom the head may choose."""
    held = deputy.posts.filter(current("", timezone.localdate(at)), unit=unit)
    need(deputy.pk != by.pk, _("A head cannot delegate to himself or herself."), "deputy")
    need(held.exists(), _("The deputy must hold a post in this unit."), "deputy")


def check_revoke_delegation(person, delegation, *, at):
    need(
        _is_head(person, delegation.unit_id) or person.access.is_office,
        _("Only the head of the unit or the standing office takes a delegation back."),
    )
    ended = delegation.revoked_at or delegation.ends_on < timezone.localdate(at)
    need(not ended, _("This delegation has ended."))


def _is_head(person, unit_id) -> bool:
    """By a post of today: who acts for the head hands nothing on."""
    return person.access.acting.get(unit_id) == PostKind.HEAD


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
