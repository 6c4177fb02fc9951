"""What a new version of the plan does to one thing that is owed. The second version is published on 15/01/2026."""

import datetime as dt

import pytest
from tests.spec.tables import rows

from thidua.core.days import end_of_day
from thidua.core.obligations import DueDate, FactKind, date_shown
from thidua.core.plan.consequences import Stands, due_for_newcomer, outcome
from thidua.core.plan.schema import Obligation
from thidua.core.vietnamese import day, parse_day

PLACE = "Asia/Ho_Chi_Minh"
PUBLISHED = end_of_day(dt.date(2026, 1, 15), PLACE)

CASES = rows("""
    before      after       handed in  extended to  was closed  becomes      due         extension   falls
    ----------- ----------- ---------- ------------ ----------- ------------ ----------- ----------- -----------
    # The date moves forward, or back, for who has not handed in
    29/01/2026  26/02/2026                                      moved        26/02/2026
    26/02/2026  29/01/2026                                      moved        29/01/2026
    29/01/2026  29/01/2026

    # Never before the day of publishing, so nobody is late by a date that was announced after it had passed
    26/02/2026  10/01/2026                                      moved        15/01/2026
    05/01/2026  10/01/2026                                      moved        15/01/2026
    05/01/2026  26/02/2026                                      moved        26/02/2026

    # What was handed in keeps its date, and with it the lateness that was judged
    29/01/2026  26/02/2026  yes                                 kept         29/01/2026
    26/02/2026  29/01/2026  yes                                 kept         26/02/2026
    29/01/2026  29/01/2026  yes

    # An extension by hand stands where it lies later than the new date, and falls where it does not
    29/01/2026  26/02/2026             15/03/2026               moved        26/02/2026  15/03/2026
    29/01/2026  26/02/2026             26/02/2026               moved        26/02/2026              26/02/2026
    29/01/2026  26/02/2026             10/02/2026               moved        26/02/2026              10/02/2026
    26/02/2026  29/01/2026             15/03/2026               moved        29/01/2026  15/03/2026
    29/01/2026  29/01/2026             15/03/2026
    29/01/2026  26/02/2026  yes        15/03/2026               kept         29/01/2026  15/03/2026

    # What is asked no more is closed, whatever was handed in; it comes back with a later version that asks for it
    29/01/2026                                                  dropped      29/01/2026
    29/01/2026              yes                                 dropped      29/01/2026
    29/01/2026                         15/03/2026               dropped      29/01/2026  15/03/2026
    29/01/2026                                      yes
    29/01/2026  26/02/2026                          yes         asked_again  26/02/2026
    29/01/2026  29/01/2026                          yes         asked_again  29/01/2026
    05/01/2026  05/01/2026                          yes         asked_again  15/01/2026
    29/01/2026  26/02/2026  yes                     yes         asked_again  29/01/2026
""")


def planned(due: str, **more) -> Obligation | None:
    if not due:
        return None
    values = {"id": "dk", "year": 2026, "name": "Đăng ký", "kind": "registration", "audiences": ("truong",)}
    return Obligation(**values, opens_on=dt.date(2026, 1, 1), due_on=parse_day(due), **more)


def moment(text: str) -> dt.datetime | None:
    return end_of_day(parse_day(text), PLACE) if text else None


def shown(moment: dt.datetime | None) -> str:
    return day(moment.date()) if moment else ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(filter(None, case.values())))
def test_outcome(case):
    before, after = planned(case["before"]), planned(case["after"])
    stands = Stands(
        moment(case["before"]),
        moment(case["extended to"]),
        handed_in=case["handed in"] == "yes",
        dropped=case["was closed"] == "yes",
    )
    made = outcome(stands, before, after, before, zone=PLACE, day=PUBLISHED)
    found = (made.effect, shown(made.due_at), shown(made.extended_to), shown(made.fallen)) if made else ("", "", "", "")
    assert found == (case["becomes"], case["due"], case["extension"], case["falls"])


def test_other_terms_are_told_even_where_the_date_stays():
    stands = Stands(moment("29/01/2026"))
    before, after = planned("29/01/2026"), planned("29/01/2026", at_least=2)
    made = outcome(stands, before, after, before, zone=PLACE, day=PUBLISHED)
    assert (made.effect, shown(made.due_at)) == (FactKind.REWORDED, "29/01/2026")


def test_what_was_handed_in_two_versions_ago_is_told_once():
    """The third version changes nothing against the second, so it says nothing of what still stands under the first."""
    stands, second = Stands(moment("29/01/2026"), handed_in=True), planned("26/02/2026")
    assert outcome(stands, planned("29/01/2026"), second, second, zone=PLACE, day=PUBLISHED) is None


def test_taken_back_it_is_owed_on_the_terms_in_force():
    stands, second = Stands(moment("29/01/2026")), planned("26/02/2026")
    made = outcome(stands, planned("29/01/2026"), second, second, zone=PLACE, day=PUBLISHED)
    assert (made.effect, shown(made.due_at)) == (FactKind.MOVED, "26/02/2026")


NEWCOMERS = rows("""
    planned     first version  new in this version  year runs  due
    ----------- -------------- -------------------- ---------- -----------
    # The first version follows the plan on paper, whatever the day
    05/01/2026  yes            yes                  yes        05/01/2026
    31/10/2023  yes            yes                             31/10/2023

    # What still lies ahead is due on its day
    26/02/2026                                      yes        26/02/2026
    26/02/2026                 yes                  yes        26/02/2026
    15/01/2026                                      yes        15/01/2026
    26/02/2027                                                 26/02/2027

    # What has passed: due on the day itself if the version brings it, or if a unit that came late can still hand it in
    05/01/2026                 yes                  yes        15/01/2026
    31/10/2025                 yes                             15/01/2026
    05/01/2026                                      yes        15/01/2026
    31/10/2025
""")


@pytest.mark.parametrize("case", NEWCOMERS, ids=lambda case: " ".join(filter(None, case.values())))
def test_what_somebody_owes_who_did_not_owe_it(case):
    due = due_for_newcomer(
        moment(case["planned"]),
        day=PUBLISHED,
        is_first=case["first version"] == "yes",
        is_new=case["new in this version"] == "yes",
        is_running=case["year runs"] == "yes",
    )
    assert shown(due) == case["due"]


SHOWN = rows("""
    units                                      date
    ------------------------------------------ -----------
    26/02/2026 26/02/2026                      26/02/2026
    29/01/2026(in) 29/01/2026(in) 26/02/2026   26/02/2026
    29/01/2026(in) 29/01/2026(in)              29/01/2026
    26/02/2026 26/02/2026 15/01/2026           26/02/2026
    26/02/2026 15/01/2026                      26/02/2026
""")


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case["units"])
def test_the_one_date_above_many_units_is_the_one_in_force(case):
    dates = [DueDate(moment(each.removesuffix("(in)")), each.endswith("(in)")) for each in case["units"].split()]
    assert shown(date_shown(dates)) == case["date"]
