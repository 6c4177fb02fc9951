"""``thidua figures compute|show``: figures from records, beside those that units declare."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.analytics.engine import Engine
from thidua.campaigns import queries as campaigns
from thidua.campaigns.models import Campaign
from thidua.core.measures.schema import Measure
from thidua.core.refusals import need
from thidua.core.vietnamese import number, percent
from thidua.people.models import Unit
from thidua.reports import actions, computing
from thidua.reports.queries import entries
from thidua.ui import command


class OfYear(command.Command):
    """What both verbs ask: whose figures of which year, and who counts them."""

    def add_arguments(self, parser):
        parser.add_argument("--campaign", required=True, help="code of the campaign")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--unit", help="code of one unit; those below it are included")
        parser.add_argument("--criterion", default="", help="id of one criterion of the plan")
        parser.add_argument("--engine", default="", choices=[each.value for each in Engine], help="who counts")

    def compute(self, campaign: Campaign, year: int, units: QuerySet[Unit], criterion: str, engine: str) -> int:
        """Everything asked for that still waits. Returns how many counts of batches were made."""
        need(
            campaign.first_year <= year <= campaign.last_year,
            _("The campaign runs from %(first)s to %(last)s.")
            % {"first": campaign.first_year, "last": campaign.last_year},
        )
        plan = campaign.current.plan
        known = [each.id for each in plan.criteria]
        need(
            criterion in ("", *known),
            _("There is no criterion “%(id)s”. Known: %(known)s.") % {"id": criterion, "known": ", ".join(known)},
        )
        measures = [each for each in computing.over_batches(plan) if criterion in ("", each.criterion)]
        made, now = 0, timezone.now()
        for each in self.progress(measures, total=len(measures), label=_("measures")):
            made += actions.compute(
                campaign=campaign, measure=each, year=year, by=None, at=now, units=units, engine=engine
            )
            self._tell_of_lost(campaign, each, year, now, units, engine)
        return made

    def _tell_of_lost(self, campaign: Campaign, measure: Measure, year: int, now: dt.datetime, units, engine) -> None:
        """What still waits after counting has no file any more."""
        today = timezone.localdate(now)
        left = computing.waiting(campaign, measure, year, today=today, units=units, engine=engine)
        for batch in left.select_related("unit"):
            values = {"batch": batch.pk, "unit": batch.unit.name, "criterion": measure.criterion}
            self.say(
                _("Batch %(batch)s of %(unit)s is not counted for “%(criterion)s”: its file is not in the storage.")
                % values
            )


def units_asked(code: str | None) -> QuerySet[Unit]:
    """All units, or one and those below it."""
    if not code:
        return Unit.objects.all()
    top = Unit.objects.filter(code=code).first()
    need(top, _("There is no unit “%(code)s”.") % {"code": code})
    return Unit.objects.below(top)


class Compute(OfYear):
    help = "Compute the figures that records changed; what is computed already stays."
    example = "thidua figures compute --campaign cchc-2023-2025 --year 2023"

    def handle(self, *, campaign, year, unit, criterion, engine, **options):
        found = campaigns.campaign_by_code(campaign)
        made = self.compute(found, year, units_asked(unit), criterion, engine)
        text = ngettext("%(n)s count of a batch was made.", "%(n)s counts of batches were made.", made) % {"n": made}
        self.answer({"campaign": campaign, "year": year, "computed": made}, text)


class Show(OfYear):
    help = "Show figures with where they come from: computed from records, declared, checked."
    example = "thidua figures show --campaign cchc-2023-2025 --year 2023 --unit van-phong --json"

    def handle(self, *, campaign, year, unit, criterion, engine, **options):
        found, units = campaigns.campaign_by_code(campaign), units_asked(unit)
        self.compute(found, year, units, criterion, engine)
        shown = entries.entries(found, year, units=units, criterion=criterion)
        document = [entries.as_json(entry) for entry in shown] if self.as_json else []
        self.answer(document, "\n".join(map(line_of, shown)))


def line_of(entry: entries.Entry) -> str:
    """One figure as a line of text."""
    if entry.value is not None:
        value = f"{percent(entry.value)} = {number(entry.numerator)} / {number(entry.denominator)}"
    else:
        value = number(entry.numerator) if entry.numerator is not None and entry.denominator is None else "–"
    where = f"{entry.unit}  {entry.criterion.id}" + (f"  {entry.scope or '–'}" if entry.scope is not None else "")
    counts = (
        "" if entry.best is None or entry.best.amount == entry.amount else f"  → {entry.best.shown}, {entry.best.told}"
    )
    return f"{where}  {value}  ({entry.source}){counts}"


class Command(command.Subcommands):
    help = "Compute and show figures."
    verbs = {"compute": Compute, "show": Show}
