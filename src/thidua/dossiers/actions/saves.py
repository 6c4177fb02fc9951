"""Saves while somebody types: each is kept at once, and all of one person within minutes are one row of the trail.

The row is written when the stretch ends: by the next step of the dossier, the save of somebody else, or the worker.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from itertools import groupby

from django.db import transaction

from thidua.dossiers.models import Dossier, Saved
from thidua.ledger import actions as ledger
from thidua.ledger.models import Entry
from thidua.people.models import Person

logger = logging.getLogger("thidua.dossiers")
STRETCH = dt.timedelta(minutes=10)
KEPT_FOR = dt.timedelta(days=7)  # nobody has a form open for longer


def keep_save(dossier: Dossier, *, before: dict, after: dict, by: Person, at: dt.datetime) -> None:
    """One more save of the stretch that goes on, or the first of a new one."""
    first = dossier.saves.filter(is_told=False).order_by("revision").only("saved_at", "saved_by_id").first()
    if first and not (first.saved_by_id == by.pk and dt.timedelta(0) <= at - first.saved_at < STRETCH):
        tell_saves(dossier)
    Saved.objects.create(
        dossier=dossier, revision=dossier.revision, before=before, after=after, saved_at=at, saved_by=by,
        acting_as=by.acting_in(dossier.unit_id)[:300],
    )  # fmt: skip


def tell_saves(dossier: Dossier) -> None:
    """Put what is not told yet on the trail, a row for each person's stretch. The dossier is locked by the caller."""
    untold = dossier.saves.filter(is_told=False).order_by("revision").select_related("saved_by")
    stretches = [list(saves) for _by, saves in groupby(untold, key=lambda each: each.saved_by_id)]
    if not stretches:
        return
    ledger.record_all([entry for each in stretches for entry in _entries(dossier, each)])
    dossier.saves.filter(is_told=False).update(is_told=True)


def _entries(dossier: Dossier, saves: list[Saved]) -> Iterable[Entry]:
    """One row, or none where everything stands as it stood before."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for each in saves:
        before = each.before | before
        after |= each.after
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if not changed:
        return
    last = saves[-1]
    yield ledger.entry(
        by=last.saved_by,
        acting_as=last.acting_as,
        at=last.saved_at,
        verb="dossiers.save",
        thing=dossier,
        unit_id=dossier.unit_id,
        before={key: before[key] for key in changed},
        after=changed | ({"saves": len(saves)} if len(saves) > 1 else {}),
    )


def tell_ended(*, at: dt.datetime) -> None:
    """What the worker does: stretches that nobody went on with. A dossier whose saves cannot be told holds up no other;
    the first fault is raised at the end."""
    ended = Saved.objects.filter(is_told=False, saved_at__lte=at - STRETCH)
    faults: list[Exception] = []
    for pk in ended.order_by("dossier").values_list("dossier", flat=True).distinct():
        try:
            with transaction.atomic():
                dossier = Dossier.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)
                tell_saves(dossier)
        except Exception as fault:
            logger.exception("The saves of dossier %s could not be told", pk)
            faults.append(fault)
    if faults:
        raise faults[0]


def forget_saves(*, at: dt.datetime) -> int:
    """Saves that are on the trail and that no open page can ask for; how many."""
    return Saved.objects.filter(is_told=True, saved_at__lt=at - KEPT_FOR).delete()[0]
