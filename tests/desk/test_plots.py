"""The line of the overview on which the rounds of a campaign lie."""

import datetime as dt

import pytest
from tests.core.plans import SHIPPED_PLANS, SMALL

from thidua.core.plan.reader import read
from thidua.desk import plots


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("cchc-2023-2025", ["08/2023", "01/2024", "01/2025", "10/2025"]),
        ("truong-hoc-2023-2024", ["09/2023", "01/2024", "05/2024"]),
        ("so-hoa-2024", ["03/2024", "05/2024"]),
    ],
)
def test_the_line_runs_from_the_first_round_to_the_last(name, months):
    plan, _problems = read(SHIPPED_PLANS[name], name)
    found = plots.timeline(plan, today=dt.date(2024, 1, 15))
    assert [each.name for each in found.months] == months
    ends = [float(band.x) + float(band.width) for band in found.bands]
    assert max(ends) <= plots.RIGHT + 3
    assert bool(found.today) == (name != "so-hoa-2024")


def test_a_round_of_one_day_lies_on_the_line_of_its_month():
    plan, _problems = read(SMALL.replace("closes_on = 2023-08-25", "closes_on = 2023-08-07"), "plan.toml")
    found = plots.timeline(plan, today=dt.date(2024, 1, 1))
    assert [each.name for each in found.months] == ["08/2023", "08/2023"]
    assert not found.today
