"""Files of a dossier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from thidua.core.files import called
from thidua.documents import actions as documents
from thidua.dossiers import rules
from thidua.dossiers.actions.changes import locked
from thidua.dossiers.models import Attachment, Dossier
from thidua.ledger import actions as ledger
from thidua.ledger import files
from thidua.people.models import Person


@transaction.atomic
def attach(*, dossier: Dossier, question: str, uploads: Iterable, by: Person, at: dt.datetime) -> list[Attachment]:
    """Keep files with one question of the form: all of them, or none where one is refused."""
    dossier = locked(dossier)
    rules.check_save(by, dossier, at=at)
    rules.check_attach(dossier, question)
    return [_attach(dossier, question, upload, by=by, at=at) for upload in uploads]


def _attach(dossier: Dossier, question: str, upload, *, by: Person, at: dt.datetime) -> Attachment:
    attachment = keep(dossier, question, upload, by=by, at=at)
    after = {"file": attachment.name, "sha256": attachment.file.sha256}
    ledger.record(by=by, at=at, verb="dossiers.attach", thing=dossier, unit_id=dossier.unit_id, after=after)
    return attachment


def keep(dossier: Dossier, question: str, upload, *, by: Person, at: dt.datetime) -> Attachment:
    """Store the bytes and hang them on the dossier; a part of an action, which checks and records."""
    stored = files.store(upload, by=by, at=at)
    documents.ask_for_check(file=stored)
    return Attachment.objects.create(
        dossier=dossier,
        question=question,
        name=called(upload.name, stored.extension),
        file=stored,
        attached_at=at,
        attached_by=by,
    )


@transaction.atomic
def detach(*, attachment: Attachment, by: Person, at: dt.datetime) -> None:
    """Take a file off the form; what was handed in before keeps it."""
    dossier = locked(attachment.dossier)
    rules.check_save(by, dossier, at=at)
    attachment.refresh_from_db(fields=["removed_at"])
    if attachment.removed_at is not None:
        return
    attachment.removed_at = at
    attachment.save(update_fields=["removed_at"])
    ledger.record(
        by=by, at=at, verb="dossiers.detach", thing=dossier, unit_id=dossier.unit_id, before={"file": attachment.name}
    )
