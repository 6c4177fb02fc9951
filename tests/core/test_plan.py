"""The shipped plan, a plan as data and back, and what the reader says about bad input."""

import copy
import json
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.core.plan.data import as_data, from_data
from thidua.core.plan.reader import read

TEXT = resources.files("thidua").joinpath("plans", "cchc-2023-2025.toml").read_text(encoding="utf-8")
PLAN, PROBLEMS = read(TEXT, "cchc-2023-2025.toml")
UNITS = ("divisions", "schools", "centres", "institutions")

SMALL = """
id = "nho"
name = "Phong trào nhỏ"
short_name = "Nhỏ"
first_year = 2023
last_year = 2023
organisation = "Sở Mẫu"
legal_bases = []
purposes = []
requirements = []
kinds = []
fields = []
forms = []

[[audiences]]
id = "schools"
name = "Các trường"
kinds = ["school"]

[[rounds]]
id = "dot-1"
year = 2023
name = "Đợt 1"
kind = "register"
opens_on = 2023-08-07
closes_on = 2023-08-25

[[criteria]]
id = "signed"
audiences = ["schools"]
wording = "Ký số"
short = "Ký số"
kind = "ratio"
threshold = 1
source = "declared"
denominator = "Văn bản ký số / văn bản"

[[obligations]]
id = "figure-signed"
year = 2023
name = "Số liệu ký số"
kind = "figure"
audiences = ["schools"]
opens_on = 2023-08-25
due_on = 2023-10-31
criterion = "signed"
"""


def test_the_shipped_plan_has_no_error():
    assert PLAN is not None
    assert {problem.level for problem in PROBLEMS} <= {"warning"}


def test_the_reader_warns_where_both_rounds_of_2023_meet():
    assert [(problem.path, problem.code) for problem in PROBLEMS] == [("rounds.carry-out-2023.opens_on", "meeting")]
    lines = TEXT.splitlines()
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


@pytest.mark.parametrize("text", [TEXT, SMALL], ids=["shipped", "small"])
def test_a_plan_goes_through_json_and_back(text):
    plan, _problems = read(text, "plan.toml")
    assert from_data(json.loads(json.dumps(as_data(plan)))) == plan


def test_data_is_a_copy():
    data = as_data(PLAN)
    before = copy.deepcopy(data)
    from_data(data)
    assert data == before


BAD = {
    "syntax": ('name = "Phong trào nhỏ"', "name = Phong trào", "syntax", ""),
    "key twice": ('name = "Phong trào nhỏ"', 'name = "a"\nname = "b"', "syntax", ""),
    "unknown key": ("threshold = 1", "treshold = 1\nthreshold = 1", "unknown-key", "criteria.signed.treshold"),
    "missing key": ('wording = "Ký số"\n', "", "missing", "criteria.signed.wording"),
    "wrong type": ("first_year = 2023", 'first_year = "2023"', "type", "first_year"),
    "yes for a number": ("threshold = 1", "threshold = true", "type", "criteria.signed.threshold"),
    "no list": ('kinds = ["school"]', 'kinds = "school"', "type", "audiences.schools.kinds"),
    "duplicate id": (
        "[[rounds]]",
        '[[audiences]]\nid = "schools"\nname = "Nữa"\nkinds = ["centre"]\n\n[[rounds]]',
        "duplicate",
        "audiences.schools",
    ),
    "unknown audience": (
        'audiences = ["schools"]\nopens_on',
        'audiences = ["pupils"]\nopens_on',
        "reference",
        "obligations.figure-signed.audiences",
    ),
    "unknown criterion": (
        'criterion = "signed"',
        'criterion = "sealed"',
        "reference",
        "obligations.figure-signed.criterion",
    ),
    "threshold above one": ("threshold = 1", "threshold = 98", "threshold", "criteria.signed.threshold"),
    "threshold below zero": ("threshold = 1", "threshold = -0.1", "threshold", "criteria.signed.threshold"),
    "threshold no number": ("threshold = 1", "threshold = nan", "threshold", "criteria.signed.threshold"),
    "round ends first": ("closes_on = 2023-08-25", "closes_on = 2023-08-01", "dates", "rounds.dot-1.closes_on"),
    "due before open": ("due_on = 2023-10-31", "due_on = 2023-08-01", "dates", "obligations.figure-signed.due_on"),
    "year outside": ("year = 2023\nname = \"Đợt", "year = 2026\nname = \"Đợt", "year", "rounds.dot-1.year"),
    "word": ('kind = "ratio"', 'kind = "rate"', "word", "criteria.signed.kind"),
}  # fmt: skip


def test_the_small_plan_is_good():
    plan, problems = read(SMALL, "plan.toml")
    assert plan is not None
    assert [problem for problem in problems if problem.level == "error"] == []


@pytest.mark.parametrize(("old", "new", "code", "path"), BAD.values(), ids=BAD)
def test_bad_input_has_its_problem(old, new, code, path):
    assert old in SMALL
    plan, problems = read(SMALL.replace(old, new, 1), "plan.toml")
    assert plan is None
    found = [(problem.code, problem.path) for problem in problems if problem.level == "error"]
    assert (code, path) in found
    assert all(str(problem.sentence) for problem in problems)


def test_a_problem_names_its_line():
    text = SMALL.replace("threshold = 1", "threshold = 98")
    _plan, problems = read(text, "plan.toml")
    assert text.splitlines()[problems[0].line - 1] == "threshold = 98"


def test_a_near_key_is_suggested():
    _plan, problems = read(SMALL.replace("threshold = 1", "treshold = 1"), "plan.toml")
    unknown = next(problem for problem in problems if problem.code == "unknown-key")
    assert unknown.sentence.values["near"] == "threshold"


@given(st.text(max_size=200))
def test_the_reader_never_raises_on_text(text):
    plan, problems = read(text, "plan.toml")
    assert plan is None
    assert problems


VALUES = st.sampled_from(
    ['""', '"x"', "0", "-1", "98", "1e400", "nan", "true", "[]", "[1]", '["x"]', "{}", '{id = "x"}', "2023-08-25",
     "2023-08-25T10:00:00", "08:00:00"]
)  # fmt: skip
KEY_LINES = [n for n, line in enumerate(SMALL.splitlines()) if " = " in line]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEY_LINES), VALUES), min_size=1, max_size=4))
def test_the_reader_never_raises_on_other_values(changes):
    lines = SMALL.splitlines()
    for n, value in changes:
        lines[n] = f"{lines[n].split(' = ')[0]} = {value}"
    plan, problems = read("\n".join(lines), "plan.toml")
    assert (plan is None) is any(problem.level == "error" for problem in problems)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SMALL)), st.integers(0, 40), st.text(max_size=10))
def test_the_reader_never_raises_on_a_damaged_plan(start, length, text):
    read(SMALL[:start] + text + SMALL[start + length :], "plan.toml")
