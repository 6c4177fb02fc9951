"""The campaign in numbers, for the overview and for the consolidated report. Each list is one or two reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from thidua.campaigns.models import Campaign
from thidua.campaigns.queries import IndexRow, index_rows
from thidua.core.dossiers import VOICES, DossierKind
from thidua.monitoring.queries import OWED
from thidua.summaries.queries.counted import ACCEPTED, REGISTRATIONS, REPORTS, Scope, result_reports, scope
from thidua.summaries.queries.counts import (
    Asked,
    Completion,
    Coverage,
    Initiatives,
    Registered,
    asked,
    carried_out,
    completion,
    coverage,
    coverage_of_each,
    initiatives,
    opens,
)
from thidua.summaries.queries.criteria import PersonalTarget, Target, personal_targets, targets
from thidua.summaries.queries.progress import Owing, Stood, owing, standings

__all__ = [
    "ACCEPTED",
    "REGISTRATIONS",
    "REPORTS",
    "Asked",
    "Completion",
    "Coverage",
    "Initiatives",
    "Owing",
    "PersonalTarget",
    "Registered",
    "Scope",
    "Stood",
    "Summary",
    "Target",
    "asked",
    "carried_out",
    "completion",
    "coverage",
    "coverage_of_each",
    "initiatives",
    "opens",
    "owing",
    "personal_targets",
    "result_reports",
    "scope",
    "standings",
    "summary",
    "targets",
    "voices",
]


def voices(counted: Scope) -> dict[str, int]:
    """What the plan's result reports tell in words, and how many of those handed in do."""
    plan = counted.campaign.current.plan
    told = [part for part in VOICES if plan.word_for(part, of=DossierKind.REPORT)]
    return {part: replace(REPORTS, tells=part).of(counted.dossiers).count() for part in told}


@dataclass(frozen=True)
class Summary:
    """Everything that the consolidated report of a year says, at one moment."""

    campaign: Campaign
    year: int
    at: dt.datetime
    units: int
    late_units: int
    registered: list[Coverage]
    planned: list[Coverage]
    reported: list[Coverage]
    initiatives: Registered
    completion: list[Completion]
    targets: list[Target]
    personal: list[PersonalTarget]
    owing: list[Owing]
    indices: list[IndexRow]
    voices: dict[str, int]


def summary(counted: Scope, stood: list[Stood], *, now: dt.datetime) -> Summary:
    owed = asked(counted)
    covered = owed.covered
    return Summary(
        campaign=counted.campaign,
        year=counted.year,
        at=now,
        units=len({each.obligation.unit_id for each in stood}),
        late_units=len({each.obligation.unit_id for each in stood if each.standing.state in OWED}),
        registered=covered[DossierKind.REGISTRATION],
        planned=covered[DossierKind.UNIT_PLAN],
        reported=covered[DossierKind.REPORT],
        initiatives=initiatives(counted),
        completion=completion(counted, today=now.date()),
        targets=targets(counted, owed),
        personal=personal_targets(counted, owed),
        owing=owing(stood, counted.campaign.current.plan),
        indices=index_rows(counted.campaign),
        voices=voices(counted),
    )
