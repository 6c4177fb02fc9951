"""The e-mail address of an account: changed at once, counted for recovery a day later, taken back from the old one."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from thidua.core.mailboxes import is_mailbox, mailbox, not_an_address
from thidua.core.refusals import Denied, need
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.ledger import turns
from thidua.people import letters, queries, rules
from thidua.people.actions.accounts import end_all, shut_since
from thidua.people.actions.identities import forget_identities
from thidua.people.actions.letters import write_letters
from thidua.people.models import AddressChange, Person

NAMES = "names and addresses"  # taken before whatever asks whether somebody has one


@transaction.atomic
def change_address(*, account: Person, email: str, by: Person, at: dt.datetime) -> AddressChange | None:
    """Letters go to the new address from now on; recovery waits (``record_address``)."""
    turns.take(NAMES)
    account = Person.objects.select_for_update(no_key=True).get(pk=account.pk)
    rules.check_change_address(by, account, at=at)
    email = mailbox(email)
    need_free_address(email, account, at=at)
    before, account.email = account.email, email
    account.save(update_fields=["email", "folded"])
    ledger.record(
        by=by, at=at, verb="people.change_address", thing=account, before={"email": before}, after={"email": email}
    )
    end_all(account, besides=getattr(by, "sign_in", None) if by == account else None)
    return record_address(account=account, before=before, by=by, at=at)


def need_free_address(email: str, account: Person, *, at: dt.datetime) -> None:
    """An address that a letter can be written to, which the account does not have and nobody else has."""

    def need_of_email(holds, sentence):
        if not holds:
            raise Denied(sentence, {"email": sentence})

    need_of_email(is_mailbox(email), not_an_address(email))
    need_of_email(email != mailbox(account.email), _("This is the address already."))
    need_of_email(not queries.address_taken(email, account, at), _("This e-mail belongs to another person."))


def record_address(*, account: Person, before: str, by: Person | None, at: dt.datetime) -> AddressChange | None:
    """What follows when the address of an account is no longer ``before``: the old one is told, and recovery waits.

    Nothing for an account that nobody has opened yet. Changed again while it waits, what counted goes on counting, and
    all that waits settles with the newest change: an address that was replaced within its wait never comes to count.
    Back to what counts, nothing waits any more. An identity of a provider was vouched for by the address before.
    """
    if account.last_login is None:
        return None
    forget_identities(account=account, by=by, at=at)
    waiting = AddressChange.objects.waiting(at).filter(person=account)
    first = waiting.first()
    counts = first.before if first else before
    if mailbox(account.email) == mailbox(counts):
        waiting.update(ended_at=at)
        write_letters([letters.address_is_back(account)], at=at)
        return None
    settles_at = at + dt.timedelta(hours=settings.ADDRESS_WAIT_HOURS)
    waiting.update(settles_at=settles_at)
    change = AddressChange.objects.create(
        person=account, before=counts, after=account.email, by=by, at=at, settles_at=settles_at
    )
    told = [letters.address_changed(first or change, change, to=counts, may_object=bool(counts))]
    if mailbox(before) != mailbox(counts):
        told.append(letters.address_changed(first or change, change, to=before, may_object=False))
    write_letters(told, at=at)
    return change


@transaction.atomic
def object_to_address(*, change: AddressChange, at: dt.datetime) -> Person:
    """Whoever reads the address that counts takes all changes since back: it is the address again, and what has opened
    the account since then opens it no more: passwords, sign-ins, second factors, access codes, identities."""
    turns.take(NAMES)
    account = Person.objects.select_for_update(no_key=True).get(pk=change.person_id)
    waiting = AddressChange.objects.waiting(at).filter(person=account)
    first = waiting.first()
    need(first is not None and first.pk == change.pk, _("Nothing can be taken back here any more."))
    taken = first.before and queries.address_taken(first.before, account, at)
    need(not taken, _("The old address belongs to another person now; ask an administrator."))
    after, account.email = account.email, first.before
    account.set_unusable_password()
    account.save(update_fields=["email", "folded", "password"])
    shut = shut_since(account, since=first.at, at=at)
    forget_identities(account=account, by=None, at=at)
    waiting.update(ended_at=at)
    end_all(account)
    ledger.record(
        by=account,
        at=at,
        verb="people.object_to_address",
        thing=account,
        before={"email": after, **shut},
        after={"email": account.email},
    )
    return account


@transaction.atomic
def agree_to_address(*, change: AddressChange, by: Person, at: dt.datetime) -> bool:
    """One administrator agrees that the new address counts at once, a second one confirms; True when it counts now."""
    Person.objects.select_for_update(no_key=True).get(pk=change.person_id)  # nobody changes it on meanwhile
    change = AddressChange.objects.select_for_update(of=("self",)).select_related("person").get(pk=change.pk)
    rules.check_agree_to_address(by, change, at=at)
    counts = change.agreed_by_id is not None
    if counts:
        AddressChange.objects.waiting(at).filter(person=change.person).update(settles_at=at)
    else:
        change.agreed_by = by
        change.save(update_fields=["agreed_by"])
    ledger.record(
        by=by,
        at=at,
        verb="people.agree_to_address",
        thing=change.person,
        after={"email": change.after, "step": 2 if counts else 1},
    )
    return counts
