"""News of how a registration is carried out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from thidua.core.refusals import need
from thidua.core.vietnamese import nfc_lines
from thidua.core.words import _
from thidua.dossiers import rules
from thidua.dossiers.actions.attachments import keep
from thidua.dossiers.actions.changes import locked
from thidua.dossiers.models import Dossier, Milestone, Progress
from thidua.ledger import actions as ledger
from thidua.people.models import Person


@transaction.atomic
def report_progress(
    *,
    dossier: Dossier,
    text: str,
    by: Person,
    at: dt.datetime,
    milestone: Milestone | None = None,
    percent: int | None = None,
    upload=None,
) -> Progress:
    """Tell what was done, and how far a milestone came; a photo or file may go with it."""
    dossier = locked(dossier)
    if milestone is not None:
        milestone = dossier.milestones.filter(pk=milestone.pk, removed_at=None).first()
        need(milestone, _("This milestone was taken out of the registration; reload the page."))
    rules.check_report_progress(by, dossier, at=at)
    need(text.strip(), _("Write what was done."))
    need(percent is None or 0 <= percent <= 100, _("Percent done lies between 0 and 100."))
    news = Progress.objects.create(
        dossier=dossier,
        milestone=milestone,
        percent=percent,
        text=nfc_lines(text),
        attachment=keep(dossier, "progress", upload, by=by, at=at) if upload is not None else None,
        written_at=at,
        written_by=by,
    )
    before = {"percent": milestone.percent} if milestone is not None and percent is not None else {}
    if milestone is not None and percent is not None:
        milestone.percent = percent
        milestone.done_on = (milestone.done_on or at.date()) if percent == 100 else None
        milestone.save(update_fields=["percent", "done_on"])
    after = {"milestone": milestone and milestone.title, "percent": percent}
    ledger.record(
        by=by,
        at=at,
        verb="dossiers.report_progress",
        thing=dossier,
        unit_id=dossier.unit_id,
        before=before,
        after=after,
    )
    return news
