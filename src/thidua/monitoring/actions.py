"""Reminders: exactly those who owe, nobody else. And marks that the office looked at and sets aside."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.monitoring import letters, queries, rules
from thidua.monitoring.models import SetAside
from thidua.people import actions as people

AGAIN_AFTER = dt.timedelta(minutes=10)


@transaction.atomic
def remind(*, campaign: Campaign, year: int, unit_ids: set[int], by, at: dt.datetime) -> int:
    """Write to the units among ``unit_ids`` that owe at this moment, but to none that was written to a moment ago.
    Returns how many units were written to."""
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # who reminds at the same moment comes after
    rules.check_remind(by, at=at)
    board = queries.board(by, campaign, year, now=at)
    rows = [row for row in board.owing if row.unit.pk in unit_ids]
    need(rows, _("None of these units owes anything; nobody was written to."))
    just_now = _reminded_since(campaign, year, at - AGAIN_AFTER)
    rows = [row for row in rows if row.unit.pk not in just_now]
    need(rows, _("These units were reminded within the last ten minutes; nobody was written to again."))
    names = {column.key: column.name for column in board.columns}
    reminded = []
    for row in rows:
        owed = [cell for cell in row.cells if cell and cell.state in queries.OWED]
        people.write_letters(letters.remind(row, campaign, names, owed, local=timezone.localtime), at=at)
        reminded += [cell.obligation.pk for cell in owed if cell.obligation.pk]
        of_people = [cell.obligation.key for cell in owed if not cell.obligation.pk]
        if of_people:
            rest = row.unit.obligations.filter(campaign=campaign, key__in=of_people, submitted_at=None, excused=False)
            rest.update(reminded_at=at)
    Obligation.objects.filter(pk__in=reminded).update(reminded_at=at)
    ledger.record(
        by=by,
        at=at,
        verb="monitoring.remind",
        thing=campaign,
        after={"year": year, "units": [row.unit.code for row in rows]},
    )
    return len(rows)


def _reminded_since(campaign: Campaign, year: int, moment: dt.datetime) -> set[int]:
    found = Obligation.objects.of_year(campaign, year).filter(reminded_at__gt=moment)
    return set(found.values_list("unit_id", flat=True))


@transaction.atomic
def set_aside(*, campaign: Campaign, mark: queries.Mark, reason: str, by, at: dt.datetime) -> None:
    """The office looked at a mark and says why it may stand. It comes back when the values behind it change."""
    rules.check_set_aside(by, mark.unit, at=at)
    need(reason.strip(), _("Write what was found."))
    row, _is_new = SetAside.objects.update_or_create(
        campaign=campaign,
        year=mark.year,
        unit=mark.unit,
        kind=mark.kind,
        key=mark.key,
        defaults={"stamp": mark.stamp, "reason": nfc(reason), "set_aside_at": at, "set_aside_by": by},
    )
    ledger.record(
        by=by,
        at=at,
        verb="monitoring.set_aside",
        thing=row,
        unit_id=mark.unit.pk,
        after={"mark": str(mark.sentence), "year": mark.year},
        note=row.reason,
    )
