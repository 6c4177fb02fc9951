"""Where a unit stands on the board. Round 1 of 2023: opens on 07/08/2023, due on 25/08/2023, by the plan's clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from tests.spec.tables import rows

from thidua.core.days import end_of_day
from thidua.core.obligations import BoardState, StandingKind, state_of
from thidua.core.vietnamese import day, parse_day

PLACE = "Asia/Ho_Chi_Minh"
ZONE = ZoneInfo(PLACE)

CASES = rows("""
    now               papers     handed in         extended to  excused  unit ends   dropped state      done on     late
    ----------------- ---------- ----------------- ------------ -------- ----------- ------- ---------- ----------- ----
    # Nothing handed in
    06/08/2023 23:59  none                                                                   not_due                0
    07/08/2023 00:00  none                                                                   due                    0
    25/08/2023 23:59  none                                                                   due                    0
    26/08/2023 00:00  none                                                                   late                   1
    31/08/2023 08:00  none                                                                   late                   6
    31/10/2023 08:00  none                                                                   late                   67

    # A draft is nothing handed in
    01/08/2023 08:00  draft                                                                  draft                  0
    20/08/2023 08:00  draft                                                                  draft                  0
    25/08/2023 23:59  draft                                                                  draft                  0
    26/08/2023 00:00  draft                                                                  late                   1

    # Handed in, waiting for the office: the day of handing in counts, not the day of the office
    20/08/2023 08:00  submitted  18/08/2023 16:30                                            submitted              0
    30/08/2023 08:00  submitted  18/08/2023 16:30                                            submitted              0
    25/08/2023 23:59  submitted  25/08/2023 23:59                                            submitted              0
    30/08/2023 08:00  submitted  25/08/2023 23:59                                            submitted              0
    30/08/2023 08:00  submitted  26/08/2023 00:00                                            submitted              1
    30/08/2023 08:00  submitted  28/08/2023 09:00                                            submitted              3

    # Accepted: done on the day of handing in
    20/08/2023 08:00  accepted   18/08/2023 16:30                                            done       18/08/2023  0
    15/09/2023 08:00  accepted   25/08/2023 23:59                                            done       25/08/2023  0
    15/09/2023 08:00  accepted   26/08/2023 00:00                                            done       26/08/2023  1
    15/09/2023 08:00  accepted   04/09/2023 10:00                                            done       04/09/2023  10

    # Returned by the office: stays visible as returned, before and after the due day
    20/08/2023 08:00  returned   18/08/2023 16:30                                            returned               0
    30/08/2023 08:00  returned   18/08/2023 16:30                                            returned               0

    # Returned with a new day: late only past that day
    05/09/2023 23:59  returned   18/08/2023 16:30  05/09/2023                                returned               0
    06/09/2023 00:00  returned   18/08/2023 16:30  05/09/2023                                returned               1
    10/09/2023 08:00  returned   28/08/2023 09:00  05/09/2023                                returned               5

    # The board of an earlier day does not know what was handed in later
    20/08/2023 08:00  submitted  22/08/2023 09:00                                            due                    0
    27/08/2023 08:00  accepted   28/08/2023 09:00                                            late                   2
    06/08/2023 08:00  accepted   10/08/2023 09:00                                            not_due                0
    20/08/2023 08:00  returned   22/08/2023 09:00                                            due                    0

    # Extended: lateness counts from the new day, and the new day runs to its end
    26/08/2023 00:00  none                         05/09/2023                                due                    0
    05/09/2023 23:59  none                         05/09/2023                                due                    0
    06/09/2023 00:00  none                         05/09/2023                                late                   1
    30/08/2023 08:00  draft                        05/09/2023                                draft                  0
    10/09/2023 08:00  submitted  05/09/2023 23:59  05/09/2023                                submitted              0
    10/09/2023 08:00  accepted   07/09/2023 09:00  05/09/2023                                done       07/09/2023  2

    # Excused: wins over everything
    06/08/2023 08:00  none                                      yes                          excused                0
    31/08/2023 08:00  none                                      yes                          excused                0
    31/08/2023 08:00  draft                                     yes                          excused                0
    31/08/2023 08:00  submitted  30/08/2023 09:00               yes                          excused                0
    31/08/2023 08:00  accepted   30/08/2023 09:00               yes                          excused                0
    31/08/2023 08:00  returned   18/08/2023 16:30               yes                          excused                0

    # The unit closed: what it had handed in stays, everything else is owed no more from the day after its last
    26/08/2023 23:59  none                                               26/08/2023          late                   1
    27/08/2023 00:00  none                                               26/08/2023          closed                 0
    20/08/2023 08:00  draft                                              15/08/2023          closed                 0
    06/08/2023 08:00  none                                               01/08/2023          closed                 0
    30/08/2023 08:00  submitted  18/08/2023 16:30                        20/08/2023          submitted              0
    30/08/2023 08:00  accepted   18/08/2023 16:30                        20/08/2023          done       18/08/2023  0
    30/08/2023 08:00  returned   18/08/2023 16:30                        20/08/2023          closed                 0
    30/08/2023 08:00  none                         05/09/2023            26/08/2023          closed                 0
    30/08/2023 08:00  none                                      yes      20/08/2023          excused                0

    # A later version of the plan asks for it no more: it is closed, whatever was handed in
    31/08/2023 08:00  none                                                           yes     dropped                0
    31/08/2023 08:00  accepted   18/08/2023 16:30                                    yes     dropped                0
    31/08/2023 08:00  none                                      yes                  yes     dropped                0
""")


def moment(text: str) -> dt.datetime | None:
    return dt.datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZONE) if text else None


def standing(case: dict[str, str], zone: dt.tzinfo = ZONE):
    handed_in = moment(case["handed in"])
    return state_of(
        opens_on=parse_day("07/08/2023"),
        due_at=end_of_day(parse_day("25/08/2023"), PLACE),
        extended_to=end_of_day(parse_day(case["extended to"]), PLACE) if case["extended to"] else None,
        excused=case["excused"] == "yes",
        standing=case["papers"],
        submitted_at=handed_in.astimezone(zone) if handed_in else None,
        now=moment(case["now"]),
        unit_ends_on=parse_day(case["unit ends"]) if case["unit ends"] else None,
        dropped=case["dropped"] == "yes",
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(filter(None, case.values())))
def test_state(case):
    found = standing(case)
    assert (found.state, day(found.done_on) if found.done_on else "", str(found.days_late)) == (
        case["state"],
        case["done on"],
        case["late"],
    )


@pytest.mark.parametrize("case", [case for case in CASES if case["handed in"]], ids=lambda case: case["handed in"])
def test_the_clock_of_the_database_changes_nothing(case):
    """The database answers in UTC; the day is still the plan's day."""
    assert standing(case, dt.UTC) == standing(case)


def test_every_state_of_the_board_is_in_the_table():
    assert {case["state"] for case in CASES} == set(BoardState)


def test_every_standing_of_the_papers_is_in_the_table():
    assert {case["papers"] for case in CASES} == set(StandingKind)
