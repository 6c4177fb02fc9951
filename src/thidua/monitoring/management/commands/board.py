"""``thidua board``: who still owes what."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.campaigns import queries as campaigns
from thidua.campaigns.models import Obligation
from thidua.core.days import end_of_day
from thidua.core.refusals import need
from thidua.monitoring import queries
from thidua.people.models import Unit
from thidua.ui import command


class Command(command.Command):
    help = "Print who still owes what in one year of a campaign."
    example = "thidua board --campaign cchc-2023-2025 --year 2023 --on 2023-09-01 --json"

    def add_arguments(self, parser):
        parser.add_argument("--campaign", required=True, help="code of the campaign")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--unit", help="code of one unit; those below it are included")
        parser.add_argument("--on", type=dt.date.fromisoformat, metavar="DATE", help="as it stood at the end of a day")

    def handle(self, *, campaign, year, unit, on, **options):
        found = campaigns.campaign_by_code(campaign)
        rows = Obligation.objects.of_year(found, year).select_related("unit", "person")
        if unit:
            top = Unit.objects.filter(code=unit).first()
            need(top, _("There is no unit “%(code)s”.") % {"code": unit})
            rows = rows.filter(unit__in=Unit.objects.below(top).values("pk"))
        now = end_of_day(on, found.current.plan.timezone) if on else timezone.localtime()
        entries = [queries.as_json(row, now) for row in rows.order_by("unit__sort_key", "unit__code", "due_at", "key")]
        counts = Counter(entry["state"] for entry in entries)
        self.answer(entries, "\n".join(f"{state:10} {count}" for state, count in sorted(counts.items())))
