"""Percent done of an initiative, from its milestones and their weights."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.tables import rows

from thidua.core.progress import percent_done


@dataclass
class Milestone:
    percent: int
    weight: int = 1


CASES = rows("""
    done         weights   percent
    ------------ --------- -------
    # No milestone: nothing is done yet
                           0
    0            1         0
    100          1         100
    50           1         50

    # Equal weights, whatever their size
    100 0        1 1       50
    100 0        7 7       50
    100 50 0     1 1 1     50

    # Weights need not add to 100
    100 0        3 1       75
    100 0        30 70     30
    100 100 40   2 2 1     88

    # Rounded down: 100 only when all is done
    100 100 0    1 1 1     66
    100 99       99 1      99
    100 100 99   50 49 1   99
    100 100 100  50 49 1   100
""")


def parse(case: dict[str, str]) -> list[Milestone]:
    return [
        Milestone(int(percent), int(weight))
        for percent, weight in zip(case["done"].split(), case["weights"].split(), strict=True)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " | ".join(case.values()))
def test_percent(case):
    assert percent_done(parse(case)) == int(case["percent"])


MILESTONES = st.lists(st.builds(Milestone, st.integers(0, 100), st.integers(1, 100)), min_size=1, max_size=8)


@given(MILESTONES)
def test_between_the_least_and_the_most_that_is_done(milestones):
    done = [each.percent for each in milestones]
    assert min(done) <= percent_done(milestones) <= max(done)


@given(MILESTONES)
def test_hundred_only_when_all_is_done(milestones):
    assert (percent_done(milestones) == 100) is all(each.percent == 100 for each in milestones)
