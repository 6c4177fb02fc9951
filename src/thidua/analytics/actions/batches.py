"""Records in and back: ``import_records`` reads, checks and keeps a file as a batch, ``withdraw`` takes one back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from thidua.analytics import checking, reading, rules, storage
from thidua.analytics.cleaning import Cleaned, Whose
from thidua.analytics.models import Batch
from thidua.analytics.outcome import Outcome, Status
from thidua.analytics.spool import spool
from thidua.analytics.strangers import stranger_of
from thidua.core import bounds
from thidua.core.citizens import without_numbers
from thidua.core.records.datasets import Dataset
from thidua.core.records.periods import Period
from thidua.core.records.problems import Level, Reason, Refused
from thidua.core.refusals import Conflict, need
from thidua.core.words import _
from thidua.host.bounded import Limits
from thidua.ledger import actions as ledger
from thidua.ledger import jobs, turns
from thidua.people import queries as people
from thidua.people.models import Unit


@dataclass(frozen=True)
class Choices(checking.Said):
    """What a person says of the file and wants of it. A program says ``batch_key``, by which the same call is known
    again; ``token`` is the name of its access code."""

    nothing_arose: bool = False
    dry_run: bool = False
    only_if_all_valid: bool = False
    batch_key: str = ""
    token: str = ""


def _to_nobody(_told: object) -> None:
    pass


def import_records(
    *,
    dataset: Dataset,
    file: Path,
    name: str,
    unit: Unit,
    period: Period,
    choices: Choices,
    by,
    at: dt.datetime,
    form: str = "",
    limits: Limits | None = None,
    tell: Callable[[int], None] = _to_nobody,
    kept: Callable[[Outcome], None] = _to_nobody,
) -> Outcome:
    """Keep the valid rows of a file as the batch in force; the file itself is not kept.

    A refusal of the file is in the outcome, as its ``reason``; Denied is raised where the person may not, Conflict
    where the batch key stands for other content, Away where the storage is away. Whatever happens before the manifest
    is written, the earlier batch stays in force. ``form`` says what a program sends (reading.rows), "" a file.
    ``limits``: of the process that reads and checks the file; none where this one may be lost by it (a command).
    ``tell`` is told how much of the work is done, in percent. ``kept`` is called in the transaction of the new batch,
    so that who asked for it cannot be left behind.
    """
    rules.check_importable(dataset)
    if by is not None:
        rules.check_import_records(by, unit, at=at)
    outcome = Outcome(dataset.id, unit.code, period.name)
    try:
        reading.check_size(file)
        sha256 = "" if choices.dry_run else file_sha256(file)
        same = same_batch(dataset.id, unit, period.name, sha256, choices) if sha256 else None
        if same and not choices.batch_key:
            return _unchanged(outcome, same)
        at = same.imported_at if same else at  # the same content is judged as of the same day again
        with spool() as folder:
            tell(5)
            wanted = _wanted(file, folder, form, dataset, choices, unit=unit, period=period, at=at)
            found = checking.check(wanted, limits, tell)
            found.put_into(outcome)
            if found.reason:
                raise found.reason
            _check_worth_taking(outcome, found.cleaned, choices)
            outcome.status = Status.CHECKED
            if choices.dry_run:
                return outcome
            called = without_numbers(name)
            with transaction.atomic():
                outcome = _keep(outcome, found.cleaned, choices, unit=unit, name=called, sha256=sha256, by=by, at=at)
                kept(outcome)
            return outcome
    except Refused as refusal:
        outcome.status, outcome.reason, outcome.accepted = Status.REFUSED, refusal, 0
        outcome.refused = outcome.read - outcome.repeated
        return outcome


def _wanted(
    file: Path, folder: Path, form: str, dataset: Dataset, choices: Choices, *, unit: Unit, period: Period, at
) -> checking.Wanted:
    """What the process that reads must know; it reaches no database."""
    whose = Whose(unit.code, period, stranger_of(unit))
    return checking.Wanted(
        file=file,
        folder=folder,
        form=form,
        dataset=dataset,
        said=choices,
        whose=whose,
        today=timezone.localdate(at),
        day_off=people.day_off_rule(),
    )


def file_sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def same_batch(dataset: str, unit: Unit, period: str, sha256: str, choices: Choices) -> Batch | None:
    """The batch of this content: without a key the one in force; with one the batch that has it, in force or not."""
    batches = Batch.objects.of(dataset, unit, period)
    if not choices.batch_key:
        batch = batches.in_force().first()
        return batch if batch and batch.file_sha256 == sha256 else None
    batch = batches.filter(batch_key=choices.batch_key).first()
    if batch and batch.file_sha256 != sha256:
        sentence = _(
            "The batch key “%(key)s” stands for other content; give new content a new key.", key=batch.batch_key
        )
        raise Conflict(sentence)
    return batch


def _unchanged(outcome: Outcome, batch: Batch) -> Outcome:
    outcome.status, outcome.batch = Status.UNCHANGED, batch.pk
    outcome.sheets, outcome.header_row = batch.sheets, batch.header_row
    outcome.read, outcome.accepted = batch.rows_read, batch.rows
    outcome.refused, outcome.repeated = batch.rows_refused, batch.rows_repeated
    return outcome


def _again(outcome: Outcome, batch: Batch) -> Outcome:
    """What the first call of this key was told."""
    outcome.status, outcome.batch = Status.IMPORTED, batch.pk
    return outcome


def _check_worth_taking(outcome: Outcome, cleaned: Cleaned, choices: Choices) -> None:
    if not outcome.read:
        sentence = _("There are headings and no rows below them.")
        if not choices.nothing_arose:
            how = _("If nothing arose in the period, say --nothing-arose.")
            raise Refused(Reason.NO_ROWS, sentence, how)
        return
    if choices.nothing_arose:
        sentence = _("The file has %(count)s rows, although nothing is said to have arisen.", count=outcome.read)
        raise Refused(Reason.ROWS_THOUGH_NOTHING, sentence)
    if cleaned.stranger:
        values = {"first": cleaned.stranger}
        sentence = _("All rows of the file belong to another unit; nothing is taken. %(first)s", **values)
        raise Refused(Reason.OTHER_UNIT, sentence)
    if not outcome.accepted:
        sentence = _("None of the %(count)s rows is valid; nothing is taken.", count=outcome.read)
        raise Refused(Reason.NO_VALID_ROWS, sentence)
    if choices.only_if_all_valid and outcome.refused:
        values = {"wrong": outcome.refused, "count": outcome.read}
        raise Refused(Reason.SOME_WRONG, _("%(wrong)s of %(count)s rows are wrong, so none is taken.", **values))


@transaction.atomic
def _keep(
    outcome: Outcome, cleaned: Cleaned, choices: Choices, *, unit: Unit, name: str, sha256: str, by, at: dt.datetime
) -> Outcome:
    """The file first, then its manifest: an end between the two leaves a file that no manifest names, and no change."""
    _wait_for_turn(outcome.dataset, unit, outcome.period)
    if same := same_batch(
        outcome.dataset, unit, outcome.period, sha256, choices
    ):  # another import of the same content came first
        return _again(outcome, same) if choices.batch_key else _unchanged(outcome, same)
    before = Batch.objects.of(outcome.dataset, unit, outcome.period).in_force().first()
    key, stored, size = "", "", 0
    if outcome.accepted:
        size = cleaned.file.stat().st_size
        key, stored = storage.keep(cleaned.file, dataset=outcome.dataset, unit=unit.code, period=outcome.period)
    batch = Batch.objects.create(
        dataset=outcome.dataset, unit=unit, period=outcome.period, file_name=name[:bounds.NAME], file_sha256=sha256,
        sheets=outcome.sheets, header_row=outcome.header_row, columns=list(cleaned.columns), rows=outcome.accepted,
        rows_read=outcome.read, rows_refused=outcome.refused, rows_repeated=outcome.repeated,
        refused_rows=[_kept(problem) for problem in outcome.problems if problem.level is Level.ERROR],
        nothing_arose=not outcome.accepted, key=key, stored_sha256=stored, size=size,
        batch_key=choices.batch_key, imported_at=at, imported_by=by,
    )  # fmt: skip
    ledger.record(
        by=by,
        at=at,
        verb="analytics.import_records",
        thing=batch,
        unit_id=unit.pk,
        before={"batch": before and before.pk},
        after={"batch": batch.pk, "rows": batch.rows, "refused": batch.rows_refused, "sha256": sha256}
        | ({"token": choices.token} if choices.token else {}),
    )
    _ask_for_figures(batch)
    outcome.status, outcome.batch = Status.IMPORTED, batch.pk
    return outcome


def _ask_for_figures(batch: Batch) -> None:
    """The worker counts anew what the batch changes; the job is there when this transaction is."""
    jobs.ask("reports.compute", batch_id=batch.pk)


def _kept(problem) -> dict[str, object]:
    """Without the sentence, which is made in the language of whoever reads it."""
    return {"sheet": problem.sheet, "row": problem.row, "column": problem.column, "code": problem.code.value}


def _wait_for_turn(dataset: str, unit: Unit, period: str) -> None:
    """One import of a dataset, unit and period after the other, to the end of the transaction."""
    turns.take(f"records {dataset} {unit.pk} {period}")


@transaction.atomic
def withdraw(*, batch: Batch, by, at: dt.datetime) -> Batch:
    """Take a batch back; the one before it counts again. The file stays in the storage."""
    _wait_for_turn(batch.dataset, batch.unit, batch.period)
    batch = Batch.objects.select_related("unit").get(pk=batch.pk)
    if by is not None:
        rules.check_withdraw(by, batch, at=at)
    need(batch.withdrawn_at is None, _("This batch is already taken back."))
    batch.withdrawn_at, batch.withdrawn_by = at, by
    batch.save(update_fields=["withdrawn_at", "withdrawn_by"])
    before = Batch.objects.of(batch.dataset, batch.unit, batch.period).in_force().first()
    ledger.record(
        by=by,
        at=at,
        verb="analytics.withdraw",
        thing=batch,
        unit_id=batch.unit_id,
        before={"batch": batch.pk},
        after={"batch": before and before.pk},
    )
    _ask_for_figures(batch)
    return batch


def export(*, batch: Batch, by, at: dt.datetime) -> Path:
    """The file of a batch, for one who takes its rows out; that it was done is in the trail. Raises Denied, Away."""
    rules.check_rows(batch)
    if by is not None:
        rules.check_export(by, batch, at=at)
    path = storage.path_of(batch)
    ledger.record(by=by, at=at, verb="analytics.export", thing=batch, unit_id=batch.unit_id, after={"rows": batch.rows})
    return path
