"""What every write of a dossier does: lock it, move it, put it on the trail."""

from __future__ import annotations

import datetime as dt

from thidua.campaigns.models import without_text
from thidua.core.dossiers import move
from thidua.dossiers.actions.saves import tell_saves
from thidua.dossiers.models import Dossier
from thidua.ledger import actions as ledger
from thidua.people.models import Person


def locked(dossier: Dossier) -> Dossier:
    """The dossier as it is now, held until the transaction ends; what was typed until now is on the trail."""
    dossier = held(dossier)
    tell_saves(dossier)
    return dossier


def held(dossier: Dossier) -> Dossier:
    """The same while somebody goes on typing.

    Where a draft was given another version while this waited for it, what was joined is no longer its own, and the
    database gives no row; it is there when asked again.
    """
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("unit", "version")
    rows = rows.defer(*without_text("version")).filter(pk=dossier.pk)
    return rows.first() or rows.get()


def change(dossier: Dossier, verb: str, *, by: Person, at: dt.datetime, note: str = "", **values: object) -> None:
    """Move the dossier as the verb says, fill in what the step brings, and put both states on the trail."""
    before = dossier.state
    values["state"] = move(before, verb)
    for name, value in values.items():
        setattr(dossier, name, value)
    dossier.save(update_fields=values)
    ledger.record(
        by=by,
        at=at,
        verb=f"dossiers.{verb}",
        thing=dossier,
        unit_id=dossier.unit_id,
        note=note,
        before={"state": before},
        after={"state": dossier.state},
    )
