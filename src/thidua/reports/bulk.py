"""Personal criteria from Excel or CSV: all rows are checked first, then all are recorded or none.

The sheet that the page offers comes back as it went out; an empty cell leaves what is recorded as it is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import transaction

from thidua.campaigns.models import Campaign
from thidua.core.personal import choice_meant
from thidua.core.refusals import Denied, need, verdict
from thidua.core.vietnamese import fold
from thidua.core.words import _
from thidua.exchange.outcome import Outcome, RowError
from thidua.exchange.reading import Row, rows_of
from thidua.people.models import Unit
from thidua.reports import actions, queries, rules
from thidua.reports.actions import Answer

USERNAME_WORDS = ("sign-in name", "ten dang nhap", "tai khoan")


def headings(criteria) -> dict[str, tuple[str, ...]]:
    """Column → the words it is known by: what stands in our own sheet, in both languages."""
    known = {"username": USERNAME_WORDS}
    for each in criteria:
        known[each.id] = (fold(each.short),)
        known[f"note {each.id}"] = tuple(fold(f"{word}: {each.short}") for word in ("Note", "Ghi chú"))
    return known


@transaction.atomic
def import_results(
    *, campaign: Campaign, year: int, unit: Unit, content: bytes, name: str, by, at: dt.datetime, commit: bool
) -> Outcome:
    """Check the rows of a filled-in sheet; record them when asked and none is wrong."""
    grid = queries.grid(campaign, unit, year)
    rules.check_record(by, unit, opens_on=grid.opens_on, closes_at=grid.closes_at, at=at)
    rows = rows_of(content, name, headings(grid.criteria), ("username",))
    need(
        not rows or any(each.id in rows[0].values for each in grid.criteria),
        _("“%(name)s” has no column of a personal criterion.", name=name),
    )
    outcome, answers = Outcome(), {}
    people = {row.person.username.lower(): row for row in grid.rows}
    times = Counter(row.values["username"].lower() for row in rows)
    for row in rows:
        username = row.values["username"].lower()
        found = people.get(username)
        if found is None:
            sentence = _("“%(name)s” is not among the people of the unit in this year.", name=row.values["username"])
            outcome.errors.append(RowError(row.number, "username", sentence))
        elif times[username] > 1:
            sentence = _("The sign-in name “%(name)s” stands %(count)s times.", name=username, count=times[username])
            outcome.errors.append(RowError(row.number, "username", sentence))
        else:
            answers |= _answers(row, found, outcome, at)
    if commit and not outcome.errors:
        actions.record(campaign=campaign, year=year, unit=unit, answers=answers, by=by, at=at)
        outcome.committed = True
    return outcome


def _answers(row: Row, found: queries.GridRow, outcome: Outcome, at: dt.datetime) -> dict[tuple[int, str], Answer]:
    """What the row says anew, cell by cell; counts it, and notes what cannot be taken."""
    answers = {}
    for cell in found.cells:
        text, note = row.values.get(cell.criterion.id, ""), row.values.get(f"note {cell.criterion.id}", "")
        if not text and not note:
            continue
        try:
            answer = _answer(cell, text, note)
        except Denied as refusal:
            outcome.errors.append(RowError(row.number, cell.criterion.short, refusal.sentence))
            continue
        if (answer.value, answer.note) == (cell.value, cell.note):
            outcome.unchanged += 1
            continue
        late = verdict(rules.check_in_time, cell.closes_at, at=at)
        if not late.allowed:
            outcome.errors.append(RowError(row.number, cell.criterion.short, late.sentence))
            continue
        outcome.changed += cell.result is not None
        outcome.created += cell.result is None
        answers[found.person.pk, cell.criterion.id] = answer
    return answers


def _answer(cell: queries.GridCell, text: str, note: str) -> Answer:
    need(cell.counts, _("The criterion “%(name)s” does not concern this person.", name=cell.criterion.short))
    value = choice_meant(cell.criterion, text) or cell.value
    need(value, _("A note needs a result beside it."))
    need(len(note) <= actions.NOTE_LENGTH, _("A note has at most %(most)s characters.", most=actions.NOTE_LENGTH))
    return Answer(value, note or cell.note)
