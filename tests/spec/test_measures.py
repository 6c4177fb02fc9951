"""The measures of the shipped plan, case by case, on every engine: the reference, DuckDB and (marker ``spark``) Spark.

What is counted in 2023, judged on the last day of the year: the same tables hold wherever records are counted.
"""

import dataclasses
import datetime as dt

import pytest
from tests.batches import parquet
from tests.core.plans import SHIPPED
from tests.spec.tables import rows

from thidua.core.measures import evaluate
from thidua.core.measures.schema import Measure, Period
from thidua.core.plan.reader import read
from thidua.core.records.datasets import ColumnType
from thidua.core.vietnamese import parse_day, percent
from thidua.dossiers.datasets import REGISTRATIONS
from thidua.reports.datasets import DOCUMENTS, DOSSIERS, PAYMENTS, SATISFACTION, STAFF

DATASETS = {each.id: each for each in (DOCUMENTS, DOSSIERS, PAYMENTS, REGISTRATIONS, SATISFACTION, STAFF)}
PLAN, _problems = read(SHIPPED, "cchc", datasets=DATASETS)
MEASURES = {each.id: each for each in PLAN.measures}
YEAR = Period.of_year(2023)
ENGINES = ["reference", "duckdb", pytest.param("spark", marks=pytest.mark.spark)]

# One dossier a line: whether it is in the whole and in the part of "solved on time", and where it counts apart
ON_TIME = rows("""
    field                 received    due         returned    status        letter_on   whole  part  apart
    --------------------- ----------- ----------- ----------- ------------- ----------- ------ ----- ---------------
    # Judged by the day: returned on the due day is on time
    Văn bằng, chứng chỉ   01/03/2023  10/03/2023  09/03/2023  returned                  1      1
    Văn bằng, chứng chỉ   01/03/2023  10/03/2023  10/03/2023  returned                  1      1
    Văn bằng, chứng chỉ   01/03/2023  10/03/2023  11/03/2023  returned                  1      0

    # The day of return says which year it belongs to
    Giáo dục trung học    20/12/2022  10/01/2023  01/01/2023  returned                  1      1
    Giáo dục trung học    01/12/2023  31/12/2023  31/12/2023  returned                  1      1
    Giáo dục trung học    01/12/2022  10/01/2023  31/12/2022  returned                  0      0
    Giáo dục trung học    20/12/2023  10/01/2024  01/01/2024  returned                  0      0

    # Pending at the end of the year: overdue where the due day has passed
    Giáo dục trung học    01/12/2023  30/12/2023              pending                   0      0     pending_overdue
    Giáo dục trung học    01/12/2023  31/12/2023              pending                   0      0
    Giáo dục trung học    01/12/2023  15/12/2023  02/01/2024  returned                  0      0     pending_overdue
    Giáo dục trung học    01/12/2023  05/01/2024              pending                   0      0

    # Days win over words: a dossier without a state, or called pending, that was returned is returned
    Tổ chức cán bộ        01/03/2023  10/03/2023  11/03/2023                            1      0
    Tổ chức cán bộ        01/03/2023  10/03/2023  10/03/2023  pending                   1      1

    # Withdrawn and not accepted are told by the state alone, and are in no rate
    Tổ chức cán bộ        01/03/2023  10/03/2023              withdrawn                 0      0     withdrawn
    Tổ chức cán bộ        01/03/2023  10/03/2023  10/03/2023  not_accepted              0      0     withdrawn
    Tổ chức cán bộ        01/03/2023  10/03/2023  10/01/2024  withdrawn                 0      0

    # A letter dated on the due day or later is late
    Văn bằng, chứng chỉ   01/03/2023  10/03/2023  11/03/2023  returned      09/03/2023  1      0
    Văn bằng, chứng chỉ   01/03/2023  10/03/2023  11/03/2023  returned      10/03/2023  1      0     letters_late

    # Petitions, complaints and denunciations have a measure of their own, by a part of the name of the field
    Giải quyết KHIẾU NẠI  01/03/2023  10/03/2023  11/03/2023  returned                  0      0
    Xử lý đơn thư         01/03/2023  10/03/2023              pending                   0      0
    Tiếp công dân         01/03/2023  10/03/2023              withdrawn                 0      0

    # A dossier without a field counts in the whole
                          01/03/2023  10/03/2023  10/03/2023  returned                  1      1

    # A due day that is not known is not met
    Văn bằng, chứng chỉ   01/03/2023              10/03/2023  returned                  1      0
""")

PETITIONS = rows("""
    field                 received    due         returned    status        whole  part  apart
    --------------------- ----------- ----------- ----------- ------------- ------ ----- ---------------
    Giải quyết khiếu nại  01/03/2023  10/03/2023  10/03/2023  returned      1      1
    giai quyet to cao     01/03/2023  10/03/2023  11/03/2023  returned      1      0
    Xử lý đơn             01/03/2023  10/03/2023              pending       0      0     pending_overdue
    Tiếp công dân         01/03/2023  10/03/2023              withdrawn     0      0     withdrawn
    Văn bằng, chứng chỉ   01/03/2023  10/03/2023  10/03/2023  returned      0      0
                          01/03/2023  10/03/2023  10/03/2023  returned      0      0
""")

