"""Shares of the authors."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.dossiers import rules
from thidua.dossiers.actions.changes import held
from thidua.dossiers.models import Author
from thidua.ledger import actions as ledger
from thidua.people.models import Person


@transaction.atomic
def confirm(*, author: Author, by: Person, at: dt.datetime) -> None:
    """An author confirms his or her share."""
    dossier = held(author.dossier)
    author = dossier.authors.filter(pk=author.pk).first()
    need(author, _("This author was taken out of the form meanwhile; reload the page."))
    rules.check_confirm(by, author, at=at)
    author.confirmed_at = at
    author.save(update_fields=["confirmed_at"])
    ledger.record(
        by=by,
        at=at,
        verb="dossiers.confirm",
        thing=dossier,
        unit_id=dossier.unit_id,
        after={"share": str(author.share)},
    )
