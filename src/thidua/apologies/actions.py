"""``issue``: number letters of apology for late dossiers and have them written into one Word file."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from thidua.analytics.models import Batch
from thidua.apologies import rules
from thidua.apologies.models import Letter, Run
from thidua.campaigns.models import Campaign
from thidua.core.apologies import is_in_time
from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.core.writing import WritingState
from thidua.ledger import actions as ledger
from thidua.ledger import files, jobs
from thidua.ledger.kinds import OVERTAKEN
from thidua.people.models import Person, Unit

CODE_LENGTH = Letter._meta.get_field("dossier").max_length
MOST = 500  # letters in one go: as many as one Word file stays easy to open and print


@transaction.atomic
def issue(
    *,
    campaign: Campaign,
    year: int,
    rows: Sequence[Mapping[str, Any]],
    batches: Sequence[Batch],
    reason: str,
    new_due: dt.date | None,
    by: Person,
    at: dt.datetime,
) -> Run:
    """A letter for each of the first ``MOST`` dossiers that have none yet, with the next numbers of its unit.

    The worker writes them into one file.

    ``rows``: rows of the ``batches``, as the work list gives them. A new appointment of the row goes before
    ``new_due``. Raises Denied where nothing is left to write.
    """
    need(reason.strip(), _("Write why the dossiers are late; the letter says it."))
    need(rows, _("Choose at least one dossier."))
    day = timezone.localdate(at)
    of_unit = {batch.unit.code: batch for batch in batches}
    units = {row["_unit"]: of_unit[row["_unit"]].unit for row in rows}
    for unit in units.values():
        rules.check_issue(by, unit, at=at)
    list(Unit.objects.select_for_update(no_key=True).filter(pk__in=[unit.pk for unit in units.values()]).order_by("pk"))
    open_rows = _without_letter(rows, units)
    need(open_rows, _("Each of these dossiers has its letter already."))
    run = Run.objects.create(
        campaign=campaign, year=year, reason=nfc(reason)[:500], issued_at=at, issued_by=by, asked_at=at
    )
    numbers = Counter({unit.pk: _last_number(unit, day.year) for unit in units.values()})
    made = [_letter(run, row, of_unit[row["_unit"]], numbers, day, new_due) for row in open_rows[:MOST]]
    Letter.objects.bulk_create(made)
    _record(run, made, by=by, at=at)
    jobs.ask("apologies.complete", run_id=run.pk)
    return run


def _without_letter(rows: Sequence[Mapping[str, Any]], units: Mapping[str, Unit]) -> list[Mapping[str, Any]]:
    """One row a dossier, without those that have a letter and those whose code is longer than any code."""
    written = set(Letter.objects.filter(unit__in=units.values()).values_list("unit__code", "dossier"))
    found = {(row["_unit"], row["code"]): row for row in rows if len(row["code"]) <= CODE_LENGTH}
    return [row for at, row in found.items() if at not in written]


def _last_number(unit: Unit, year: int) -> int:
    return Letter.objects.filter(unit=unit, year=year).aggregate(last=Max("number"))["last"] or 0


def _letter(run: Run, row: Mapping[str, Any], batch: Batch, numbers: Counter, day: dt.date, new_due) -> Letter:
    numbers[batch.unit_id] += 1
    return Letter(
        run=run,
        unit=batch.unit,
        batch=batch,
        year=day.year,
        number=numbers[batch.unit_id],
        dossier=row["code"],
        procedure=row["procedure"] or "",
        field=row["field"] or "",
        received=row["received"],
        due=row["due"],
        returned=row["returned"],
        new_due=None if row["returned"] else row["new_due"] or new_due,
        is_late=not is_in_time(day, row["due"]),
    )


def _record(run: Run, made: Sequence[Letter], *, by: Person, at: dt.datetime) -> None:
    """One entry a unit, so that each unit finds its own."""
    of_unit: dict[int, list[Letter]] = defaultdict(list)
    for letter in made:
        of_unit[letter.unit_id].append(letter)
    for unit_id, letters in of_unit.items():
        after = {"letters": len(letters), "from": letters[0].number, "to": letters[-1].number}
        ledger.record(by=by, at=at, verb="apologies.issue", thing=run, unit_id=unit_id, after=after, note=run.reason)


@transaction.atomic
def complete(*, run: Run, word: File, at: dt.datetime) -> None:
    """Keep the file that was written; a second writing changes nothing."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.state == WritingState.PREPARED:
        run.word = files.store(word, by=run.issued_by, at=at)
        _settle(run, WritingState.READY, at)


@transaction.atomic
def fail(*, run: Run, sentence: str, at: dt.datetime) -> None:
    """Keep why it could not be written; the numbers stay given."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.state == WritingState.PREPARED:
        run.failure = sentence
        _settle(run, WritingState.FAILED, at)


@transaction.atomic
def write_again(*, run: Run, by: Person, at: dt.datetime) -> None:
    """Have the file of these letters written once more; their numbers stay."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    rules.check_write_again(by, run, at=at)
    run.state, run.failure, run.asked_at = WritingState.PREPARED, "", at
    run.save(update_fields=["state", "failure", "asked_at"])
    ledger.record(by=by, at=at, verb="apologies.write_again", thing=run, after={"state": run.state})
    jobs.ask("apologies.complete", run_id=run.pk)


def wait_again(run_id: int) -> None:
    """The administrator has the job tried again that was given up; the job itself is asked for there."""
    failed = Run.objects.filter(pk=run_id, state=WritingState.FAILED)
    need(failed.update(state=WritingState.PREPARED, failure="", asked_at=timezone.now()), OVERTAKEN)


def _settle(run: Run, state: WritingState, at: dt.datetime) -> None:
    run.state = state
    run.save()
    verb = "apologies.complete" if state == WritingState.READY else "apologies.fail"
    ledger.record(by=run.issued_by, at=at, verb=verb, thing=run, after={"state": state}, note=run.failure)