LETTERS = rows("""
    field       received    due         returned    status      letter   letter_on   whole  part  apart
    ----------- ----------- ----------- ----------- ----------- -------- ----------- ------ ----- ---------------
    # Late dossiers of the year; a number or a day is a letter
    Trung học   01/03/2023  10/03/2023  11/03/2023  returned                         1      0
    Trung học   01/03/2023  10/03/2023  11/03/2023  returned    12/TXL               1      1
    Trung học   01/03/2023  10/03/2023  11/03/2023  returned             09/03/2023  1      1
    Trung học   01/03/2023  10/03/2023  11/03/2023  returned    13/TXL   12/03/2023  1      1     letters_late

    # In time, of another year, withdrawn, a petition: none of them asks for a letter here
    Trung học   01/03/2023  10/03/2023  10/03/2023  returned                         0      0
    Trung học   01/03/2022  10/03/2022  11/03/2022  returned                         0      0
    Trung học   01/03/2023  10/03/2023  11/03/2023  withdrawn                        0      0     withdrawn
    Xử lý đơn   01/03/2023  10/03/2023  11/03/2023  returned                         0      0
    Trung học   01/03/2023  10/03/2023              pending     14/TXL               0      0     pending_overdue
""")

ELECTRONIC = rows("""
    issued      form        is_secret  whole  part
    ----------- ----------- ---------- ------ -----
    01/03/2023  electronic  no         1      1
    01/03/2023  both                   1      1
    01/03/2023  paper                  1      0
    01/03/2023  electronic  yes        0      0
    01/03/2024  electronic  no         0      0
""")

SIGNED = rows("""
    issued      form        is_secret  is_signed  whole  part
    ----------- ----------- ---------- ---------- ------ -----
    01/03/2023  electronic  no         yes        1      1
    01/03/2023  both                   yes        1      1
    01/03/2023  electronic  no         no         1      0
    01/03/2023  electronic                        1      0
    01/03/2023  paper       no         yes        0      0
    01/03/2023  electronic  yes        yes        0      0
""")

EMAIL = rows("""
    email              left_on     whole  part
    ------------------ ----------- ------ -----
    tphcm.gov.vn                   1      1
    hcm.edu.vn                     1      1
    có                             1      1
    gmail.com                      1      0
                                   1      0
    tphcm.gov.vn       31/12/2022  0      0
    tphcm.gov.vn       01/01/2023  1      1
""")

PAID = rows("""
    paid        means       whole  part
    ----------- ----------- ------ -----
    01/03/2023  electronic  1      1
    01/03/2023  cash        1      0
    01/03/2022  electronic  0      0
""")

SATISFIED = rows("""
    answered    level  whole  part
    ----------- ------ ------ -----
    01/03/2023  5      1      1
    01/03/2023  4      1      1
    01/03/2023  3      1      0
    01/03/2023  1      1      0
    # No level of the five is no valid answer
    01/03/2023  6      0      0
    01/03/2023  0      0      0
    01/03/2023         0      0
    01/03/2024  5      0      0
""")

# A registration counts once it is handed in, and as long as it is neither returned nor withdrawn
REGISTERED = rows("""
    state      whole  part
    ---------- ------ -----
    submitted  1      1
    accepted   1      1
    returned   1      0
    presented  1      0
    withdrawn  1      0
""")

TABLES = {
    "dossiers-on-time": ON_TIME,
    "petitions-on-time": PETITIONS,
    "apology-letters": LETTERS,
    "documents-electronic": ELECTRONIC,
    "documents-signed": SIGNED,
    "official-email": EMAIL,
    "electronic-payment": PAID,
    "satisfaction": SATISFIED,
    "registers": REGISTERED,
}


def value(type: ColumnType, text: str):
    if text == "":
        return None
    if type is ColumnType.DAY:
        return parse_day(text)
    if type is ColumnType.YES_NO:
        return text == "yes"
    return int(text) if type is ColumnType.COUNT else text


def record(dataset, case: dict[str, str], unit: str) -> dict:
    columns = {column.name: column.type for column in dataset.columns}
    return {"_unit": unit, **{name: value(columns[name], text) for name, text in case.items() if name in columns}}


