"""Writes of templates: put another in place, or go back to the shipped one. And of what signatures were found to be,
which is no deed of anybody's and can be found again, so the trail does not tell of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from thidua.core.files import called
from thidua.core.refusals import need
from thidua.core.words import _
from thidua.documents import queries, rules
from thidua.documents.models import Picture, SignatureVerdict, Template
from thidua.documents.registry import Paper
from thidua.documents.signatures import Verdict
from thidua.ledger import actions as ledger
from thidua.ledger import files, jobs, turns
from thidua.ledger.models import StoredFile


@transaction.atomic
def replace(*, paper: Paper, upload, by, at: dt.datetime) -> Template:
    """Put an edited template in force; it was filled once before, so it can be filled."""
    rules.check_replace(by, at=at)
    stored = files.store(upload, by=by, at=at)
    need(stored.extension == "docx", _("“%(name)s” is not a Word file (.docx).", name=upload.name))
    upload.seek(0)
    rules.check_template(paper, upload.read())
    return _place(paper, stored, called(upload.name, stored.extension), "documents.replace", by=by, at=at)


@transaction.atomic
def restore(*, paper: Paper, by, at: dt.datetime) -> Template:
    """Put the shipped template in force again."""
    rules.check_restore(by, at=at)
    return _place(paper, None, "", "documents.restore", by=by, at=at)


def _place(paper: Paper, stored, name: str, verb: str, *, by, at: dt.datetime) -> Template:
    """The next version of the template; what is in force already is no other version."""
    turns.take(f"template {paper.key}")  # a first one has no row to wait for
    last = Template.objects.filter(paper=paper.key).order_by("number").last()
    if last and last.file_id == (stored and stored.pk):
        return last
    row = Template.objects.create(
        paper=paper.key,
        number=last.number + 1 if last else 1,
        file=stored,
        name=name,
        placed_at=at,
        placed_by_id=by.pk,
        placed_by_name=str(by),
    )
    after = {"file": name, "sha256": stored.sha256 if stored else "", "version": row.number}
    ledger.record(by=by, at=at, verb=verb, thing=row, after=after)
    return row


def ask_for_check(*, file: StoredFile) -> None:
    """A part of every action that takes files: once it is committed, the worker looks for signatures in a PDF, and
    keeps the outline of a picture."""
    if file.extension == "pdf":
        jobs.ask("documents.check_signatures", file_id=file.pk)
    elif file.extension in queries.PICTURES:
        jobs.ask("documents.outline_picture", file_id=file.pk)


def keep_verdict(*, file: StoredFile, roots: str, verdict: Verdict, at: dt.datetime) -> None:
    """What the check found under this version of the trust roots; a second check of the same replaces it."""
    found = verdict.as_data()
    SignatureVerdict.objects.update_or_create(
        file=file,
        roots=roots,
        defaults={
            "status": found["status"],
            "reason": found["reason"] or "",
            "signatures": found["signatures"],
            "checked_at": at,
        },
    )


def keep_outline(*, file: StoredFile, outline: str) -> None:
    Picture.objects.update_or_create(file=file, defaults={"outline": outline})
