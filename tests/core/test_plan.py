"""The shipped plan, and a plan as data and back."""

import copy
import json

import pytest
from tests.core.plans import SHIPPED, WITH_FORM

from thidua.core.plan.data import as_data, from_data
from thidua.core.plan.reader import read

PLAN, PROBLEMS = read(SHIPPED, "cchc-2023-2025.toml")
UNITS = ("divisions", "schools", "centres", "institutions")


def test_the_shipped_plan_has_no_error():
    assert PLAN is not None
    assert {problem.level for problem in PROBLEMS} <= {"warning"}


def test_the_reader_warns_where_both_rounds_of_2023_meet():
    assert [(problem.path, problem.code) for problem in PROBLEMS] == [("rounds.carry-out-2023.opens_on", "meeting")]
    lines = SHIPPED.splitlines()
    assert lines[PROBLEMS[0].line - 1] == "opens_on = 2023-08-25"


@pytest.mark.parametrize(
    ("obligation", "opens_on", "due_on"),
    [
        ("register-2023", "2023-08-07", "2023-08-25"),
        ("report-2023", "2023-08-25", "2023-10-31"),
        ("unit-plan-2024", "2024-01-01", "2024-03-31"),
        ("register-2024", "2024-01-01", "2024-03-31"),
        ("report-2024", "2024-09-01", "2024-10-31"),
        ("register-2025", "2025-01-01", "2025-03-31"),
        ("report-2025", "2025-09-01", "2025-10-31"),
    ],
)
def test_the_days_of_the_plan(obligation, opens_on, due_on):
    found = PLAN.obligation(obligation)
    assert (str(found.opens_on), str(found.due_on), found.audiences) == (opens_on, due_on, UNITS)


@pytest.mark.parametrize(
    ("criterion", "kind", "threshold"),
    [
        ("dossiers-on-time", "ratio", 0.98),
        ("petitions-on-time", "ratio", 0.95),
        ("apology-letters", "ratio", 1),
        ("satisfaction", "ratio", 0.95),
        ("registers", "count", 1),
        ("documents-electronic", "ratio", 1),
        ("official-email", "ratio", 1),
        ("documents-signed", "ratio", 1),
    ],
)
def test_the_targets_of_the_plan(criterion, kind, threshold):
    found = PLAN.criterion(criterion)
    assert (found.kind, found.threshold) == (kind, threshold)


def test_every_figure_asked_for_is_owed_by_those_whom_the_criterion_addresses():
    figures = [each for each in PLAN.obligations if each.kind == "figure"]
    assert figures
    for each in figures:
        assert each.audiences == PLAN.criterion(each.criterion).audiences


def test_every_year_has_the_same_duties():
    by_year = [
        {each.id.removesuffix(f"-{year}") for each in PLAN.obligations if each.year == year} for year in PLAN.years
    ]
    assert by_year[0] == by_year[1] == by_year[2]


def test_a_good_rating_and_better_pass():
    rating = PLAN.criterion("yearly-rating")
    assert rating.passing == rating.choices[:2]


def test_both_registration_forms_ask_the_same():
    division, unit = PLAN.form("dang-ky-phong"), PLAN.form("dang-ky-don-vi")
    assert division.questions == unit.questions
    assert set(division.audiences) | set(unit.audiences) == set(UNITS)


def test_the_report_to_the_city_has_its_day():
    assert [str(duty.due_on) for duty in PLAN.duties if duty.due_on] == ["2023-11-15"]


@pytest.mark.parametrize("text", [SHIPPED, WITH_FORM], ids=["shipped", "small"])
def test_a_plan_goes_through_json_and_back(text):
    plan, _problems = read(text, "plan.toml")
    assert from_data(json.loads(json.dumps(as_data(plan)))) == plan


def test_data_is_a_copy():
    data = as_data(PLAN)
    before = copy.deepcopy(data)
    from_data(data)
    assert data == before


def test_an_older_document_without_newer_keys_is_still_read():
    data = as_data(PLAN)
    for key in ("timezone", "indices", "awards"):
        del data[key]
    plan = from_data(data)
    assert (plan.timezone, plan.indices, plan.forms) == ("Asia/Ho_Chi_Minh", (), PLAN.forms)
