"""Shares of the authors."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from thidua.dossiers import rules
from thidua.dossiers.models import Author
from thidua.ledger import actions as ledger
from thidua.people.models import Person


@transaction.atomic
def confirm(*, author: Author, by: Person, at: dt.datetime) -> None:
    """An author confirms his or her share."""
    author = Author.objects.select_for_update().select_related("dossier").get(pk=author.pk)
    rules.check_confirm(by, author, at=at)
    author.confirmed_at = at
    author.save(update_fields=["confirmed_at"])
    ledger.record(
        by=by,
        at=at,
        verb="dossiers.confirm",
        thing=author.dossier,
        unit_id=author.dossier.unit_id,
        after={"share": str(author.share)},
    )
