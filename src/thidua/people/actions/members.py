"""Who is in a unit, what roles people hold, who acts for whom, and how an account is opened for the first time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from thidua.core.mailboxes import mailbox
from thidua.core.refusals import need
from thidua.core.units import PostKind, RoleKind, code_from
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.ledger import turns
from thidua.people import rules
from thidua.people.actions.addresses import NAMES, need_free_address
from thidua.people.models import Delegation, Person, Post, Role, Unit, not_ended


def free_username(full_name: str) -> str:
    """A sign-in name that nobody has: nguyen-thi-an, nguyen-thi-an-2 …"""
    base = code_from(full_name, 60) or "nguoi"
    taken = set(Person.objects.filter(username__startswith=base).values_list("username", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in candidates if name not in taken)


@transaction.atomic
def add_member(*, unit: Unit, full_name: str, title: str, email: str = "", by: Person, at: dt.datetime) -> Person:
    """Add a colleague to the unit, with an account that opens at the first sign-in slip."""
    turns.take(NAMES)
    rules.check_add_member(by, unit, at=at)
    need(nfc(full_name), _("Write the full name."))
    email = mailbox(email)
    if email:
        need_free_address(email, Person(), at=at)
    person = Person(
        username=free_username(full_name),
        full_name=nfc(full_name),
        title=nfc(title),
        email=email,
        must_change_password=True,
        is_sample=unit.is_sample,
        joined_at=at,
    )
    person.set_unusable_password()
    person.save()
    Post.objects.create(person=person, unit=unit, kind=PostKind.MEMBER, title=nfc(title), starts_on=at.date())
    ledger.record(
        by=by,
        at=at,
        verb="people.add_member",
        thing=person,
        unit_id=unit.pk,
        after={"name": person.full_name, "unit": unit.code},
    )
    return person


@transaction.atomic
def grant_role(*, person: Person, kind: RoleKind, by: Person | None, at: dt.datetime) -> Role:
    if by is not None:
        rules.check_grant_role(by, at=at)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = person.roles.filter(not_ended("", at.date()), kind=kind)
    need(not held.exists(), _("This person already holds this role in these days."))
    role = Role.objects.create(person=person, kind=kind, starts_on=at.date())
    ledger.record(by=by, at=at, verb="people.grant_role", thing=person, after={"role": kind})
    return role


@transaction.atomic
def delegate(
    *, unit: Unit, deputy: Person, starts_on: dt.date, ends_on: dt.date, reason: str, by: Person, at: dt.datetime
) -> Delegation:
    """The head lets a deputy sign for the unit between two days."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    rules.check_delegate(by, unit, at=at)
    rules.check_deputy(deputy, unit, by, at=at)
    need(starts_on <= ends_on, _("The last day cannot lie before the first."), "ends_on")
    today = timezone.localdate(at)
    need(today <= ends_on, _("These days are over; a deputy signs from today on."), "ends_on")
    longest = today + rules.LONGEST_DELEGATION
    need(ends_on <= longest, _("A delegation lasts at most a year from today."), "ends_on")
    need(reason.strip(), _("Write why a deputy acts."), "reason")
    same = Delegation.objects.standing(today).filter(unit=unit, deputy=deputy)
    covered = same.filter(starts_on__lte=max(starts_on, today), ends_on__gte=ends_on)
    need(not covered.exists(), _("%(name)s may sign in these days already.", name=deputy), "deputy")
    delegation = Delegation.objects.create(
        unit=unit, head=by, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=nfc(reason), created_at=at
    )
    ledger.record(
        by=by,
        at=at,
        verb="people.delegate",
        thing=delegation,
        unit_id=unit.pk,
        after={"deputy": deputy.full_name, "from": starts_on.isoformat(), "to": ends_on.isoformat()},
    )
    return delegation


@transaction.atomic
def revoke_delegation(*, delegation: Delegation, by: Person, at: dt.datetime) -> None:
    """From now on the deputy signs nothing for the head; what was signed stays."""
    delegation = Delegation.objects.select_for_update(no_key=True).get(pk=delegation.pk)
    rules.check_revoke_delegation(by, delegation, at=at)
    delegation.revoked_at = at
    delegation.save(update_fields=["revoked_at"])
    ledger.record(
        by=by,
        at=at,
        verb="people.revoke_delegation",
        thing=delegation,
        unit_id=delegation.unit_id,
        before={"to": delegation.ends_on.isoformat()},
        after={"to": timezone.localdate(at).isoformat()},
    )


@transaction.atomic
def issue_first_passwords(*, people: Iterable[Person], by: Person | None, at: dt.datetime) -> list[tuple[Person, str]]:
    """One-time passwords for slips; to be changed at the first sign-in. Returned, never stored.

    Computing them takes seconds. Whose account was opened meanwhile, or got a slip from a colleague, is left out: a
    slip that is printed opens the door, and no other one does.
    """
    people = list(people)
    if by is not None:
        rules.check_issue_first_passwords(by, at=at)
        for person in people:
            rules.check_administer(person, by, at=at)
            need(person.last_login is None, _("The account of %(name)s is in use.", name=person))
    looked_at = {(person.pk, person.password, person.last_login) for person in people}
    slips = [(person, get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")) for person in people]
    for person, password in slips:
        person.set_password(password)
        person.must_change_password = True
    now = Person.objects.select_for_update(no_key=True).filter(pk__in=[person.pk for person in people]).order_by("pk")
    same = {each[0] for each in now.values_list("pk", "password", "last_login") if each in looked_at}
    slips = [(person, password) for person, password in slips if person.pk in same]
    Person.objects.bulk_update([person for person, _password in slips], ["password", "must_change_password"])
    ledger.record_all(
        [ledger.entry(by=by, at=at, verb="people.issue_first_passwords", thing=person) for person, _password in slips]
    )
    return slips
