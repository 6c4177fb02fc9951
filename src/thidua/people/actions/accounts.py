"""Signing in and what follows: browsers in which somebody is signed in, and rows of the trail about accounts."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import letters, rules
from thidua.people.actions.identities import forget_identities
from thidua.people.actions.letters import write_letters
from thidua.people.models import ApiToken, FailedSignIn, Person, SignIn

STRETCH = dt.timedelta(minutes=15)  # wrong passwords of so long are one row
SEEN_EVERY = dt.timedelta(minutes=5)

COUNT = """
insert into people_failedsignin as kept (person_id, address, count, since) values (%s, %s, 1, %s)
on conflict (person_id, address) do update set count = kept.count + 1
"""


@transaction.atomic
def sign_in(*, account: Person, device: str, address: str, at: dt.datetime) -> SignIn:
    """A browser is signed in from now on."""
    made = SignIn.objects.create(person=account, device=device[:300], address=address, begun_at=at, seen_at=at)
    ledger.record(by=account, at=at, verb="people.sign_in", thing=account, after={"address": address})
    return made


def was_seen(*, sign_in: int, at: dt.datetime) -> None:
    SignIn.objects.filter(pk=sign_in).update(seen_at=at)


def note_step(*, verb: str, account: Person, by: Person | None, at: dt.datetime, **after: str) -> None:
    """A step of an account's own pages that the library of signing in has done: a row of the trail, no more."""
    ledger.record(by=by, at=at, verb=f"people.{verb}", thing=account, after=after)


@transaction.atomic
def note_factor(*, verb: str, account: Person, factor: str, at: dt.datetime) -> None:
    """A second factor that the person has set up or removed; told by letter, as it may have been a thief of the
    session. Recovery codes come and go with another factor, which is told."""
    note_step(verb=verb, account=account, by=account, at=at, factor=factor)
    if factor == Authenticator.Type.RECOVERY_CODES:
        return
    added = verb == "add_factor"
    letter = letters.factor_added(account) if added else letters.factors_removed(account, account)
    write_letters([letter], at=at)


def note_failure(*, account: Person | None, address: str, at: dt.datetime) -> None:
    """One more wrong password; the worker tells the trail how many there were (``tell_failures``)."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [account and account.pk, address, at])


@transaction.atomic
def tell_failures(*, at: dt.datetime) -> int:
    """One row for each account and address whose stretch is over, with the number; how many rows."""
    over = FailedSignIn.objects.select_for_update(skip_locked=True, of=("self",)).exclude(
        since__gt=at - STRETCH, since__lte=at
    )
    found = list(over.select_related("person"))
    rows = [
        ledger.entry(
            by=None,
            at=at,
            verb="people.fail_sign_in",
            thing=each.person or each,
            after={"count": each.count, "address": each.address, "since": each.since.isoformat()},
        )
        for each in found
    ]
    ledger.record_all(rows)
    FailedSignIn.objects.filter(pk__in=[each.pk for each in found]).delete()
    return len(rows)


@transaction.atomic
def end_session(*, session: SignIn, by: Person, at: dt.datetime) -> None:
    """The browser is signed out with its next click."""
    rules.check_end_session(by, session, at=at)
    found = SignIn.objects.select_for_update().filter(pk=session.pk)
    need(found.first(), _("That browser is signed out already."))
    found.delete()
    ledger.record(by=by, at=at, verb="people.end_session", thing=session.person, before={"device": session.device})


@transaction.atomic
def remove_factors(*, account: Person, by: Person | None, at: dt.datetime) -> None:
    """The telephone or key is lost: the password alone opens the account until a new one is set up."""
    if by is not None:
        rules.check_remove_factors(by, account, at=at)
    Person.objects.select_for_update(no_key=True).get(pk=account.pk)
    factors = Authenticator.objects.filter(user_id=account.pk)
    need(factors.exists(), _("This account has no second factor."))
    kinds = ", ".join(sorted(factors.values_list("type", flat=True)))
    factors.delete()
    forget_identities(account=account, by=by, at=at)
    end_all(account)
    write_letters([letters.factors_removed(account, by)], at=at)
    ledger.record(by=by, at=at, verb="people.remove_factors", thing=account, before={"factor": kinds})


def end_all(account: Person, *, besides: int | None = None) -> None:
    """What follows a new password or address: every other browser is signed out."""
    account.sign_ins.exclude(pk=besides).delete()


def shut_since(account: Person, *, since: dt.datetime, at: dt.datetime) -> dict[str, str]:
    """Second factors set up and access codes made since then open nothing any more; what they were, for the trail.

    Recovery codes go with the last factor that they stand in for.
    """
    factors = Authenticator.objects.filter(user_id=account.pk)
    added = factors.filter(created_at__gte=since)
    tokens = ApiToken.objects.filter(made_by=account, made_at__gte=since, revoked_at=None)
    found = {
        "factor": ", ".join(sorted(added.values_list("type", flat=True))),
        "access_codes": ", ".join(tokens.order_by("pk").values_list("name", flat=True)),
    }
    added.delete()
    if not factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        factors.delete()
    tokens.update(revoked_at=at)
    return {key: value for key, value in found.items() if value}


def remove_old_sessions(*, at: dt.datetime) -> int:
    """Sessions that have ended by themselves, of strangers too, and the sign-ins of such sessions; how many rows."""
    ended = at - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    gone = Session.objects.filter(expire_date__lt=at).delete()[0]
    return gone + SignIn.objects.filter(seen_at__lt=ended).delete()[0]
