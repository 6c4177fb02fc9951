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
    for run in Run.objects.filter(pk=run_id):
        actions.fail(run=run, sentence=sentence, at=timezone.now())


@jobs.task("apologies.complete", _("Writing letters of apology"), given_up=_give_up, again=actions.wait_again)
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
