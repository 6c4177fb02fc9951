"""What counts of a criterion where several say something of it: by field, as a whole, over units (ADR 29).

The criterion asks 90% in field A and in field B. A cell says what somebody says, numerator / denominator; "none" is
"nothing arose", "?" a file that lacks the column, "!" after the office's number that it accepted it, "~" that the
records changed afterwards.
"""

import datetime as dt
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.tables import rows
from tests.spec.test_figures import RATE

from thidua.core.figures import Verdict
from thidua.core.totals import Total, total
from thidua.core.values import Amount, Counted, Source, Stated, Value, furthest, value, whole

IN_FIELDS = replace(RATE, threshold=0.9, near=0.02, scopes=("A", "B"))
WHOLE = replace(IN_FIELDS, scopes=())
CEILING = replace(IN_FIELDS, threshold=0.1, direction="at_most")
AT_LEAST_ONE = replace(RATE, kind="count", threshold=1)
CRITERIA = {"in fields": IN_FIELDS, "whole": WHOLE, "ceiling": CEILING, "count": AT_LEAST_ONE}
MONDAY, TUESDAY, WEDNESDAY = (dt.datetime(2024, 1, day, 8, tzinfo=dt.UTC) for day in (8, 9, 10))

OF_ONE = rows("""
    declared  records  office    value   source
    --------- -------- --------- ------- -----------------
    95/100                       95/100  declared
    95/100    94/100             94/100  computed
    95/100    94/100   93/100    93/100  checked
    95/100    94/100   93/100!   93/100  accepted
    95/100    94/100   93/100~   93/100  checked, stale
    95/100    94/100   93/100!~  93/100  accepted, stale
    # Records that changed, and now say what the office found
    95/100    93/100   93/100~   93/100  checked
    # Records that were taken back after the check
    95/100    ?        93/100~   93/100  checked, stale
    # Nothing arose is a value
    95/100    none               none    computed
    none                         none    declared
    # A file that lacks the column says nothing
    95/100    ?                  95/100  declared
              94/100             94/100  computed
              ?                          nobody
""")

OF_FIELDS = rows("""
    A declared  A records  A office  B declared  B records  B office  whole declared  whole records  whole office  value    source           result
    ----------- ---------- --------- ----------- ---------- --------- --------------- -------------- ------------- -------- ---------------- ---------------
    # Records of both fields
                95/100                           95/100                               190/200                      190/200  computed         met
                95/100                           85/100                               180/200                      180/200  computed         missed
    # The office looked at one: the sum of the best, called by the weaker
    95/100      95/100     90/100                95/100                               190/200                      185/200  computed         met
    95/100      95/100     90/100!               95/100                               190/200                      185/200  computed         met
    95/100      95/100     89/100                99/100                               194/200                      188/200  computed         near
    95/100      95/100     90/100    95/100      95/100     95/100                    190/200                      185/200  checked          met
    95/100      95/100     90/100!   95/100      95/100     95/100                    190/200                      185/200  checked          met
    95/100      95/100     90/100~   95/100      95/100                               190/200                      185/200  computed, stale  met
    # The office looked at the whole: the fields stay as they are
                95/100                           85/100                               180/200        182/200       182/200  checked          missed
                95/100                           95/100                               190/200        170/200       170/200  checked          missed
    # Declared alone
    95/100                           85/100                                                                        180/200  declared         missed
    95/100                 94/100    96/100                                                                        190/200  declared         met
    95/100                 94/100    96/100                 96/100                                                 190/200  checked          met
    # A declared whole beside its fields is shown, not counted
    95/100                           95/100                           150/200                                      190/200  declared         met
                95/100                           95/100               150/200         190/200                      190/200  computed         met
                                                                      150/200                                      150/200  declared         missed
    # Records that know the whole know that a field has none
    90/100                           50/100      95/100                               95/100                       95/100   computed         met
    # Records of the whole alone go before fields that are declared, and not before fields that the office checked
    95/100                           95/100                                           150/200                      150/200  computed         missed
    95/100                 95/100    95/100                 95/100                    150/200                      190/200  checked          met
    # A field where nothing arose is left out
                95/100                           none                                 95/100                       95/100   computed         met
    none                             none                                                                          none     declared         not_applicable
    none                             95/100                                                                        95/100   declared         met
    # The file lacks the column
    95/100                           95/100                                           ?                            190/200  declared         met
    # Nobody says anything
                                                                                                                            nobody
""")  # noqa: E501 — one case a line

TOTALS = rows("""
    criterion  units                         sum      met    result
    ---------- ----------------------------- -------- ------ ---------------
    whole      95/100 85/100                 180/200  1/2    met
    whole      85/100 85/100                 170/200  0/2    missed
    whole      95/100 none                   95/100   1/1    met
    whole      none                          none     0/0    not_applicable
    ceiling    5/100 9/100                   14/200   2/2    met
    # In every field: met where each unit meets it
    in fields  95/100 85/100                 180/200  1/2    missed
    # A count is a share of units
    count      3 1 0                         2/3      2/3    missed
    count      3 1                           2/2      2/2    met
    count      none 1                        1/1      1/1    met
    count      none                          none     0/0    not_applicable
""")


def amount(text: str) -> Amount | None:
    """ "95/100", "none", "3" (a count) or nothing."""
    plain = text.rstrip("!~")
    if plain in ("", "?"):
        return None
    if plain == "none":
        return Amount(None)
    top, _slash, bottom = plain.partition("/")
    return Amount(Decimal(top), Decimal(bottom) if bottom else None)


