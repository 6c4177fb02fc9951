"""Writing the trail. Every action of every room calls ``record`` once, inside its own transaction."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.ledger import anchors, jobs, queries, sending
from thidua.ledger.models import Entry


def entry(
    *, by, at: dt.datetime, verb: str, thing, unit_id=None, before=None, after=None, note="", acting_as=""
) -> Entry:
    """An unsaved row; bulk actions collect these and hand them to ``record_all``. ``acting_as`` as it was at ``at``,
    where that was earlier."""
    row = Entry(
        at=at,
        by_id=getattr(by, "pk", None),
        by_name=str(by) if by else "thidua",
        acting_as=acting_as or (by.acting_in(unit_id)[:300] if by else ""),
        verb=verb,
        thing_type=thing._meta.label_lower,
        thing_id=str(thing.pk),
        thing_label=str(thing)[:400],
        unit_id=unit_id,
        before=before or {},
        after=after or {},
        note=note,
    )
    row.fill_computed()
    return row


def record(*, by, at: dt.datetime, verb: str, thing, unit_id=None, before=None, after=None, note="") -> None:
    """One row: who, as what, when, what, before → after. ``by`` is None for the system itself."""
    entry(by=by, at=at, verb=verb, thing=thing, unit_id=unit_id, before=before, after=after, note=note).save()


def guard() -> None:
    """See that nobody but the owner of the tables may do more with the trail than read it and add rows."""
    with connection.cursor() as cursor:
        cursor.execute("select ledger_guard()")


def anchor(*, at: dt.datetime, restored: str = "") -> anchors.Anchor:
    """Sign the head of the trail into the file outside the database, and ask the worker to send it where it shall go.

    Refuses for a trail that is broken or not what was anchored before: a bad head is never signed. After a restore the
    trail is rightly shorter; ``restored`` says why, stands in the anchor for ever, and lets the trail go on from here.
    """
    found = queries.verify()
    if restored:
        need(found.bad and found.bad.last > (found.last or 0), _("The trail is not shorter than its last anchor."))
        need(found.rows and found.broken_at is None and not found.unsealed, found.trouble)
    else:
        need(found.whole, found.trouble)
    head = {"rows": found.rows, "first": found.first, "last": found.last, "head": found.head}
    made = anchors.write(at=at, **head, restored=restored)
    with transaction.atomic():  # who is killed before leaves it to the next night's (sending.CAUGHT_UP)
        for place in sending.places():
            jobs.ask("ledger.send_anchor", number=made.number, place=place)
    return made


def record_all(rows: list[Entry]) -> None:
    Entry.objects.bulk_create(rows, batch_size=2000)
