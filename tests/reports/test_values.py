"""The best value of a unit and criterion, and what a value from records does to what the unit owes."""

import datetime as dt
from decimal import Decimal

from tests.batches import batch
from tests.fixtures import IN_TIME, moment

from thidua.campaigns.models import Obligation
from thidua.core.obligations import StandingKind
from thidua.reports import actions, queries
from thidua.reports.datasets import DOSSIERS, PAYMENTS

MARCH = dt.date(2023, 3, 10)
LATE = MARCH + dt.timedelta(1)
COUNTED = moment("2024-01-10 08:00")


def dossier(field="Giáo dục trung học", returned=MARCH) -> dict:
    return {"code": "1", "field": field, "received": MARCH, "due": MARCH, "returned": returned}


def compute(world, dataset) -> None:
    for measure in world.campaign.current.plan.measures:
        if measure.dataset == dataset.id:
            actions.compute(campaign=world.campaign, measure=measure, year=2023, by=None, at=COUNTED)


def best(world, criterion: str) -> queries.Value:
    seen = queries.sight(world.campaign, 2023).of_criterion(criterion)
    (found,) = queries.values(world.campaign.current.plan, seen.figures, seen.results).values()
    return found


def payments(electronic: int) -> list[dict]:
    return [{"code": f"{n}", "paid": MARCH, "means": "electronic" if n < electronic else "cash"} for n in range(4)]


def declare_payments(world, number: int):
    return actions.declare(
        campaign=world.campaign, year=2023, unit=world.school, criterion="electronic-payment", scope="",
        numerator=Decimal(number), nothing_arose=False, explanation="Sổ thu", by=world.an, at=IN_TIME,
    )  # fmt: skip


def owed(world, criterion: str, unit) -> Obligation:
    return Obligation.objects.get(criterion=criterion, unit=unit, year=2023, person=None)


def test_records_go_before_a_declaration_and_the_office_before_records(world):
    figure = declare_payments(world, 7)
    assert best(world, "electronic-payment").source == "declared"
    batch(PAYMENTS, world.school, payments(2), at=IN_TIME)
    compute(world, PAYMENTS)
    found = best(world, "electronic-payment")
    assert (found.source, found.numerator, found.denominator, found.met) == ("computed", 2, 4, True)
    actions.check(figure=figure, numerator=Decimal(5), note="Đối chiếu sao kê", by=world.binh, at=IN_TIME)
    assert (best(world, "electronic-payment").source, best(world, "electronic-payment").numerator) == ("checked", 5)
    figure.refresh_from_db()
    actions.accept(figure=figure, by=world.binh, at=IN_TIME)
    assert best(world, "electronic-payment").source == "accepted"


def test_the_whole_is_met_where_every_field_is(world):
    rows = [dossier() for _n in range(98)] + [dossier("Tổ chức cán bộ"), dossier("Tổ chức cán bộ", LATE)]
    batch(DOSSIERS, world.division, rows, at=IN_TIME)
    compute(world, DOSSIERS)
    found = best(world, "dossiers-on-time")
    assert (found.numerator, found.denominator, found.met) == (99, 100, False)
    assert best(world, "petitions-on-time").met is None


def test_records_settle_what_the_unit_owes_from_the_day_of_their_import(world):
    made = batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    compute(world, DOSSIERS)
    found = owed(world, "dossiers-on-time", world.division)
    assert (found.standing, found.submitted_at) == (StandingKind.SUBMITTED, IN_TIME)
    made.withdrawn_at = COUNTED
    made.save()
    compute(world, DOSSIERS)
    found = owed(world, "dossiers-on-time", world.division)
    assert (found.standing, found.submitted_at) == (StandingKind.NONE, None)


def test_a_file_without_the_column_settles_nothing(world):
    had = [column.name for column in DOSSIERS.columns if not column.name.startswith("letter")]
    batch(DOSSIERS, world.division, [dossier(returned=LATE)], at=IN_TIME, columns=had)
    compute(world, DOSSIERS)
    assert owed(world, "apology-letters", world.division).standing == StandingKind.NONE
    assert owed(world, "dossiers-on-time", world.division).standing == StandingKind.SUBMITTED


def test_a_declared_figure_stays_what_it_was_when_records_come_and_go(world):
    declare_payments(world, 7)
    made = batch(PAYMENTS, world.school, payments(2), at=COUNTED)
    compute(world, PAYMENTS)
    made.withdrawn_at = COUNTED
    made.save()
    compute(world, PAYMENTS)
    found = owed(world, "electronic-payment", world.school)
    assert (found.standing, found.submitted_at) == (StandingKind.SUBMITTED, IN_TIME)


def test_a_correction_makes_nobody_late(world):
    batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    compute(world, DOSSIERS)
    batch(DOSSIERS, world.division, [dossier(), dossier(returned=LATE)], at=COUNTED)
    compute(world, DOSSIERS)
    found = owed(world, "dossiers-on-time", world.division)
    assert (found.standing, found.submitted_at) == (StandingKind.SUBMITTED, IN_TIME)
    assert best(world, "dossiers-on-time").denominator == 2
