"""Figures that the units of the demonstration declared.

A unit is good or less good at a criterion for all years, and moves little from year to year; what one criterion counts
as late is what another one is about. So the demonstration has no mark of integrity but those that it shows on purpose.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import NamedTuple

from thidua.campaigns.models import Obligation
from thidua.core.obligations import StandingKind
from thidua.core.plan.schema import Criterion
from thidua.demo.world import World
from thidua.reports.models import Figure

# The criterion that is about what another one counts as late: letters of apology.
ABOUT_LATE = {"apology-letters": "dossiers-on-time"}
# (part, whole) that make a mark: a share exactly on its target, of the first school, and one that jumps in the last
# year, of the first division.
ON_TARGET = {"y-kien-phu-huynh": (180, 200)}
JUMPING = {"satisfaction": ((262, 300), (292, 300))}


class Stated(NamedTuple):
    """``whole`` 0: nothing arose."""

    scope: str
    part: int
    whole: int | None


def make_figures(world: World, obligations: list[Obligation], *, done: bool) -> None:
    plan, figures, declared = world.campaign.current.plan, [], []
    late: dict[tuple[int, str], int] = {}
    # What is counted as late is known before what is about it.
    for obligation in sorted(obligations, key=lambda each: each.criterion in ABOUT_LATE):
        is_left_out = world.rng.random() > (0.97 if done else 0.94)
        is_told_of = obligation.unit_id == world.first_school.pk or _shown(world, obligation)
        if is_left_out and not is_told_of:
            continue
        criterion = plan.criterion(obligation.criterion)
        accepted = world.rng.random() < (0.85 if done else 0.3)
        moment = obligation.due_at - dt.timedelta(days=world.rng.randint(1, 30))
        stated = list(_stated(world, obligation, criterion, late))
        late[obligation.unit_id, criterion.id] = sum((each.whole or 0) - each.part for each in stated)
        figures += [_figure(world, obligation, each, moment, accepted) for each in stated]
        obligation.standing = StandingKind.ACCEPTED if accepted else StandingKind.SUBMITTED
        obligation.submitted_at = moment
        declared.append(obligation)
    Figure.objects.bulk_create(figures, batch_size=2000)
    Obligation.objects.bulk_update(declared, ["standing", "submitted_at"], batch_size=500)


def _stated(
    world: World, obligation: Obligation, criterion: Criterion, late: dict[tuple[int, str], int]
) -> Iterator[Stated]:
    if shown := _shown(world, obligation):
        yield Stated("", *shown)
        return
    if counted := world.counted.get((obligation.unit_id, criterion.id)):
        yield from (Stated(scope, *counted.get(scope, (0, 0))) for scope in criterion.scopes or ("",))
        return
    if criterion.id in ABOUT_LATE:
        whole = late.get((obligation.unit_id, ABOUT_LATE[criterion.id]), 0)
        yield Stated("", max(whole - (world.rng.random() < 0.1), 0), whole)
        return
    for scope in criterion.scopes or ("",):
        if criterion.is_count:
            yield Stated(scope, int(criterion.threshold * world.rng.uniform(0.92, 2.5)), None)
        else:
            yield Stated(scope, *_share(world, obligation, criterion, scope))


def _shown(world: World, obligation: Obligation) -> tuple[int, int] | None:
    """What is stated so that the page of what is to be looked at again has something to show."""
    if obligation.unit_id == world.first_school.pk:
        return ON_TARGET.get(obligation.criterion)
    before, last = JUMPING.get(obligation.criterion, (None, None))
    shown = last if obligation.year == world.campaign.last_year else before
    return shown if obligation.unit_id == world.units[0].pk else None


def _share(world: World, obligation: Obligation, criterion: Criterion, scope: str) -> tuple[int, int]:
    """(part, whole): a little better than the target as a rule, never exactly on it, never all of it by chance."""
    whole = world.rng.randint(120, 400)
    own = random.Random(f"{world.seed} {obligation.unit.code} {criterion.id} {scope}")  # noqa: S311 — replayable
    is_good = own.random() < 0.88
    if criterion.threshold == 1:
        return whole - (0 if is_good else own.randint(1, 3)), whole
    room = criterion.threshold if criterion.direction == "at_most" else 1 - criterion.threshold
    better = room * own.uniform(0.25, 0.75) if is_good else -own.uniform(0.004, 0.02)
    share = criterion.threshold + (-better if criterion.direction == "at_most" else better)
    part = min(max(round(whole * share) + world.rng.choice((-1, 0, 0, 1)), 0), whole - 1)
    return part - (part == criterion.threshold * whole), whole


def _figure(world: World, obligation: Obligation, stated: Stated, moment: dt.datetime, accepted: bool) -> Figure:
    nothing_arose = stated.whole == 0
    figure = Figure(
        campaign=world.campaign,
        year=obligation.year,
        unit_id=obligation.unit_id,
        criterion=obligation.criterion,
        version=world.campaign.current,
        scope=stated.scope,
        nothing_arose=nothing_arose,
        numerator=None if nothing_arose else stated.part,
        denominator=stated.whole or None,
        explanation="Trong năm không có hồ sơ trễ hẹn." if nothing_arose else "Theo sổ theo dõi của đơn vị.",
        declared_at=moment,
        declared_by=world.focal_points[obligation.unit_id],
        accepted_at=moment + dt.timedelta(days=3) if accepted else None,
        accepted_by=world.office if accepted else None,
    )
    if accepted:
        figure.accepted_numerator, figure.accepted_denominator = figure.numerator, figure.denominator
    return figure
