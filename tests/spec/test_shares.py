"""Shares of co-authors: each above 0% and at most 100%, together exactly 100%."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.tables import rows

from thidua.core.refusals import Denied
from thidua.core.shares import check_shares
from thidua.core.vietnamese import parse_number

CASES = rows("""
    shares              answer
    ------------------- ------------------------------------------------
    100                 accepted
    60 40               accepted
    50 30 20            accepted
    33,3 33,3 33,4      accepted
    33,33 33,33 33,34   accepted
    99,99 0,01          accepted
    100,00              accepted

    # The sum is too small
    60 30               The shares add to 90%; 10% is missing.
    99                  The shares add to 99%; 1% is missing.
    33,3 33,3 33,3      The shares add to 99,9%; 0,1% is missing.

    # The sum is too large
    60 50               The shares add to 110%; 10% is too much.
    33,4 33,4 33,4      The shares add to 100,2%; 0,2% is too much.
    100 100             The shares add to 200%; 100% is too much.

    # One share is impossible, whatever the sum
    100 0               A share lies above 0% and at most at 100%.
    120 -20             A share lies above 0% and at most at 100%.
    100,5               A share lies above 0% and at most at 100%.

    # Nobody
                        Name at least one author.
""")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['shares']}: {case['answer']}")
def test_answer(case):
    assert answer([parse_number(share) for share in case["shares"].split()]) == case["answer"]


def answer(shares: list[Decimal]) -> str:
    try:
        check_shares(shares)
    except Denied as refusal:
        message, values = refusal.sentence.message, refusal.sentence.values
        return message % values if values else message
    return "accepted"


@given(st.lists(st.integers(1, 9_999), unique=True, max_size=9))
def test_any_whole_cut_into_parts_is_accepted(cuts):
    edges = [0, *sorted(cuts), 10_000]
    check_shares([Decimal(high - low) / 100 for low, high in pairwise(edges)])


@given(st.lists(st.decimals("0.01", "100", places=2), min_size=1, max_size=6))
def test_accepted_exactly_when_the_sum_is_100(shares):
    assert (answer(shares) == "accepted") is (sum(shares) == 100)
