"""Notices: put under the bell, mailed, tried again or set aside, read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import mailing, rules
from thidua.people.letters import Notice
from thidua.people.models import Letter, Person

DIGEST_HOUR = 7  # before the working day begins


def write_letters(notices: Iterable[Notice], *, at: dt.datetime) -> None:
    """Put notices under the bell; the worker mails them to those with an address, urgent ones at once."""
    Letter.objects.bulk_create(
        Letter(
            to=notice.to,
            unit_id=notice.unit_id,
            sent_to=notice.sent_to,
            kind=notice.kind,
            subject=notice.subject[:300],
            body=notice.body,
            about=notice.about,
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
    waiting = Letter.objects.to_mail(at).filter(urgent=False, written_at__lt=_morning(at))
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
    """Try a refused letter anew, from the next minute on: urgent from now on, as somebody asks for it."""
    rules.check_mail_again(by, letter, at=at)
    letter = _refused(letter)
    need(
        letter.to.is_active and letter.mailed_to,
        _("%(name)s has no address or no longer signs in; set the letter aside.", name=letter.to),
    )
    ledger.record(by=by, at=at, verb="people.mail_again", thing=letter, before={"reason": letter.failure})
    letter.failure, letter.tries, letter.next_try_at, letter.urgent = "", 0, None, True
    letter.save(update_fields=["failure", "tries", "next_try_at", "urgent"])


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
    return by.letters.under_bell().filter(read_at=None).update(read_at=at)
