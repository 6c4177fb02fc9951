"""Dossiers of the demonstration with their versions, authors and milestones."""

from __future__ import annotations

import datetime as dt
import uuid

from thidua.campaigns.models import Obligation
from thidua.core.dossiers import DossierState
from thidua.core.obligations import StandingKind, days_past
from thidua.core.plan.schema import Form
from thidua.demo.answers import answers
from thidua.demo.words import ZONE
from thidua.demo.world import World
from thidua.dossiers.models import Author, Dossier, Milestone, Version
from thidua.people.models import Person, Unit

NOT_BEGUN = None
STANDING = {
    DossierState.ACCEPTED: StandingKind.ACCEPTED,
    DossierState.SUBMITTED: StandingKind.SUBMITTED,
    DossierState.RETURNED: StandingKind.RETURNED,
    DossierState.PRESENTED: StandingKind.DRAFT,
    DossierState.DRAFT: StandingKind.DRAFT,
}
NOT_HANDED_IN = frozenset({DossierState.DRAFT, DossierState.PRESENTED})


def make_papers(
    world: World,
    obligations: dict[int, Obligation],
    forms: dict,
    year: int,
    mix: list[int],
    per_unit: int,
    *,
    about: dict[int, list[Dossier]] | None = None,
    fixed: dict[int, DossierState | None] | None = None,
) -> dict[int, list[Dossier]]:
    """Dossiers of one kind: accepted, submitted, returned, draft and missing in the shares of ``mix``.

    ``fixed``: unit id → the state that this unit's paper has, whatever the dice say.
    """
    states = [DossierState.ACCEPTED, DossierState.SUBMITTED, DossierState.RETURNED, DossierState.DRAFT, NOT_BEGUN]
    made: dict[int, list[Dossier]] = {}
    for unit in world.units:
        obligation = obligations.get(unit.pk)
        state = world.rng.choices(states, mix)[0]
        state = (fixed or {}).get(unit.pk, state)
        if obligation is None or state is None:
            continue
        subjects = about.get(unit.pk, []) if about is not None else [None] * per_unit
        subjects = [each for each in subjects if each is None or each.state == DossierState.ACCEPTED]
        form = forms[(obligation.kind, unit.kind)]
        made[unit.pk] = [_dossier(world, unit, obligation, form, year, state, subject) for subject in subjects]
    dossiers = [each for several in made.values() for each in several]
    Dossier.objects.bulk_create(dossiers, batch_size=1000)
    _parts(dossiers, world)
    _standings(made, obligations)
    return made


def _dossier(world: World, unit: Unit, obligation: Obligation, form: Form, year: int, state, subject) -> Dossier:
    rng, writer, head = world.rng, world.focal_points[unit.pk], world.heads[unit.pk]
    opens = dt.datetime.combine(obligation.opens_on, dt.time(8), obligation.due_at.tzinfo)
    window = obligation.due_at - opens
    late = rng.random() < 0.06
    moment = obligation.due_at + dt.timedelta(days=rng.randint(1, 20)) if late else opens + window * rng.random()
    handed_in = state not in NOT_HANDED_IN
    decided = (
        moment + dt.timedelta(days=rng.randint(1, 6))
        if state in {DossierState.ACCEPTED, DossierState.RETURNED}
        else None
    )
    colleague = Person(pk=writer.pk + 1)
    window = obligation.due_at.date(), last_day(world, year)
    dossier = Dossier(
        kind=obligation.kind,
        campaign=world.campaign,
        version=world.campaign.current,
        form=form.id,
        obligation_key=obligation.key,
        year=year,
        unit=unit,
        about=subject,
        state=state,
        answers=answers(rng, form, window, [writer.pk, colleague.pk]),
        revision=1,
        token=uuid.UUID(int=rng.getrandbits(128)),
        created_at=opens,
        created_by=writer,
        saved_at=moment,
        saved_by=writer,
        submitted_at=moment if handed_in else None,
        submitted_by=head if handed_in else None,
        days_late=days_past(obligation.due_at, moment, ZONE) if handed_in else 0,
        decided_at=decided,
        decided_by=world.office if decided else None,
        is_sample=True,
        title=subject.title if subject else "",
        message="Đề nghị ghi rõ số đo trước và sau khi áp dụng." if state == DossierState.RETURNED else "",
        correct_by=(decided + dt.timedelta(days=7)).date() if state == DossierState.RETURNED else None,
    )
    dossier.fill_computed()
    return dossier


def _parts(dossiers: list[Dossier], world: World) -> None:
    """Versions, authors and milestones of dossiers that are in the database."""
    handed_in = [each for each in dossiers if each.submitted_at]
    Version.objects.bulk_create(
        [
            Version(
                dossier=each,
                number=1,
                answers=each.answers,
                submitted_at=each.submitted_at,
                submitted_by=each.submitted_by,
            )
            for each in handed_in
        ],
        batch_size=2000,
    )
    Author.objects.bulk_create(
        [
            Author(
                dossier=each,
                person_id=row["person"],
                share=row["share"],
                position=position,
                confirmed_at=each.submitted_at,
            )
            for each in dossiers
            for position, row in enumerate(_rows(each, "authors"))
        ],
        batch_size=2000,
    )
    Milestone.objects.bulk_create(
        [
            _milestone(each, position, row, world)
            for each in dossiers
            for position, row in enumerate(_rows(each, "milestones"))
        ],
        batch_size=2000,
    )


def _rows(dossier: Dossier, type: str) -> list[dict]:
    asked = dossier.plan_form.of_type(type)
    return dossier.answers.get(asked.id, []) if asked else []


def last_day(world: World, year: int) -> dt.date:
    """The last day on which something of the year is due."""
    return max(each.due_on for each in world.campaign.current.plan.obligations if each.year == year)


def _milestone(dossier: Dossier, position: int, row: dict, world: World) -> Milestone:
    due_on = dt.datetime.strptime(row["due_on"], "%d/%m/%Y").date()  # noqa: DTZ007 — a day, no moment
    done = dossier.state == DossierState.ACCEPTED and world.rng.random() < 0.85
    return Milestone(
        dossier=dossier,
        key=f"m{position + 1}",
        position=position,
        title=row["title"],
        due_on=due_on,
        weight=int(row["weight"]),
        percent=100 if done else world.rng.choice([0, 30, 60]),
        done_on=due_on if done else None,
    )


def _standings(made: dict[int, list[Dossier]], obligations: dict[int, Obligation]) -> None:
    changed = []
    for unit_id, dossiers in made.items():
        if not dossiers:
            continue
        obligation = obligations[unit_id]
        obligation.standing = STANDING[dossiers[0].state]
        obligation.submitted_at = dossiers[0].submitted_at
        changed.append(obligation)
    Obligation.objects.bulk_update(changed, ["standing", "submitted_at"], batch_size=500)
