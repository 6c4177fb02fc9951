"""The work list of late dossiers without a letter of apology, read from the batches in force, and letters issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from thidua.analytics import storage
from thidua.analytics.engine import listing
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.apologies.models import Letter, Run
from thidua.campaigns.chosen import Chosen
from thidua.campaigns.models import Campaign
from thidua.core.apologies import Owed
from thidua.core.days import add_working_days
from thidua.core.measures.schema import PENDING_OVERDUE, Measure, Period
from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.people import queries as people
from thidua.people.models import Unit
from thidua.reports import computing
from thidua.reports.places import Link
from thidua.reports.queries.explorer import Place


def measure_of(campaign: Campaign) -> Measure:
    """The plan's measure of letters. Raises Denied where the plan has none."""
    plan = campaign.current.plan
    criterion = plan.served_by_letters()
    found = next((each for each in plan.measures if criterion and each.criterion == criterion.id), None)
    if found is None:
        raise Denied(_("The plan of this campaign measures no letters of apology."))
    return found


@dataclass(frozen=True)
class WorkList:
    """Dossiers that owe a letter for one reason; answers ``count`` and slices, as a paginator asks for them."""

    campaign: Campaign
    year: int
    owed: Owed
    batches: list[Batch]
    today: dt.date

    def count(self) -> int:
        return listing.count(*self._asked())

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        return listing.rows(*self._asked(), limit=wanted.stop - wanted.start, offset=wanted.start)

    def _asked(self) -> tuple:
        measure, period = measure_of(self.campaign), Period.of_year(self.year)
        until, between = computing.judged_on(measure, self.year, self.today), {}
        if self.owed is not Owed.RETURNED:
            next_day = next_working_day(self.today)
            until = min(period.end, next_day) + dt.timedelta(days=1)
            measure = replace(measure, filter=measure.apart[PENDING_OVERDUE], day="", denominator="", apart={})
            is_soon = self.owed is Owed.SOON
            between["due"] = (self.today + dt.timedelta(days=1), next_day) if is_soon else (dt.date.min, self.today)
        files = {each.unit.code: str(path) for each, path in storage.readable(self.batches)}
        narrowed = listing.Narrowed(listing.Part.REST, between=between)
        return measure, dataset_of(measure.dataset), files, period, until, narrowed


def next_working_day(today: dt.date) -> dt.date:
    return add_working_days(today, 1, people.day_off_rule())


def batches(campaign: Campaign, year: int, person, unit: Unit | None = None) -> list[Batch]:
    """The batches in force and in sight that say of their dossiers whether a letter was written."""
    measure, plan = measure_of(campaign), campaign.current.plan
    units = Unit.objects.filter(pk=unit.pk) if unit else None
    found = computing.batches_of(plan, measure, year, units).filter(
        pk__in=Batch.objects.visible_to(person).values("pk")
    )
    rows = found.exclude(key="").select_related("unit").order_by("unit__sort_key")
    return [each for each in rows if not computing.lacking(measure, each.columns)]


def letters_of(rows: Iterable[dict[str, Any]], units: dict[str, Unit]) -> dict[tuple[str, str], Letter]:
    """(unit code, dossier code) → the letter that was issued for it here."""
    codes = {row["code"] for row in rows}
    found = Letter.objects.filter(unit__in=units.values(), dossier__in=codes).select_related("unit", "run")
    return {(each.unit.code, each.dossier): each for each in found}


def letters(person, year: int, unit: Unit | None = None) -> QuerySet[Letter]:
    """Letters about dossiers of a year, the newest first."""
    found = Letter.objects.visible_to(person).filter(batch__period=str(year))
    found = found.filter(unit=unit) if unit else found
    return found.select_related("unit", "run", "run__issued_by").order_by("-pk")


def letters_of_run(person, run: Run) -> QuerySet[Letter]:
    return Letter.objects.visible_to(person).filter(run=run).select_related("unit").order_by("unit__sort_key", "number")


def place_of(place: Place) -> Link | None:
    """From the number of letters in the explorer to the work list."""
    if place.criterion != place.campaign.current.plan.served_by_letters():
        return None
    unit = place.unit.code if place.unit else None
    return Link(
        _("Letters of apology to write"), Chosen(place.campaign, place.year).address("apologies:list", unit=unit)
    )
