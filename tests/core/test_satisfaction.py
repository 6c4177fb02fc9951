"""Satisfaction by both formulas, and how sure a share is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua.core.intervals import wilson
from thidua.core.satisfaction import Formula, Satisfaction


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # the values of Newcombe (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(part, whole, low, high):
    assert wilson(part, whole) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_to_count_has_no_interval():
    assert wilson(0, 0) is None


@given(st.integers(1, 10_000), st.data())
def test_the_interval_holds_the_share(whole, data):
    part = data.draw(st.integers(0, whole))
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole + 1e-12
    assert part / whole - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("counts", "share", "mean"),
    [
        ({5: 3, 4: 1}, 1.0, 0.95),
        ({5: 1, 3: 1}, 0.5, 0.8),
        ({1: 2}, 0.0, 0.2),
    ],
)
def test_both_formulas(counts, share, mean):
    people = sum(counts.values())
    assert Satisfaction(people, counts, Formula.SHARE).value == share
    assert Satisfaction(people, counts, Formula.MEAN).value == pytest.approx(mean)


@pytest.mark.parametrize("formula", list(Formula))
def test_without_a_valid_answer_there_is_no_value(formula):
    nobody = Satisfaction(3, {}, formula)
    assert (nobody.value, nobody.interval) == (None, None)


@given(st.dictionaries(st.integers(1, 5), st.integers(1, 500), min_size=1), st.sampled_from(list(Formula)))
def test_the_value_lies_in_its_interval(counts, formula):
    found = Satisfaction(max(sum(counts.values()) // 5, 1), counts, formula)
    low, high = found.interval
    assert 0 <= low <= found.value + 1e-9
    assert found.value - 1e-9 <= high <= 1
