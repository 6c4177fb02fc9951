"""Figures that the units of the demonstration declared."""

from __future__ import annotations

import datetime as dt

from thidua.campaigns.models import Obligation
from thidua.core.obligations import StandingKind
from thidua.demo.world import World
from thidua.reports.models import Figure


def make_figures(world: World, obligations: list[Obligation], year: int, *, done: bool) -> None:
    plan, figures, declared = world.campaign.current.plan, [], []
    for obligation in obligations:
        if world.rng.random() > (0.97 if done else 0.94):
            continue
        criterion = plan.criterion(obligation.criterion)
        accepted = world.rng.random() < (0.85 if done else 0.3)
        moment = obligation.due_at - dt.timedelta(days=world.rng.randint(1, 30))
        figures += [_figure(world, obligation, scope, year, moment, accepted) for scope in criterion.scopes or ("",)]
        obligation.standing = StandingKind.ACCEPTED if accepted else StandingKind.SUBMITTED
        obligation.submitted_at = moment
        declared.append(obligation)
    Figure.objects.bulk_create(figures, batch_size=2000)
    Obligation.objects.bulk_update(declared, ["standing", "submitted_at"], batch_size=500)


def _figure(world: World, obligation: Obligation, scope: str, year: int, moment: dt.datetime, accepted: bool) -> Figure:
    counts = world.campaign.current.plan.criterion(obligation.criterion).kind == "count"
    whole = world.rng.randint(20, 400)
    part = whole - (world.rng.randint(0, max(whole // 25, 1)) if world.rng.random() < 0.35 else 0)
    figure = Figure(
        campaign=world.campaign,
        year=year,
        unit_id=obligation.unit_id,
        criterion=obligation.criterion,
        version=world.campaign.current,
        scope=scope,
        numerator=world.rng.randint(0, 6) if counts else part,
        denominator=None if counts else whole,
        explanation="Theo sổ theo dõi của đơn vị.",
        declared_at=moment,
        declared_by=world.focal_points[obligation.unit_id],
        accepted_at=moment + dt.timedelta(days=3) if accepted else None,
        accepted_by=world.office if accepted else None,
    )
    if accepted:
        figure.accepted_numerator, figure.accepted_denominator = figure.numerator, figure.denominator
    return figure
