"""Large workbooks: asked for, written, failed, removed."""

from __future__ import annotations

import datetime as dt
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from thidua.core.refusals import need
from thidua.core.words import Sentence, _
from thidua.core.writing import WritingState
from thidua.exchange import files, rules
from thidua.exchange.models import Export
from thidua.ledger import actions as ledger
from thidua.ledger import jobs, turns
from thidua.ledger.kinds import FREE_AFTER, OVERTAKEN

NOT_WRITTEN = _("The file could not be written. Ask for it again.")


@transaction.atomic
def ask(*, address: str, name: str, count: int, by, at: dt.datetime) -> Export:
    """Have the worker write the workbook of this address; the one that is being written, where it is asked again. Those
    that have waited for too long are waited for no more."""
    turns.take(f"exports {by.pk}")
    unfinished = Export.objects.visible_to(by).unfinished()
    for late in unfinished.filter(asked_at__lt=at - FREE_AFTER):
        fail(export=late, sentence=NOT_WRITTEN, at=at)
    waiting = unfinished.filter(address=address).first()
    if waiting:
        return waiting
    rules.check_ask(by, at=at)
    export = Export.objects.create(
        asked_by_id=by.pk, asked_at=at, address=address, language=get_language() or "vi", name=name[:200], count=count
    )
    ledger.record(by=by, at=at, verb="exchange.ask", thing=export, after={"rows": count})
    jobs.ask("exchange.write", export_id=export.pk)
    return export


def tell(*, export: Export, percent: int) -> None:
    Export.objects.filter(pk=export.pk, state=WritingState.PREPARED).update(percent=percent)


@transaction.atomic
def complete(*, export: Export, made: IO[bytes], at: dt.datetime) -> None:
    size = files.keep(export.token, made)
    Export.objects.filter(pk=export.pk).update(
        state=WritingState.READY, percent=100, completed_at=at, size=size, failure=""
    )


@transaction.atomic
def fail(*, export: Export, sentence: Sentence | str, at: dt.datetime) -> None:
    unfinished = Export.objects.unfinished().filter(pk=export.pk)
    unfinished.update(state=WritingState.FAILED, completed_at=at, failure=str(sentence))


def give_up(export_id: int) -> None:
    """The worker could not write it, however often it tried."""
    export = Export.objects.filter(pk=export_id).first()
    if export:
        fail(export=export, sentence=NOT_WRITTEN, at=timezone.now())


def wait_again(export_id: int) -> None:
    """The administrator has the job tried again that was given up; the job itself is asked for there."""
    failed = Export.objects.filter(pk=export_id, state=WritingState.FAILED)
    need(failed.update(state=WritingState.PREPARED, percent=0, completed_at=None, failure=""), OVERTAKEN)


def remove_old(*, at: dt.datetime) -> None:
    """A day after it was written nobody finds a workbook any more, and its file goes."""
    Export.objects.filter(completed_at__lt=at - files.KEPT_FOR).delete()
    files.sweep(at=at)
