"""The steps of a dossier's life: presented, handed in, accepted, returned, closed, withdrawn."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from thidua.core.obligations import days_past
from thidua.core.refusals import need
from thidua.core.vietnamese import nfc_lines
from thidua.core.words import _
from thidua.dossiers import letters, parts, rules
from thidua.dossiers.actions.changes import change, locked
from thidua.dossiers.actions.standing import note_standing, obligation_behind
from thidua.dossiers.models import Dossier, Note, Version
from thidua.people import actions as people
from thidua.people.models import Person


@transaction.atomic
def present(*, dossier: Dossier, by: Person, at: dt.datetime) -> Dossier:
    """Lay the finished draft before the head of the unit; the head and the authors are told."""
    dossier = locked(dossier)
    rules.check_present(by, dossier, at=at)
    change(dossier, "present", by=by, at=at)
    people.write_letters(letters.present(dossier, by=by), at=at)
    return dossier


@transaction.atomic
def recall(*, dossier: Dossier, by: Person, at: dt.datetime) -> Dossier:
    """Take the draft back from the head's table to go on writing."""
    dossier = locked(dossier)
    rules.check_recall(by, dossier, at=at)
    change(dossier, "recall", by=by, at=at)
    return dossier


@transaction.atomic
def submit(*, dossier: Dossier, by: Person, at: dt.datetime) -> Dossier:
    """The head signs off and the dossier goes to the standing office; what was handed in is kept word for word."""
    dossier = locked(dossier)
    obligation = obligation_behind(dossier)
    rules.check_submit(by, dossier, obligation, at=at)
    values: dict[str, object] = {"submitted_at": at, "submitted_by": by, "decided_at": None, "decided_by": None}
    number = 1
    if dossier.submitted_at is None:
        values["days_late"] = days_past(obligation.closes_at, at, timezone.get_current_timezone())
    else:
        number += dossier.versions.count()
    if shown := parts.kept(dossier):
        values["answers"] = {**dossier.answers, **shown}
    change(dossier, "submit", by=by, at=at, **values)
    Version.objects.create(dossier=dossier, number=number, answers=dossier.answers, submitted_at=at, submitted_by=by)
    note_standing(dossier, obligation)
    return dossier


@transaction.atomic
def accept(*, dossier: Dossier, by: Person, at: dt.datetime, message: str = "") -> Dossier:
    """The standing office takes the dossier; the unit is told."""
    dossier = locked(dossier)
    rules.check_accept(by, dossier, at=at)
    change(dossier, "accept", by=by, at=at, decided_at=at, decided_by=by, message=nfc_lines(message))
    note_standing(dossier, obligation_behind(dossier))
    people.write_letters(letters.accept(dossier, by=by), at=at)
    return dossier


@transaction.atomic
def return_(
    *, dossier: Dossier, notes: dict[str, str], message: str, correct_by: dt.date, by: Person, at: dt.datetime
) -> Dossier:
    """Give the dossier back with notes on its fields and a new due day; the unit is told at once."""
    dossier = locked(dossier)
    rules.check_return_(by, dossier, at=at)
    need(notes or message.strip(), _("Write at least one note or a message: the unit must know what to correct."))
    need(correct_by > at.date(), _("The day to correct by must lie ahead."))
    number = dossier.versions.count()
    Note.objects.bulk_create(
        Note(
            dossier=dossier,
            version_number=number,
            question=question,
            text=nfc_lines(text),
            written_at=at,
            written_by=by,
        )
        for question, text in notes.items()
    )
    message = nfc_lines(message)
    decided = {"decided_at": at, "decided_by": by, "message": message, "correct_by": correct_by}
    change(dossier, "return_", by=by, at=at, note=message, **decided)
    note_standing(dossier, obligation_behind(dossier))
    people.write_letters(letters.return_(dossier, by=by), at=at)
    return dossier


@transaction.atomic
def close(*, dossier: Dossier, reason: str, by: Person, at: dt.datetime) -> Dossier:
    """Say that an accepted initiative is not carried on; it stays accepted, and is not offered the next year."""
    dossier = locked(dossier)
    rules.check_close(by, dossier, at=at)
    need(reason.strip(), _("Write why this initiative is closed."))
    reason = nfc_lines(reason)
    change(dossier, "close", by=by, at=at, note=reason, closed_at=at, closed_by=by, closing_reason=reason)
    return dossier


@transaction.atomic
def withdraw(*, dossier: Dossier, reason: str, by: Person, at: dt.datetime) -> Dossier:
    """The head takes the dossier out of the campaign; it stays readable, and the unit owes again."""
    dossier = locked(dossier)
    rules.check_withdraw(by, dossier, at=at)
    need(reason.strip(), _("Write why this is withdrawn."))
    reason = nfc_lines(reason)
    change(dossier, "withdraw", by=by, at=at, note=reason, message=reason)
    note_standing(dossier, obligation_behind(dossier))
    return dossier
