"""The job of the worker: write the letters of a run."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils import timezone

from thidua.apologies import actions, drafting
from thidua.apologies.models import Run
from thidua.core.refusals import Away, Denied
from thidua.core.words import _
from thidua.ledger import jobs


def _give_up(run_id: int) -> None:
    sentence = str(_("The letters could not be written; the administrator can see why. Have them written again later."))
    actions.fail(run=Run.objects.get(pk=run_id), sentence=sentence, at=timezone.now())


def _again(run_id: int) -> None:
    actions.wait_again(run=Run.objects.get(pk=run_id), at=timezone.now())


@jobs.task("apologies.complete", _("Writing letters of apology"), given_up=_give_up, again=_again)
def complete(run_id: int) -> None:
    run, now = Run.objects.get(pk=run_id), timezone.now()
    try:
        written = drafting.written(run)
    except Away:
        raise
    except Denied as refusal:
        actions.fail(run=run, sentence=str(refusal.sentence), at=now)
        return
    actions.complete(run=run, word=ContentFile(written, f"thu-xin-loi-{run.pk}.docx"), at=now)
