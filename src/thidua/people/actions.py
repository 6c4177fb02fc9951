"""Writes about units and people. Bulk import lives in people.bulk."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from thidua.core.refusals import Denied, need
from thidua.core.units import PostKind, RoleKind
from thidua.core.vietnamese import fold, nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import mailing, rules
from thidua.people.letters import Notice
from thidua.people.models import ApiToken, Delegation, Letter, Person, Post, Role, Unit

DIGEST_HOUR = 7  # before the working day begins
STARTS = "thd_"  # by which scanners of source code find a secret that was left there


def write_letters(notices: Iterable[Notice], *, at: dt.datetime) -> None:
    """Put notices under the bell; the worker mails them to those with an address, urgent ones at once."""
    Letter.objects.bulk_create(
        Letter(
            to=notice.to,
            unit_id=notice.unit_id,
            kind=notice.kind,
            subject=notice.subject[:300],
            body=notice.body,
            address=notice.address,
            urgent=notice.urgent,
            written_at=at,
        )
        for notice in notices
    )


def mail_letters(*, at: dt.datetime, limit: int = 200) -> int:
    """Mail what is urgent, oldest first; a letter that the server refuses for good keeps the reason.

    Each letter is marked in a transaction of its own, so a crash mails at most one of them twice.
    """
    waiting = Letter.objects.to_mail(at).filter(urgent=True)
    groups = [{"pk": pk} for pk in waiting.order_by("pk").values_list("pk", flat=True)[:limit]]
    return _mail_each(waiting, groups, at)


def mail_digests(*, at: dt.datetime) -> int:
    """Mail to each person, in one letter, what was written until this morning and not read under the bell.

    What comes later in the day waits for the next morning, so nobody gets two; and after hours in which the mail server
    was away, the same call sends what is missing.
    """
    waiting = Letter.objects.to_mail(at).filter(urgent=False, read_at=None, written_at__lt=_morning(at))
    people = waiting.order_by("to").values_list("to", flat=True).distinct()
    return _mail_each(waiting, [{"to": person} for person in people], at)


def _morning(at: dt.datetime) -> dt.datetime:
    """The last hour of digests that has struck, in the time zone that days are counted in."""
    local = timezone.localtime(at)
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - dt.timedelta(days=1)


def _mail_each(waiting: QuerySet[Letter], groups: list[dict[str, int]], at: dt.datetime) -> int:
    """One mail a group; how many the server took. Where it is away all wait: they need not each find it out."""
    mailed = 0
    for group in groups:
        with transaction.atomic():
            found = waiting.filter(**group).order_by("pk").select_related("to")
            letters = list(found.select_for_update(skip_locked=True, of=("self",)))
            answer = mailing.send(letters, at=at) if letters else None
        mailed += answer is mailing.Answer.TAKEN
        if answer is mailing.Answer.AWAY:
            reason = Letter.objects.filter(pk=letters[0].pk).values_list("trouble", flat=True).first()
            mailing.postpone(Letter.objects.filter(pk__in=waiting.values("pk")), reason or "", at=at)
            break
    return mailed


@transaction.atomic
def mail_again(*, letter: Letter, by: Person, at: dt.datetime) -> None:
    """Try a refused letter anew, from the next minute on."""
    rules.check_mail_again(by, letter, at=at)
    letter = _refused(letter)
    ledger.record(by=by, at=at, verb="people.mail_again", thing=letter, before={"reason": letter.failure})
    letter.failure, letter.tries, letter.next_try_at = "", 0, None
    letter.save(update_fields=["failure", "tries", "next_try_at"])


@transaction.atomic
def set_letter_aside(*, letter: Letter, why: str, by: Person, at: dt.datetime) -> None:
    """It is not mailed, and that is known; under the bell it stays."""
    rules.check_set_letter_aside(by, letter, at=at)
    need(why.strip(), _("Write why it need not be mailed."))
    letter = _refused(letter)
    letter.set_aside_at, letter.why = at, nfc(why)[:500]
    letter.save(update_fields=["set_aside_at", "why"])
    ledger.record(by=by, at=at, verb="people.set_letter_aside", thing=letter, note=letter.why)


def _refused(letter: Letter) -> Letter:
    found = Letter.objects.refused().select_for_update(of=("self",)).select_related("to").filter(pk=letter.pk).first()
    need(found, _("Somebody has dealt with this letter already."))
    return found


@transaction.atomic
def read_letters(*, by: Person, at: dt.datetime) -> int:
    """Mark every notice of the person as read."""
    return by.letters.filter(read_at=None).update(read_at=at)


def free_username(full_name: str) -> str:
    """A sign-in name that nobody has: nguyen-thi-an, nguyen-thi-an-2 …"""
    base = fold(full_name).replace(" ", "-")[:60] or "nguoi"
    taken = set(Person.objects.filter(username__startswith=base).values_list("username", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in candidates if name not in taken)


@transaction.atomic
def add_member(*, unit: Unit, full_name: str, title: str, email: str = "", by: Person, at: dt.datetime) -> Person:
    """Add a colleague to the unit, with an account that opens at the first sign-in slip."""
    rules.check_add_member(by, unit, at=at)
    need(nfc(full_name), _("Write the full name."))
    person = Person(
        username=free_username(full_name),
        full_name=nfc(full_name),
        title=nfc(title),
        email=email.strip(),
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
def close_unit(*, unit: Unit, ends_on: dt.date, reason: str, by: Person, at: dt.datetime) -> None:
    """Set the unit's last day. After it the unit owes nothing and writes nothing; all that it did stays readable."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    rules.check_close_unit(by, unit, at=at)
    need(ends_on >= unit.starts_on, _("A unit cannot end before it starts."))
    need(reason.strip(), _("Write why the unit closes."))
    unit.ends_on = ends_on
    unit.save(update_fields=["ends_on"])
    ledger.record(
        by=by,
        at=at,
        verb="people.close_unit",
        thing=unit,
        unit_id=unit.pk,
        before={"ends_on": None},
        after={"ends_on": ends_on.isoformat()},
        note=nfc(reason),
    )


