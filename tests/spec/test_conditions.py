"""The language of conditions: what it understands, what it refuses and how, and how unknown values behave."""

import datetime as dt

import pytest
from tests.spec.tables import rows

from thidua.core.measures import evaluate, language
from thidua.core.measures.schema import Period
from thidua.reports.datasets import DOSSIERS

# "ok", or the kind of fault and what its sentence names
READ = rows("""
    condition                                            answer            names
    ---------------------------------------------------- ----------------- ----------------------------
    returned <= due                                      ok
    returned between period_start and period_end         ok
    returned >= date '2023-07-01' or due = '2023-07-01'  ok
    status is null or status not in ('withdrawn')        ok
    names(field, 'khiếu nại') is not true                ok
    days_between(due, returned) - working_days > -2.5    ok
    not (letter is null and letter_on is null)           ok

    # What nobody knows here is named
    retunred <= due                                      unknown-column    retunred
    other.due = due                                      not-allowed       other.due
    lower(code) = 'x'                                    unknown-function  lower
    now() > due                                          unknown-function  now
    case when true then true end                         unknown-function  case
    status = 'withdrawnn'                                unknown-value     withdrawnn

    # Files, tables and other queries cannot be reached
    read_csv('/etc/passwd') is null                      unknown-function  read_csv
    due in (select due from dossiers)                    not-allowed       SELECT
    exists(select 1)                                     not-allowed       SELECT
    select 1                                             not-allowed       SELECT 1
    due = due; due = due                                 not-allowed       due = due; due = due
    'dossiers.parquet'                                   type              dossiers.parquet
    due = ?                                              not-allowed       ?

    # A measure counts; it divides and converts nothing
    working_days / 0 > 1                                 division          working_days / 0
    working_days % 2 = 1                                 division          working_days % 2
    cast(due as text) = 'x'                              not-allowed       cast
    due::text = 'x'                                      not-allowed       ::

    # Each with its like
    due                                                  type              due
    due = 5                                              type              a day with a number
    due = '2023-02-30'                                   day               2023-02-30
    due + 1 > returned                                   type              a number is needed
    code < 'x'                                           type              order
    letter = null                                        null              is null
    names(code, 'x')                                     type              field
    names(field)                                         arguments         one or more names
    days_between(due)                                    arguments         two days
    returned <=                                          syntax            character
""")

# Truth with unknown values: a row counts where the condition is true, not where it is unknown
DUE = "2023-03-10"
KNOWN = rows("""
    returned    status     condition                                  counts
    ----------- ---------- ------------------------------------------ -------
    2023-03-10             returned <= due                            yes
    2023-03-11             returned <= due                            no
                           returned <= due                            no
                           not (returned <= due)                      no
                           (returned <= due) is null                  yes
                           returned <= due or due = due               yes
                           returned <= due and due <> due             no
                           not (returned <= due and due <> due)       yes
                           status <> 'pending'                        no
                           status not in ('pending')                  no
                           status is null or status <> 'pending'      yes
                pending    status <> 'withdrawn'                      yes
                           (status = 'pending') is not true           yes
                           (status = 'pending') is false              no
    2023-03-11             days_between(due, returned) = 1            yes
                           days_between(due, returned) <> 1           no
                           names(field, 'khiếu nại')                  no
                           not names(field, 'khiếu nại')              yes
""")


@pytest.mark.parametrize("case", READ, ids=lambda case: case["condition"])
def test_read(case):
    answer, sentence = "ok", ""
    try:
        language.parse(case["condition"], DOSSIERS)
    except language.NotAllowed as fault:
        answer, sentence = (
            fault.code,
            fault.sentence.message
            % {key: getattr(value, "message", value) for key, value in fault.sentence.values.items()},
        )
    assert answer == case["answer"]
    assert case["names"] in sentence


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: f"{case['returned']} {case['status']} {case['condition']}")
def test_unknown_values(case):
    row = {
        "due": dt.date.fromisoformat(DUE),
        "returned": dt.date.fromisoformat(case["returned"]) if case["returned"] else None,
        "status": case["status"] or None,
    }
    year = Period.of_year(2023)
    found = evaluate.holds(language.parse(case["condition"], DOSSIERS), row, evaluate.days_of(year, year.end))
    assert found is (case["counts"] == "yes")


@pytest.mark.parametrize("text", ["(" * 900 + "due = due" + ")" * 900, "not " * 480 + "due = due", "x" * 5000])
def test_what_is_too_deep_or_too_long_is_refused(text):
    with pytest.raises(language.NotAllowed):
        language.parse(text, DOSSIERS)
