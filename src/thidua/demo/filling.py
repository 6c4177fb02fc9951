"""Believable campaigns of made-up units and people, the same for the same seed. Every name ends in "Mẫu".

Written in bulk, below the actions: the demonstration is many years of many people's work in a minute. The trail says
so in one row for each step, and tells what some of the units did in the last year.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from importlib import resources

from django.db import transaction

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Campaign, Obligation
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.obligations import StandingKind
from thidua.core.units import PostKind
from thidua.demo import dossiers, figures, personal, records, surveys, trail
from thidua.demo.world import OFFICE_PEOPLE, PASSWORD, World, make_indices, make_people, make_units
from thidua.people.models import Unit

__all__ = ["PASSWORD", "STAGES", "STEPS", "accounts", "fill", "has_data"]

# The first is the large one, of several years; the others run beside it.
PLANS = ("cchc-2023-2025", "truong-hoc-2023-2024", "so-hoa-2024")
STEPS = ("units", "people", *PLANS, "records")
STAGES = ("register", "report", "done")
# Stage of a year → what the school of An, Hạnh and Dũng has come to, so that each of them finds something to do.
OF_THE_FIRST_SCHOOL: dict[str, dict[DossierKind, DossierState | None]] = {
    "register": {DossierKind.UNIT_PLAN: DossierState.PRESENTED, DossierKind.REGISTRATION: dossiers.NOT_BEGUN},
    "report": {
        DossierKind.UNIT_PLAN: DossierState.PRESENTED,
        DossierKind.REGISTRATION: DossierState.ACCEPTED,
        DossierKind.REPORT: dossiers.NOT_BEGUN,
    },
    "done": dict.fromkeys(DossierKind, DossierState.ACCEPTED),
}


def accounts() -> list[tuple[str, str]]:
    """Sign-in names to try, and what each is for; all with the same password."""
    of_school = [("an", PostKind.FOCAL_POINT), ("hanh", PostKind.HEAD), ("dung", PostKind.MEMBER)]
    office = [(username, role) for username, _name, _title, role in OFFICE_PEOPLE]
    return [(username, str(kind.label)) for username, kind in [*of_school, *office]]


def has_data() -> bool:
    return Unit.objects.exists()


def fill(*, units: int, seed: int, stage: str, registrations: int | None, at: dt.datetime) -> Iterator[str]:
    """Fill an empty database, all or nothing; yields the name of each of ``STEPS`` as it ends, for a progress bar.

    ``registrations``: about how many in all years of the large campaign.
    """
    with transaction.atomic():
        world = World(seed, random.Random(seed))  # noqa: S311 — replayable on purpose
        make_units(world, units)
        yield "units"
        make_people(world)
        yield "people"
        filled = []
        for name in PLANS:
            per_unit = max(round((registrations or 0) / max(units * 3, 1)), 1) if name == PLANS[0] else 1
            filled.append(_campaign(world, name, stage=stage, per_unit=per_unit, at=at))
            yield name
        world.campaign = filled[0]
        surveys.fill(world, at=at)
        records.fill(world, at=at)
        trail.tell(world, filled, stage=stage, at=at)
        yield "records"


def _campaign(world: World, name: str, *, stage: str, per_unit: int, at: dt.datetime) -> Campaign:
    """Published, and its years filled: the last one as far as ``stage``, those before to their end."""
    text = resources.files("thidua").joinpath("plans", f"{name}.toml").read_text(encoding="utf-8")
    version, _problems = campaigns.load(text=text, name=name, by=None, at=at)
    campaigns.publish(version=version, by=None, at=at)
    Campaign.objects.filter(pk=version.campaign_id).update(is_sample=True)
    world.campaign = Campaign.objects.select_related("current").get(pk=version.campaign_id)
    make_indices(world)
    for year in world.campaign.current.plan.years:
        is_last = year == world.campaign.last_year
        world.counted = records.counted(world) if is_last and name == PLANS[0] else {}
        _year(world, year, stage=stage if is_last else "done", per_unit=per_unit)
    return world.campaign


def _year(world: World, year: int, *, stage: str, per_unit: int) -> None:
    plan = world.campaign.current.plan
    owed = Obligation.objects.filter(campaign=world.campaign, year=year, person=None).select_related("unit")
    obligations = list(owed.order_by("key", "unit__code"))  # one order, so that one seed tells one story
    by_kind: dict[str, dict[int, Obligation]] = {}
    for obligation in obligations:
        by_kind.setdefault(obligation.kind, {})[obligation.unit_id] = obligation
    forms = {
        (form.kind, kind): form
        for form in plan.forms
        for audience in form.audiences
        for kind in plan.audience(audience).kinds
    }
    told = {kind: {world.first_school.pk: state} for kind, state in OF_THE_FIRST_SCHOOL[stage].items()}
    plans = by_kind.get(DossierKind.UNIT_PLAN, {})
    fixed = told.get(DossierKind.UNIT_PLAN)
    dossiers.make_papers(world, plans, forms, year, [84, 8, 2, 2, 4], 1, fixed=fixed)
    mix = [70, 16, 5, 4, 5] if stage == "register" else [90, 4, 1, 2, 3]
    registrations = by_kind.get(DossierKind.REGISTRATION, {})
    fixed = told.get(DossierKind.REGISTRATION)
    registered = dossiers.make_papers(world, registrations, forms, year, mix, per_unit, fixed=fixed)
    if stage != "register":
        reports = by_kind.get(DossierKind.REPORT, {})
        mix = [40, 25, 6, 9, 20] if stage == "report" else [88, 4, 1, 1, 6]
        fixed = told.get(DossierKind.REPORT)
        dossiers.make_papers(world, reports, forms, year, mix, 1, about=registered, fixed=fixed)
        figures.make_figures(world, [each for each in obligations if each.kind == "figure"], done=stage == "done")
        personal.fill(world.campaign, world.focal_points, world.rng, year, done=stage == "done")
    first = world.first_school.pk
    excused = [each for each in obligations if each.standing == StandingKind.NONE and each.unit_id != first]
    for obligation in world.rng.sample(excused, min(2, len(excused))):
        Obligation.objects.filter(pk=obligation.pk).update(
            excused=True, reason="Đơn vị chuyển trụ sở, chưa hoạt động trong kỳ.", approved_by=world.office
        )
