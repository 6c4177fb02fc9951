"""Who has the consolidated report written."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from thidua.core.days import day_after
from thidua.core.refusals import need
from thidua.core.vietnamese import day
from thidua.core.words import Sentence, _
from thidua.core.writing import WritingState
from thidua.ledger.models import Entry
from thidua.summaries.models import Report

PERMISSIONS = {"prepare": _("Standing office")}


def check_prepare(person, *, at):
    need(person.access.is_office, _("Only the standing office has the consolidated report written."))


def rests_on_last_day(unit) -> Sentence | None:
    """A report that was written after the unit's last day, and after that day was set, counts the unit as closed."""
    closed = Entry.objects.filter(thing_type="people.unit", thing_id=str(unit.pk), verb="people.close_unit")
    set_at = closed.order_by("-id").values_list("at", flat=True).first()
    ended_at = timezone.make_aware(dt.datetime.combine(day_after(unit.ends_on), dt.time.min))
    since = max(ended_at, set_at or ended_at)
    written = Report.objects.filter(state=WritingState.READY, completed_at__gte=since).order_by("completed_at").first()
    if written is None:
        return None
    return _(
        "The consolidated report of %(year)s, written on %(day)s, counts this unit as closed.",
        year=written.year,
        day=day(timezone.localdate(written.completed_at)),
    )
