"""A file dropped on a page: handed in, read by the worker, its columns chosen, confirmed or dropped by one person."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from thidua.analytics import checking, queries, rules, spool
from thidua.analytics.actions.batches import Choices, import_records
from thidua.analytics.models import RUNNING, Delivery, KnownHeadings, Upload, UploadState
from thidua.analytics.outcome import Outcome, Status, away_kept, given_up_kept, refused_kept
from thidua.analytics.registry import dataset_of
from thidua.core import bounds
from thidua.core.records.datasets import Dataset
from thidua.core.records.headings import key, mark
from thidua.core.records.periods import Period
from thidua.core.records.periods import period as period_of
from thidua.core.refusals import Away, Denied, need
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.ledger import jobs
from thidua.ledger.kinds import OVERTAKEN
from thidua.people.models import Person, Unit

logger = logging.getLogger("thidua.analytics")
STATES = {
    Status.CHECKED: UploadState.CHECKED,
    Status.IMPORTED: UploadState.IMPORTED,
    Status.UNCHANGED: UploadState.IMPORTED,
    Status.REFUSED: UploadState.REFUSED,
}
DROPPED = _("The file was dropped meanwhile; nothing of it is imported.")


@transaction.atomic
def hand_in(*, dataset: Dataset, unit: Unit, period: Period, file: UploadedFile, by, at: dt.datetime) -> Upload:
    """Keep the file in the spool and have it checked. Files of one person come one after the other, to be counted."""
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    rules.check_importable(dataset)
    rules.check_hand_in(by, unit, undecided=queries.uploads(by).undecided().count(), at=at)
    upload = Upload.objects.create(
        dataset=dataset.id, unit=unit, period=period.name, file_name=file.name[:bounds.NAME],
        handed_in_by=by, handed_in_at=at, asked_at=at,
    )  # fmt: skip
    spool.take(file, upload.folder)
    ledger.record(by=by, at=at, verb="analytics.hand_in", thing=upload, unit_id=unit.pk, after={"size": file.size})
    _have_read(upload, dry_run=True)
    return upload


@transaction.atomic
def check_again(*, upload: Upload, columns: Mapping[str, str], sheets: Sequence[str], by, at: dt.datetime) -> None:
    """Read the file anew with all that the person says of its columns (by letter) and sheets."""
    upload = _locked(upload)
    rules.check_check_again(by, upload, at=at)
    _need_file(upload)
    upload.columns, upload.sheets = dict(columns), list(sheets)
    said = {"columns": upload.columns, "sheets": len(upload.sheets)}  # names of sheets may name people
    _ask(upload, "analytics.check_again", by=by, at=at, after=said, dry_run=True)


@transaction.atomic
def confirm(*, upload: Upload, nothing_arose: bool, by, at: dt.datetime) -> None:
    """Import the valid rows of the file as it was shown."""
    upload = _locked(upload)
    rules.check_confirm(by, upload, at=at)
    _need_file(upload)
    wish = {"nothing_arose": nothing_arose}
    _ask(upload, "analytics.confirm", by=by, at=at, after=wish, dry_run=False, **wish)


@transaction.atomic
def drop(*, upload: Upload, by, at: dt.datetime) -> None:
    """The file is gone at once, and nothing is imported."""
    upload = _locked(upload)
    rules.check_drop(by, upload, at=at)
    ledger.record(by=by, at=at, verb="analytics.drop", thing=upload, unit_id=upload.unit_id)
    _forget(upload)


def read(*, upload: Upload, choices: Choices, at: dt.datetime) -> Outcome | None:
    """What the worker does: check the file or import it. None where there is nothing to be done any more."""
    if not Upload.objects.filter(pk=upload.pk, state__in=RUNNING).update(state=UploadState.READING, percent=0):
        return None
    try:
        outcome = _imported(upload, choices, at)
    except Denied as refusal:  # away, or no longer entitled: the file stays, so that it can be tried again
        if isinstance(refusal, Away) and not choices.dry_run:  # what was confirmed is not asked for twice
            waiting = away_kept(upload.outcome, refusal.sentence)
            Upload.objects.filter(pk=upload.pk).update(state=UploadState.WAITING, percent=0, outcome=waiting)
            raise
        _settle(upload, UploadState.REFUSED, refused_kept(upload.outcome, refusal.sentence), at)
        return None
    if outcome.status is Status.UNCHANGED:
        _take_over(upload, outcome, at)
    elif outcome.status is not Status.IMPORTED:
        _settle(upload, STATES[outcome.status], outcome.as_kept(), at)
    if STATES[outcome.status] is UploadState.IMPORTED:
        spool.remove(upload.folder)
    return outcome


@transaction.atomic
def tell_uncoloured(*, upload: Upload) -> None:
    """The workbook with coloured cells could not be made; the page need not wait for it."""
    for found in Upload.objects.select_for_update().filter(pk=upload.pk):
        found.outcome["uncoloured"] = True
        found.save(update_fields=["outcome"])


def give_up(*, upload: Upload, wish: Mapping[str, bool], at: dt.datetime) -> None:
    """The worker reads it no more; the file stays for a day, so that its person can have it read again or drop it.
    ``wish``: for what it was to be read."""
    if Upload.objects.filter(pk=upload.pk, state__in=RUNNING).exists():
        _settle(upload, UploadState.REFUSED, given_up_kept(upload.outcome, wish), at)


def read_again(*, upload_id: int, wish: Mapping[str, bool], at: dt.datetime) -> None:
    """The administrator has the job tried again that was given up; the job itself is asked for there. Raises Denied
    where its person has decided since, or the file is gone."""
    given_up = Upload.objects.filter(pk=upload_id, state=UploadState.REFUSED, outcome__given_up=dict(wish))
    found = given_up.update(state=UploadState.WAITING, percent=0, asked_at=at, settled_at=None)
    need(found, OVERTAKEN)


def _imported(upload: Upload, choices: Choices, at: dt.datetime) -> Outcome:
    _need_file(upload)
    spool.remove_coloured(upload.folder)
    return import_records(
        dataset=dataset_of(upload.dataset),
        file=spool.file_of(upload.folder),
        name=upload.file_name,
        unit=upload.unit,
        period=period_of(upload.period),
        choices=choices,
        by=upload.handed_in_by,
        at=at,
        limits=checking.limits(),
        tell=lambda percent: _tell(upload, percent),
        kept=lambda outcome: _take_over(upload, outcome, at),
    )


def _tell(upload: Upload, percent: int) -> None:
    """Its person may have dropped it, after a reading that took too long."""
    need(Upload.objects.filter(pk=upload.pk).update(percent=percent), DROPPED)


def _take_over(upload: Upload, outcome: Outcome, at: dt.datetime) -> None:
    """Together with the batch: a process that ends right after it leaves no upload that would be imported again."""
    need(_settle(upload, STATES[outcome.status], outcome.as_kept(), at), DROPPED)
    _remember(upload, outcome)


def _settle(upload: Upload, state: UploadState, outcome: Mapping[str, object], at: dt.datetime) -> int:
    found = Upload.objects.filter(pk=upload.pk)
    return found.update(state=state, percent=100, outcome=outcome, settled_at=at)


def _remember(upload: Upload, outcome: Outcome) -> None:
    """The headings of which a person said what they are, but not those that stand twice: they are told by the place."""
    times = Counter(key(each.text) for each in outcome.headings)
    said = {
        mark(each.text): upload.columns[each.letter]
        for each in outcome.headings
        if each.letter in upload.columns and key(each.text) and times[key(each.text)] == 1
    }
    if said:
        known = {**queries.known_headings(upload.dataset, upload.unit), **said}
        KnownHeadings.objects.update_or_create(dataset=upload.dataset, unit=upload.unit, defaults={"columns": known})


def remove_old(*, at: dt.datetime) -> None:
    """A day after its outcome was told an upload is gone, decided or not; one that waits for the worker is kept."""
    for upload in Upload.objects.filter(settled_at__lt=at - spool.KEPT_FOR):
        _forget(upload)
    waiting = {folder for kind in (Upload, Delivery) for folder in kind.objects.values_list("folder", flat=True)}
    spool.sweep(at=at, named=waiting)


def _locked(upload: Upload) -> Upload:
    found = Upload.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=upload.pk).first()
    need(found, DROPPED)
    return found


def _need_file(upload: Upload) -> None:
    need(
        spool.file_of(upload.folder).exists(),
        _("The file is no longer here: it is imported already, or more than a day old. Hand it in again."),
    )


def _ask(upload: Upload, verb: str, *, by, at: dt.datetime, after: dict[str, object], **wish: bool) -> None:
    upload.state, upload.percent, upload.asked_at, upload.settled_at = UploadState.WAITING, 0, at, None
    upload.save(update_fields=["state", "percent", "asked_at", "settled_at", "columns", "sheets"])
    ledger.record(by=by, at=at, verb=verb, thing=upload, unit_id=upload.unit_id, after=after)
    _have_read(upload, **wish)


def _have_read(upload: Upload, **wish: bool) -> None:
    jobs.ask("analytics.read", upload_id=upload.pk, **wish)


def _forget(upload: Upload) -> None:
    upload.delete()
    spool.remove(upload.folder)
