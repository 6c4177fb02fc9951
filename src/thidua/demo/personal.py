"""Personal criteria of the demonstration: what each unit recorded of its people."""

from __future__ import annotations

import datetime as dt
import random
from itertools import groupby

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.obligations import StandingKind
from thidua.demo.answers import personal_result
from thidua.people.models import Person
from thidua.reports.models import PersonalResult


def fill(campaign: Campaign, writers: dict[int, Person], rng: random.Random, year: int, *, done: bool) -> None:
    """Each unit records its people on one day; few forget somebody, fewer have not begun."""
    plan = campaign.current.plan
    owed = Obligation.objects.filter(campaign=campaign, year=year, person__isnull=False)
    results: list[PersonalResult] = []
    recorded: dict[dt.datetime, list[int]] = {}
    rows = owed.order_by("unit__code", "person__username", "key")
    for unit_id, of_unit in groupby(rows, key=lambda row: row.unit_id):
        missing = rng.choices(["all", "some", "none"], [2, 3, 95] if done else [5, 7, 88])[0]
        days = rng.randint(1, 12) if rng.random() < 0.04 else -rng.randint(1, 30)
        for obligation in of_unit:
            if missing == "all" or (missing == "some" and rng.random() < 0.3):
                continue
            moment = obligation.due_at + dt.timedelta(days=days)
            value, note = personal_result(rng, plan.criterion(obligation.criterion))
            recorded.setdefault(moment, []).append(obligation.pk)
            results.append(
                PersonalResult(
                    campaign=campaign,
                    year=year,
                    unit_id=unit_id,
                    person_id=obligation.person_id,
                    criterion=obligation.criterion,
                    version=campaign.current,
                    value=value,
                    note=note,
                    recorded_at=moment,
                    recorded_by=writers[unit_id],
                )
            )
    PersonalResult.objects.bulk_create(results, batch_size=2000)
    for moment, ids in recorded.items():
        Obligation.objects.filter(pk__in=ids).update(standing=StandingKind.ACCEPTED, submitted_at=moment)