@transaction.atomic
def reopen_unit(*, unit: Unit, reason: str, by: Person, at: dt.datetime) -> None:
    """Take the last day of a unit back, while nothing rests on it: the unit owes again what it had owed."""
    unit = Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
    rules.check_reopen_unit(by, unit, at=at)
    need(reason.strip(), _("Write why the last day is taken back."))
    before, unit.ends_on = unit.ends_on, None
    unit.save(update_fields=["ends_on"])
    ledger.record(
        by=by,
        at=at,
        verb="people.reopen_unit",
        thing=unit,
        unit_id=unit.pk,
        before={"ends_on": before.isoformat()},
        after={"ends_on": None},
        note=nfc(reason),
    )


@transaction.atomic
def grant_role(*, person: Person, kind: RoleKind, by: Person | None, at: dt.datetime) -> Role:
    if by is not None:
        rules.check_grant_role(by, at=at)
    role = Role.objects.create(person=person, kind=kind, starts_on=at.date())
    ledger.record(by=by, at=at, verb="people.grant_role", thing=person, after={"role": kind})
    return role


@transaction.atomic
def delegate(
    *, unit: Unit, deputy: Person, starts_on: dt.date, ends_on: dt.date, reason: str, by: Person, at: dt.datetime
) -> Delegation:
    """The head lets a deputy sign for the unit between two days."""
    rules.check_delegate(by, unit, deputy, at=at)
    need(starts_on <= ends_on, _("The last day cannot lie before the first."))
    need(reason.strip(), _("Write why a deputy acts."))
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
def issue_first_passwords(*, people: Iterable[Person], by: Person | None, at: dt.datetime) -> list[tuple[Person, str]]:
    """One-time passwords for slips; to be changed at the first sign-in. Returned, never stored."""
    if by is not None:
        rules.check_issue_first_passwords(by, at=at)
    slips = [(person, get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")) for person in people]
    for person, password in slips:
        person.set_password(password)
        person.must_change_password = True
    Person.objects.bulk_update([person for person, _password in slips], ["password", "must_change_password"])
    ledger.record_all(
        [ledger.entry(by=by, at=at, verb="people.issue_first_passwords", thing=person) for person, _password in slips]
    )
    return slips


@transaction.atomic
def issue_token(*, unit: Unit, name: str, expires_on: dt.date, by: Person, at: dt.datetime) -> tuple[ApiToken, str]:
    """An access code for a program of the unit, and its secret: returned, never stored."""
    rules.check_issue_token(by, unit, at=at)
    today = timezone.localdate(at)
    need(nfc(name), _("Name the program."))
    if not today <= expires_on <= today + rules.LONGEST_TOKEN:
        sentence = _("An access code lives for at most a year from today.")
        raise Denied(sentence, {"expires_on": sentence})
    Unit.objects.select_for_update().get(pk=unit.pk)  # two of one name at once
    if unit.tokens.filter(name=nfc(name), revoked_at=None).exists():
        sentence = _("The unit has an access code of this name.")
        raise Denied(sentence, {"name": sentence})
    secret = f"{STARTS}{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        unit=unit, name=nfc(name), sha256=sha256_of(secret), made_by=by, made_at=at, expires_on=expires_on
    )
    ledger.record(
        by=by,
        at=at,
        verb="people.issue_token",
        thing=token,
        unit_id=unit.pk,
        after={"name": token.name, "ends_on": expires_on.isoformat()},
    )
    return token, secret


def sha256_of(secret: str) -> str:
    """What is kept of a secret that nobody can guess: no salt and no slow hash are needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Person, at: dt.datetime) -> None:
    """From now on the program is refused; what it handed in stays."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    rules.check_revoke_token(by, token, at=at)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    ledger.record(by=by, at=at, verb="people.revoke_token", thing=token, unit_id=token.unit_id)
