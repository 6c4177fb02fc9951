"""Reminders: exactly those who owe, nobody else."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.refusals import need
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.monitoring import letters, queries, rules
from thidua.people import actions as people


@transaction.atomic
def remind(*, campaign: Campaign, year: int, unit_ids: set[int], by, at: dt.datetime) -> int:
    """Write to the units among ``unit_ids`` that owe at this moment. Returns how many units were written to."""
    rules.check_remind(by, at=at)
    board = queries.board(by, campaign, year, now=at)
    rows = [row for row in board.owing if row.unit.pk in unit_ids]
    need(rows, _("None of these units owes anything; nobody was written to."))
    names = {column.key: column.name for column in board.columns}
    reminded = []
    for row in rows:
        owed = [cell for cell in row.cells if cell and cell.state in queries.OWED]
        people.write_letters(letters.remind(row, names, owed, local=timezone.localtime), at=at)
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
