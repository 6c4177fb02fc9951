"""Writes of templates: put another in place, or go back to the shipped one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.documents import rules
from thidua.documents.models import Template
from thidua.documents.registry import Paper
from thidua.ledger import actions as ledger
from thidua.ledger import files


@transaction.atomic
def replace(*, paper: Paper, upload, by, at: dt.datetime) -> Template:
    """Put an edited template in force; it was filled once before, so it can be filled."""
    rules.check_replace(by, at=at)
    stored = files.store(upload, by=by, at=at)
    need(stored.extension == "docx", _("“%(name)s” is not a Word file (.docx).", name=upload.name))
    upload.seek(0)
    rules.check_template(paper, upload.read())
    return _place(paper, stored, nfc(upload.name)[-255:], "documents.replace", by=by, at=at)


@transaction.atomic
def restore(*, paper: Paper, by, at: dt.datetime) -> Template:
    """Put the shipped template in force again."""
    rules.check_restore(by, at=at)
    return _place(paper, None, "", "documents.restore", by=by, at=at)


def _place(paper: Paper, stored, name: str, verb: str, *, by, at: dt.datetime) -> Template:
    last = Template.objects.filter(paper=paper.key).aggregate(last=Max("number"))["last"] or 0
    row = Template.objects.create(
        paper=paper.key,
        number=last + 1,
        file=stored,
        name=name,
        placed_at=at,
        placed_by_id=by.pk,
        placed_by_name=str(by),
    )
    after = {"file": name, "sha256": stored.sha256 if stored else "", "version": row.number}
    ledger.record(by=by, at=at, verb=verb, thing=row, after=after)
    return row