@pytest.fixture(params=ENGINES)
def count(request, tmp_path):
    """``count(measure, rows, until=…)`` on one engine; rows are split over several files, as batches are."""
    from thidua.analytics import engine

    def on_engine(measure: Measure, records: list[dict], until=YEAR.end):
        dataset = DATASETS[measure.dataset]
        if request.param == "reference":
            return evaluate.evaluate(measure, dataset, records, YEAR, until)
        files = []
        for n in range(0, len(records), 7):
            files.append(tmp_path / f"{n}.parquet")
            files[-1].write_bytes(parquet(dataset, records[n : n + 7]))
        names = [str(file) for file in files]
        return engine.count(measure, dataset, names, YEAR, until, engine=engine.Engine(request.param))

    return on_engine


@pytest.mark.parametrize("name", TABLES)
def test_each_row_counts_as_its_table_says(name, count):
    """Every case is a unit of its own, so that one query tells where each of them counts."""
    measure, cases = MEASURES[name], TABLES[name]
    records = [record(DATASETS[measure.dataset], case, f"{n:03}") for n, case in enumerate(cases)]
    wholes = [each for each in count(measure, records) if each.scope is None and each.month is None]
    assert [each.unit for each in wholes] == [f"{n:03}" for n in range(len(cases))]
    found = [
        {"whole": f"{each.denominator:.0f}", "part": f"{each.numerator:.0f}", "apart": _apart(each)} for each in wholes
    ]
    wanted = [{"whole": case["whole"], "part": case["part"], "apart": case.get("apart", "")} for case in cases]
    assert found == wanted


def _apart(count) -> str:
    return ", ".join(name for name, n in count.apart.items() if n)


def test_every_shipped_measure_has_its_table():
    assert set(TABLES) == set(MEASURES)


TOTALS = rows("""
    unit        field                month    numerator  denominator  share
    ----------- -------------------- -------- ---------- ------------ ------
    phong-a                                   3          4            75%
    phong-a                          2023-03  2          3            66,7%
    phong-a                          2023-04  1          1            100%
    phong-a     (none)                        1          1            100%
    phong-a     (none)               2023-03  1          1            100%
    phong-a     Giáo dục Trung học            2          3            66,7%
    phong-a     Giáo dục Trung học   2023-03  1          2            50%
    phong-a     Giáo dục Trung học   2023-04  1          1            100%
    # Nothing returned: neither 0% nor 100%, and the pending one is still told
    phong-b                                   0          0            none
    phong-b     Giáo dục trung học            0          0            none
""")


def test_totals_of_units_fields_and_months(count):
    def dossier(unit, field, due, returned):
        days = {"received": dt.date(2023, 3, 1), "due": due, "returned": returned}
        return {"_unit": unit, "field": field, "status": None, **days}

    march, april = dt.date(2023, 3, 10), dt.date(2023, 4, 10)
    found = count(
        MEASURES["dossiers-on-time"],
        [
            dossier("phong-a", "Giáo dục trung học", march, march),
            dossier("phong-a", "Giáo dục Trung học", march, march + dt.timedelta(1)),
            dossier("phong-a", "Giáo dục trung học", april, april),
            dossier("phong-a", None, march, march),
            dossier("phong-b", "Giáo dục trung học", march, None),
        ],
    )
    shown = [
        {
            "unit": each.unit,
            "field": "(none)" if each.scope == "" else each.scope or "",
            "month": each.month or "",
            "numerator": f"{each.numerator:.0f}",
            "denominator": f"{each.denominator:.0f}",
            "share": "none" if each.value is None else percent(each.value),
        }
        for each in found
    ]
    assert shown == TOTALS
    assert found[-1].apart["pending_overdue"] == 1


def test_pending_is_judged_on_the_day_that_is_given(count):
    pending = {"_unit": "a", "received": dt.date(2023, 3, 1), "due": dt.date(2023, 6, 30), "returned": None}
    measure = MEASURES["dossiers-on-time"]
    assert count(measure, [pending], until=dt.date(2023, 6, 30))[0].apart["pending_overdue"] == 0
    assert count(measure, [pending], until=dt.date(2023, 7, 1))[0].apart["pending_overdue"] == 1


def test_a_mean_sums_the_column_over_the_highest_value(count):
    mean = Measure(
        "mean", "satisfaction", "satisfaction", "", "level between 1 and 5", day="answered", mean_of="level", out_of=5
    )
    answers = [{"_unit": "a", "answered": YEAR.start, "level": level} for level in (5, 4, 3, None, 9)]
    (whole, _month) = count(mean, answers)
    assert (whole.numerator, whole.denominator) == (12 / 5, 3)


def test_the_order_in_which_a_measure_names_its_counts_changes_nothing(count):
    """The database keeps a plan with its keys in an order of its own."""
    measure = MEASURES["dossiers-on-time"]
    turned = dataclasses.replace(measure, apart=dict(reversed(measure.apart.items())))
    overdue = {"_unit": "a", "received": dt.date(2023, 3, 1), "due": dt.date(2023, 6, 30), "returned": None}
    for each in (measure, turned):
        assert count(each, [overdue])[0].apart == {"pending_overdue": 1, "withdrawn": 0, "letters_late": 0}
