"""How a share is written: to a tenth of a percent, half up, without a space; "100%" is all of it, "0%" is none."""

import pytest
from tests.spec.tables import rows

from thidua.core.vietnamese import parse_number, percent

SHARES = rows("""
    part     whole    written
    -------  -------  -------
    987      1000     98,7%
    # 97,5609…
    280      287      97,6%
    2        3        66,7%
    1        2        50%
    # Half of a tenth goes up
    1235     10000    12,4%
    1245     10000    12,5%
    # All and none are so in full
    1        1        100%
    9996     10000    99,9%
    99999    100000   99,9%
    0        5        0%
    1        100000   0,1%
    # More than all
    5        4        125%
    100001   100000   100,1%
""")


@pytest.mark.parametrize("case", SHARES, ids=lambda case: f"{case['part']}-{case['whole']}")
def test_percent(case):
    assert percent(parse_number(case["part"]), parse_number(case["whole"])) == case["written"]
