"""Deadlines: a due date runs to the end of the named day by the plan's clock; working days skip days off."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.plans import SHIPPED
from tests.spec.tables import rows

from thidua.core.days import add_working_days, end_of_day
from thidua.core.obligations import days_past
from thidua.core.plan.reader import read
from thidua.core.vietnamese import day, parse_day

PLACE = "Asia/Ho_Chi_Minh"
PLAN = read(SHIPPED, "cchc-2023-2025.toml")[0]

# What the plan asks of every unit, by year (parts II.3 and III.1); the moments are the last in time.
DUE = rows("""
    obligation      last moment by the plan's clock  the same in UTC
    --------------- -------------------------------- ------------------------
    unit-plan-2023  25/08/2023 23:59:59              25/08/2023 16:59:59
    register-2023   25/08/2023 23:59:59              25/08/2023 16:59:59
    report-2023     31/10/2023 23:59:59              31/10/2023 16:59:59
    unit-plan-2024  31/03/2024 23:59:59              31/03/2024 16:59:59
    register-2024   31/03/2024 23:59:59              31/03/2024 16:59:59
    report-2024     31/10/2024 23:59:59              31/10/2024 16:59:59
    unit-plan-2025  31/03/2025 23:59:59              31/03/2025 16:59:59
    register-2025   31/03/2025 23:59:59              31/03/2025 16:59:59
    report-2025     31/10/2025 23:59:59              31/10/2025 16:59:59
""")

LATENESS = rows("""
    due         handed in (UTC)       days late
    ----------- --------------------- ---------
    25/08/2023  25/08/2023 09:00      0
    25/08/2023  25/08/2023 16:59      0
    # 17:00 in UTC is midnight there
    25/08/2023  25/08/2023 17:00      1
    25/08/2023  26/08/2023 16:59      1
    25/08/2023  26/08/2023 17:00      2
    31/10/2023  31/12/2023 17:00      62
    28/02/2024  29/02/2024 17:00      2
""")

# 02/09/2023 is the national day; its weekend gave Monday 04/09 and Friday 01/09 off as well.
DAYS_OFF = {parse_day("01/09/2023"), parse_day("04/09/2023")}
WORKING_DAYS = rows("""
    from        days  until
    ----------- ----- -----------
    21/08/2023  0     21/08/2023
    21/08/2023  1     22/08/2023
    21/08/2023  5     28/08/2023
    # From a Friday, a Saturday and a Sunday on
    25/08/2023  1     28/08/2023
    26/08/2023  1     28/08/2023
    27/08/2023  1     28/08/2023
    # Over the national day
    31/08/2023  1     05/09/2023
    30/08/2023  3     06/09/2023
""")


def is_day_off(date: dt.date) -> bool:
    return date.weekday() >= 5 or date in DAYS_OFF


@pytest.mark.parametrize("case", DUE, ids=lambda case: case["obligation"])
def test_due(case):
    due = PLAN.obligation(case["obligation"]).due_at(PLAN.timezone)
    written = "%d/%m/%Y %H:%M:%S"
    assert f"{due:{written}}" == case["last moment by the plan's clock"]
    assert f"{due.astimezone(dt.UTC):{written}}" == case["the same in UTC"]


def test_every_paper_of_every_year_is_in_the_table():
    papers = {each.id for each in PLAN.obligations if each.kind in {"unit_plan", "registration", "report"}}
    assert papers == {case["obligation"] for case in DUE}


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_figure_is_due_with_the_report(year):
    figures = [each for each in PLAN.obligations if each.kind == "figure" and each.year == year]
    assert {day(each.due_on) for each in figures} == {f"31/10/{year}"}


@pytest.mark.parametrize("case", LATENESS, ids=lambda case: f"{case['due']}: {case['handed in (UTC)']}")
def test_days_late(case):
    closes = end_of_day(parse_day(case["due"]), PLACE)
    moment = dt.datetime.strptime(case["handed in (UTC)"], "%d/%m/%Y %H:%M").replace(tzinfo=dt.UTC)
    assert days_past(closes, moment, ZoneInfo(PLACE)) == int(case["days late"])


@pytest.mark.parametrize("case", WORKING_DAYS, ids=lambda case: f"{case['from']} + {case['days']}")
def test_working_days(case):
    found = add_working_days(parse_day(case["from"]), int(case["days"]), is_day_off)
    assert day(found) == case["until"]


@given(st.dates(dt.date(2023, 1, 1), dt.date(2025, 12, 31)), st.integers(1, 60))
def test_exactly_that_many_working_days_lie_between(date, count):
    until = add_working_days(date, count, is_day_off)
    between = [date + dt.timedelta(days=n) for n in range(1, (until - date).days + 1)]
    assert not is_day_off(until)
    assert sum(not is_day_off(each) for each in between) == count
