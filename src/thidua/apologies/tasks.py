"""The job of the worker: write the letters of a run."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils import timezone

from thidua.apologies import actions, drafting
from thidua.apologies.models import Run
from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.ledger import jobs


@jobs.task("apologies.complete", _("Writing letters of apology"))
def complete(run_id: int) -> None:
    run, now = Run.objects.get(pk=run_id), timezone.now()
    try:
        written = drafting.written(run)
    except Denied as refusal:
        actions.fail(run=run, sentence=str(refusal.sentence), at=now)
        return
    actions.complete(run=run, word=ContentFile(written, f"thu-xin-loi-{run.pk}.docx"), at=now)
