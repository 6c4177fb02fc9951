"""Accounts at other services by which people sign in here (OpenID Connect): attached by the address, removed again."""

from __future__ import annotations

import datetime as dt

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import letters, rules
from thidua.people.actions.letters import write_letters
from thidua.people.models import Person


@transaction.atomic
def attach_identity(*, account: Person, provider: str, uid: str, email: str, at: dt.datetime) -> SocialAccount:
    """The provider vouches for the address that counts: from now on this identity signs in; the person is told.

    One for each provider: who gets the mailbox later, or writes its address at the provider, does not join in.
    """
    Person.objects.select_for_update(no_key=True).get(pk=account.pk)  # two at once
    another = SocialAccount.objects.filter(user_id=account.pk, provider=provider)
    if same := another.filter(uid=uid).first():
        return same
    sentence = _("Another account of that service signs in here already; remove it on the page of your account first.")
    need(not another.exists(), sentence)
    made = SocialAccount.objects.create(user=account, provider=provider, uid=uid, extra_data={"email": email})
    write_letters([letters.identity_attached(account, email)], at=at)
    ledger.record(by=account, at=at, verb="people.attach_identity", thing=account, after={"email": email})
    return made


@transaction.atomic
def remove_identity(*, identity: SocialAccount, by: Person, at: dt.datetime) -> None:
    """It signs in no more, and the person is told; the address that counts may attach one anew."""
    account = Person.objects.select_for_update(no_key=True).get(pk=identity.user_id)
    rules.check_remove_identity(by, account, at=at)
    found = SocialAccount.objects.filter(pk=identity.pk)
    need(found.exists(), _("This has been removed already."))
    _forget(found, account, by, at)
    write_letters([letters.identity_removed(account, by)], at=at)


@transaction.atomic
def forget_identities(*, account: Person, by: Person | None, at: dt.datetime) -> None:
    """What follows when the account is secured anew: whoever was vouched for until now must be so again."""
    Person.objects.select_for_update(no_key=True).get(pk=account.pk)
    _forget(SocialAccount.objects.filter(user_id=account.pk), account, by, at)


def _forget(found, account: Person, by: Person | None, at: dt.datetime) -> None:
    forgotten = list(found)
    for identity in forgotten:
        before = {"email": identity.extra_data.get("email", "")}
        ledger.record(by=by, at=at, verb="people.remove_identity", thing=account, before=before)
    SocialAccount.objects.filter(pk__in=[identity.pk for identity in forgotten]).delete()
