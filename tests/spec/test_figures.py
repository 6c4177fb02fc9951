"""Declared figures: what cannot be true, and how a figure stands against its target. A rate is never typed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.tables import rows

from thidua.core.figures import Verdict, check_figure, merit, target, verdict
from thidua.core.plan.schema import Criterion
from thidua.core.refusals import Denied
from thidua.core.vietnamese import parse_number

RATE = Criterion(
    id="on-time",
    audiences=("divisions",),
    wording="Hồ sơ đúng hạn từ 98% trở lên",
    short="Hồ sơ đúng hạn",
    kind="ratio",
    threshold=0.98,
    source="declared",
    denominator="Hồ sơ đúng hạn / hồ sơ đã giải quyết",
)
CRITERIA = {
    "rate": RATE,
    "count": replace(RATE, kind="count", threshold=1),
    "ceiling": replace(RATE, threshold=0.05, direction="at_most"),
    "few": replace(RATE, kind="count", threshold=2, direction="at_most"),
}

CHECKS = rows("""
    criterion  numerator  denominator  none  reason           at fault     answer
    ---------- ---------- ------------ ----- ---------------- ------------ --------------------------------
    rate       98         100                                              accepted
    rate       100        100                                              accepted
    rate       0          100                                              accepted
    rate       12,5       20                                               accepted
    count      3                                                           accepted
    count      0                                                           accepted

    # Nothing arose is said, with a reason; it is never 0 of 0
    rate                               yes   Không có hồ sơ                accepted
    count                              yes   Không có đơn                  accepted
    rate                               yes                    reason       Write why nothing arose.
    rate       0          0                                   denominator  The denominator is zero: …
    rate       0          0                  Không có hồ sơ   denominator  The denominator is zero: …

    # What cannot be
    rate       101        100                                 numerator    The numerator is larger than the denominator.
    rate       -1         100                                 numerator    A count cannot be negative.
    rate       1          -100                                denominator  A count cannot be negative.
    count      -1                                             numerator    A count cannot be negative.

    # What is left empty
    rate                  100                                 numerator    This is still empty.
    rate       98                                             denominator  This is still empty.
    rate                                                      numerator    This is still empty.
    count                                                     numerator    This is still empty.
""")

VERDICTS = rows("""
    criterion  numerator  denominator  verdict
    ---------- ---------- ------------ ----------------
    # At least 98%; from 96% on it is nearly met
    rate       100        100          met
    rate       98         100          met
    rate       49         50           met
    rate       9799       10000        near
    rate       96         100          near
    rate       9599       10000        missed
    rate       0          100          missed

    # Nothing arose: neither 0% nor 100%
    rate                               not_applicable
    rate       0          0            not_applicable

    # A number: nothing is nearly met
    count      1                       met
    count      2                       met
    count      0                       missed

    # At most 5%
    ceiling    0          100          met
    ceiling    5          100          met
    ceiling    7          100          near
    ceiling    8          100          missed

    # At most two
    few        2                       met
    few        3                       missed
""")


TARGETS = rows("""
    criterion  at    reads
    ---------- ----- ---------------
    rate       0,98  from 98%
    rate       0,995 from 99,5%
    rate       1     100%
    count      1     from 1
    count      1200  from 1.200
    ceiling    0,05  at most 5%
    ceiling    1     at most 100%
    few        2     at most 2
""")

BETTER = rows("""
    criterion  one    other  better
    ---------- ------ ------ ------
    rate       0,99   0,98   one
    ceiling    0,02   0,05   one
    ceiling    0,05   0,02   other
    few        3      1      other
""")


def decimal(text: str) -> Decimal | None:
    return parse_number(text) if text else None


@pytest.mark.parametrize("case", CHECKS, ids=lambda case: " ".join(filter(None, case.values()))[:60])
def test_check(case):
    fault, answer = "", "accepted"
    try:
        check_figure(
            CRITERIA[case["criterion"]],
            decimal(case["numerator"]),
            decimal(case["denominator"]),
            nothing_arose=case["none"] == "yes",
            reason=case["reason"],
        )
    except Denied as refusal:
        (fault,) = refusal.fields
        answer = refusal.sentence.message
    beginning, cut, _rest = case["answer"].partition("…")
    assert fault == case["at fault"]
    assert answer.startswith(beginning) if cut else answer == beginning


@pytest.mark.parametrize("case", VERDICTS, ids=lambda case: " ".join(filter(None, case.values())))
def test_verdict(case):
    found = verdict(CRITERIA[case["criterion"]], decimal(case["numerator"]), decimal(case["denominator"]))
    assert found == case["verdict"]


def test_every_verdict_is_in_the_table():
    assert {case["verdict"] for case in VERDICTS} == set(Verdict)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100))
def test_met_exactly_when_the_whole_numbers_say_so(numerator, denominator, target):
    criterion = replace(RATE, threshold=target / 100)
    is_met = verdict(criterion, Decimal(numerator), Decimal(denominator)) is Verdict.MET
    assert is_met is (100 * numerator >= target * denominator)


@given(st.integers(-5, 200), st.integers(-5, 100))
def test_what_is_accepted_is_a_share(numerator, denominator):
    try:
        check_figure(RATE, Decimal(numerator), Decimal(denominator), nothing_arose=False, reason="")
    except Denied:
        return
    assert 0 <= numerator <= denominator
    assert denominator > 0


@pytest.mark.parametrize("case", TARGETS, ids=lambda case: case["reads"])
def test_target_in_words(case):
    criterion = replace(CRITERIA[case["criterion"]], threshold=float(parse_number(case["at"])))
    found = target(criterion)
    assert (found if isinstance(found, str) else found.message % found.values) == case["reads"]


@pytest.mark.parametrize("case", BETTER, ids=lambda case: " ".join(case.values()))
def test_which_of_two_values_is_better(case):
    one, other = (merit(CRITERIA[case["criterion"]], parse_number(case[name])) for name in ("one", "other"))
    assert (one > other) == (case["better"] == "one")
