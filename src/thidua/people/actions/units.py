"""The last day of a unit: set, and taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import rules
from thidua.people.models import Person, Unit


@transaction.atomic
def close_unit(*, unit: Unit, ends_on: dt.date, reason: str, by: Person, at: dt.datetime) -> None:
    """Set the unit's last day. After it the unit owes nothing and writes nothing; all that it did stays readable."""
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    rules.check_close_unit(by, unit, at=at)
    need(ends_on >= unit.starts_on, _("A unit cannot end before it starts."))
    need(reason.strip(), _("Write why the unit closes."))
    unit.ends_on = ends_on
    unit.save(update_fields=["ends_on"])
    ledger.record(
        by=by,
        at=at,
        verb="people.close_unit",
        thing=unit,
        unit_id=unit.pk,
        before={"ends_on": None},
        after={"ends_on": ends_on.isoformat()},
        note=nfc(reason),
    )


@transaction.atomic
def reopen_unit(*, unit: Unit, reason: str, by: Person, at: dt.datetime) -> None:
    """Take the last day of a unit back, while nothing rests on it: the unit owes again what it had owed."""
    unit = Unit.objects.select_for_update(no_key=True, of=("self",)).select_related("parent").get(pk=unit.pk)
    rules.check_reopen_unit(by, unit, at=at)
    need(reason.strip(), _("Write why the last day is taken back."))
    before, unit.ends_on = unit.ends_on, None
    unit.save(update_fields=["ends_on"])
    ledger.record(
        by=by,
        at=at,
        verb="people.reopen_unit",
        thing=unit,
        unit_id=unit.pk,
        before={"ends_on": before.isoformat()},
        after={"ends_on": None},
        note=nfc(reason),
    )
