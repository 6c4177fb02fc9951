"""The job of the worker: write a consolidated report."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils import timezone

from thidua.core.refusals import Away, Denied
from thidua.core.words import _
from thidua.ledger import jobs
from thidua.summaries import actions, drafting
from thidua.summaries.models import Report


def _give_up(report_id: int) -> None:
    sentence = str(_("The report could not be written; the administrator can see why. Have it written again later."))
    for report in Report.objects.filter(pk=report_id):
        actions.fail(report=report, sentence=sentence, at=timezone.now())


@jobs.task("summaries.complete", _("Writing the consolidated report"), given_up=_give_up, again=actions.wait_again)
def complete(report_id: int) -> None:
    report = Report.objects.select_related("campaign__current").get(pk=report_id)
    now = timezone.localtime()
    try:
        drafted = drafting.draft(report.campaign, report.year, now=now)
    except Away:
        raise
    except Denied as refusal:
        actions.fail(report=report, sentence=str(refusal.sentence), at=now)
        return
    name = f"bao-cao-tong-hop-{report.year}"
    actions.complete(
        report=report,
        word=ContentFile(drafted.word, f"{name}.docx"),
        annexes=ContentFile(drafted.annexes, f"{name}.xlsx"),
        numbers=drafted.numbers,
        template_number=drafted.template_number,
        at=now,
    )