def stated(declared: str, office: str) -> Stated | None:
    """The unit declares on Monday, the office decides on Tuesday, records come before it or on Wednesday."""
    if not declared and not office:
        return None
    found = amount(office)
    accepted = found if "!" in office else None
    checked = None if accepted else found
    moved_at = WEDNESDAY if "~" in office else MONDAY
    return Stated(amount(declared) or Amount(None), checked, accepted, TUESDAY if office else None, moved_at)


def counted(records: str) -> Counted | None:
    return Counted(amount(records)) if records else None


def known(found: dict) -> dict:
    return {scope: each for scope, each in found.items() if each is not None}


def of_case(case: dict[str, str], criterion=IN_FIELDS) -> Value:
    places = {"A": "A", "B": "B", None: "whole"}
    people = {scope: stated(case[f"{name} declared"], case[f"{name} office"]) for scope, name in places.items()}
    records = {scope: counted(case[f"{name} records"]) for scope, name in places.items()}
    by_field = bool(case["A records"] or case["B records"])
    return value(criterion, known(people), known(records), by_field=by_field)


def read(found: Value) -> tuple[str, str]:
    source = f"{found.source or 'nobody'}{', stale' if found.is_stale else ''}"
    return written(found.amount), source


def written(found: Amount | None) -> str:
    if found is None:
        return ""
    if found.numerator is None:
        return "none"
    return f"{found.numerator}" if found.denominator is None else f"{found.numerator}/{found.denominator}"


@pytest.mark.parametrize("case", OF_ONE, ids=lambda case: "·".join(case.values()))
def test_of_one(case):
    people, records = stated(case["declared"], case["office"]), counted(case["records"])
    found = whole(WHOLE, people, records)
    assert read(found) == (case["value"], case["source"])


@pytest.mark.parametrize("case", OF_FIELDS, ids=lambda case: "·".join(case.values()))
def test_of_fields(case):
    found = of_case(case)
    assert (*read(found), str(found.verdict or "")) == (case["value"], case["source"], case["result"])


@pytest.mark.parametrize("case", TOTALS, ids=lambda case: f"{case['criterion']} {case['units']}")
def test_totals(case):
    criterion = CRITERIA[case["criterion"]]
    units = [whole(criterion, Stated(amount(text)), None) for text in case["units"].split()]
    found = total(criterion, units)
    met, applicable = map(int, case["met"].split("/"))
    assert (written(found.amount), found.met, found.applicable) == (case["sum"], met, applicable)
    assert (found.verdict, found.units) == (Verdict(case["result"]), len(units))


def test_nobody_is_no_verdict():
    assert total(WHOLE, [whole(WHOLE, None, None)]) == Total(WHOLE, Amount(None), 0, 0, Counter())
    assert total(WHOLE, []).verdict is None


def test_a_whole_says_in_words_who_helped():
    row = dict.fromkeys(OF_FIELDS[0], "") | {
        "A records": "95/100", "A declared": "95/100", "A office": "90/100", "B records": "95/100",
        "whole records": "190/200",
    }  # fmt: skip
    assert of_case(row).told == "Từ dữ liệu; 1 lĩnh vực đã kiểm tra"
    assert of_case(row | {"A office": ""}).told == "Từ dữ liệu"


def test_what_was_declared_differs_from_records():
    assert whole(WHOLE, stated("95/100", ""), counted("94/100")).differs
    assert not whole(WHOLE, stated("95/100", ""), counted("190/200")).differs
    assert not whole(WHOLE, stated("none", ""), counted("94/100")).differs
    assert whole(AT_LEAST_ONE, stated("3", ""), counted("2/5")).differs


amounts = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
    lambda pair: Amount.of(Decimal(min(pair)), Decimal(max(pair)))
)
fields = st.dictionaries(st.sampled_from(["A", "B", "C", ""]), amounts, min_size=1)


@given(of_fields=fields, criterion=st.sampled_from([IN_FIELDS, WHOLE, CEILING]))
def test_read_folded_is_read_by_field(of_fields, criterion):
    """Records of one unit, once with their fields and once with the share that is furthest from the target."""
    bottom = sum(each.denominator or 0 for each in of_fields.values())
    top = sum(each.numerator or 0 for each in of_fields.values())
    together = Counted(Amount.of(Decimal(top), Decimal(bottom)))
    by_field = value(criterion, {}, {None: together} | {k: Counted(v) for k, v in of_fields.items()}, by_field=True)
    folded = whole(criterion, None, together, worst=furthest(criterion, (each.share for each in of_fields.values())))
    for name in ("amount", "source", "verdict", "met", "worst", "is_missed_in_a_field", "shown"):
        assert getattr(by_field, name) == getattr(folded, name), name


@given(of_fields=fields, office=amounts, accepted=st.booleans())
def test_the_office_is_never_passed_over(of_fields, office, accepted):
    """What the office found of a field stands in the sum, whatever records and units say."""
    people = {"A": Stated(Amount(Decimal(1), Decimal(9)), None if accepted else office, office if accepted else None)}
    records = {scope: Counted(each) for scope, each in of_fields.items()}
    found = value(IN_FIELDS, people, records, by_field=True)
    parts = {part.scope: part for part in found.parts}
    assert parts["A"].amount == office
    assert parts["A"].source is (Source.ACCEPTED if accepted else Source.CHECKED)
    sums = [part.amount for part in found.parts if part.amount and part.amount.arose]
    assert (found.numerator or 0) == sum(each.numerator for each in sums)
