"""Engines against the reference on random rows and random conditions: nulls, edge days, every word of the language."""

import dataclasses
import datetime as dt
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.batches import parquet

from thidua.analytics import engine
from thidua.analytics.engine import listing
from thidua.core.measures import evaluate
from thidua.core.measures.schema import Measure, Period
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.vietnamese import fold
from thidua.core.words import _

YEAR = Period.of_year(2023)
UNTIL = dt.date(2023, 10, 31)
WORD = _("A column")


def column(name: str, type: ColumnType, **more) -> Column:
    return Column(name, type, WORD, WORD, **more)


DATASET = Dataset(
    id="random",
    name=WORD,
    columns=(
        column("code", ColumnType.CODE),
        column("field", ColumnType.TEXT, is_named=True),
        column("state", ColumnType.CHOICE, choices={"open": (), "closed": ()}),
        column("opened", ColumnType.DAY),
        column("ended", ColumnType.DAY),
        column("amount", ColumnType.NUMBER),
        column("days", ColumnType.COUNT),
        column("is_good", ColumnType.YES_NO),
    ),
)
EDGES = [dt.date(2022, 12, 31), YEAR.start, dt.date(2023, 2, 28), dt.date(2023, 3, 1), UNTIL, YEAR.end,
         dt.date(2024, 1, 1), dt.date(2024, 2, 29), dt.date(1900, 1, 1), dt.date(9999, 12, 31)]  # fmt: skip
FIELDS = ["Đất đai", "đất  đai", "ĐẤT ĐAI", "Khiếu nại, tố cáo", "khieu nai", "Đơn's", "", "Ǆ", "İ"]
MAYBE_DAY = st.none() | st.sampled_from(EDGES)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "_unit": st.sampled_from(["a", "b"]),
            "code": st.none() | st.sampled_from(["1", "01", "O'Brien", "%", "_"]),
            "field": st.none() | st.sampled_from(FIELDS),
            "state": st.none() | st.sampled_from(["open", "closed"]),
            "opened": MAYBE_DAY,
            "ended": MAYBE_DAY,
            "amount": st.none() | st.sampled_from([0.0, -0.0, 0.1, -2.5, 1e300, 3.0]),
            "days": st.none() | st.integers(0, 5),
            "is_good": st.none() | st.booleans(),
        }
    ),
    min_size=1,
    max_size=12,
)
ORDER = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
DAY = st.sampled_from(
    ["opened", "ended", "period_start", "period_end", "until", "date '2023-03-01'", "date '2024-02-29'"]
)
NUMBER = st.recursive(
    st.sampled_from(["amount", "days", "0", "0.1", "-2.5", "3", "days_between(opened, ended)"]),
    lambda below: st.tuples(below, st.sampled_from("+-"), below).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=3,
)


def joined(*parts) -> st.SearchStrategy[str]:
    made = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*made).map(" ".join)


PLAIN = st.one_of(
    joined(DAY, ORDER, DAY),
    joined(NUMBER, ORDER, NUMBER),
    joined(NUMBER, "between", NUMBER, "and", NUMBER),
    joined(DAY, "not between", DAY, "and", DAY),
    joined("days", st.sampled_from(["in", "not in"]), "(0, 2, 2.5)"),
    joined("opened", st.sampled_from(["in", "not in"]), "('2023-03-01', '9999-12-31')"),
    joined("code", st.sampled_from(["=", "<>"]), st.sampled_from(["'1'", "'O''Brien'", "'%'"])),
    joined(
        "state", st.sampled_from(["in ('open')", "not in ('open', 'closed')", "= 'open'", "is null", "is not null"])
    ),
    st.sampled_from(["names(field, 'đất đai')", "names(field, 'KHIẾU NẠI', '''s')", "is_good", "is_good = true"]),
    st.sampled_from(["(not is_good) <> (days = 2)", "(not is_good) is null"]),
)
CONDITION = st.recursive(
    PLAIN,
    lambda below: st.one_of(
        joined("(", below, st.sampled_from(["and", "or"]), below, ")"),
        joined("not (", below, ")"),
        joined("(", below, ")", st.sampled_from(["is null", "is not null", "is true", "is not true", "is false"])),
    ),
    max_leaves=5,
)
MEASURE = st.builds(
    Measure,
    id=st.just("m"),
    criterion=st.just("m"),
    dataset=st.just("random"),
    numerator=CONDITION,
    denominator=st.just("") | CONDITION,
    filter=st.just("") | CONDITION,
    day=st.sampled_from(["", "opened"]),
    scope=st.sampled_from(["", "field", "state"]),
    mean_of=st.sampled_from(["", "days"]),
    out_of=st.just(5.0),
    apart=st.dictionaries(st.sampled_from(["one", "two"]), CONDITION, max_size=2),
)


def check(measure, rows, tmp_path, name: str) -> None:
    half = len(rows) // 2
    files = []
    for n, part in enumerate((rows[:half], rows[half:])):
        file = tmp_path / f"{n}.parquet"
        file.write_bytes(parquet(DATASET, part))
        files.append(str(file))
    found = engine.count(measure, DATASET, files, YEAR, UNTIL, engine=engine.Engine(name))
    assert found == evaluate.evaluate(measure, DATASET, rows, YEAR, UNTIL)


COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@settings(max_examples=120, **COMMON)
@given(measure=MEASURE, rows=ROWS)
def test_duckdb_counts_what_the_reference_counts(measure, rows, tmp_path):
    check(measure, rows, tmp_path, "duckdb")


@pytest.mark.spark
@settings(max_examples=15, **COMMON)
@given(measure=MEASURE, rows=ROWS)
def test_spark_counts_what_the_reference_counts(measure, rows, tmp_path):
    check(measure, rows, tmp_path, "spark")


def meant(scope: str | None) -> str | None:
    return None if scope is None else fold(scope)


@settings(max_examples=60, **COMMON)
@given(measure=MEASURE, rows=ROWS)
def test_the_rows_listed_behind_a_number_are_as_many_as_it_says(measure, rows, tmp_path):
    measure = dataclasses.replace(measure, mean_of="")
    counts = evaluate.evaluate(measure, DATASET, rows, YEAR, UNTIL)
    files = {}
    for unit in {row["_unit"] for row in rows}:
        files[unit] = str(tmp_path / f"{uuid.uuid4()}.parquet")  # a batch never changes
        Path(files[unit]).write_bytes(parquet(DATASET, [row for row in rows if row["_unit"] == unit]))
    for scope in {count.scope for count in counts}:
        # Units may write one scope in their own ways; a listing of all of them is of what they mean.
        told = [each for each in counts if each.month is None and meant(each.scope) == meant(scope)]
        whole, met = sum(each.denominator for each in told), sum(each.numerator for each in told)
        expected = {"whole": whole, "numerator": met, "rest": whole - met}
        for part in listing.Part:
            asked = (measure, DATASET, files, YEAR, UNTIL, listing.Narrowed(part, scope))
            pages = [listing.rows(*asked, limit=2, offset=offset) for offset in range(0, 14, 2)]
            found = [(row["_unit"], row["_row"]) for page in pages for row in page]
            assert len(found) == len(set(found)) == listing.count(*asked) == expected[part]
            assert [unit for unit, _row in found] == sorted((unit for unit, _row in found), key=list(files).index)


# A dataset before it got three of its columns, and batches from then.
YOUNG = ("ended", "days", "is_good")
OLD = dataclasses.replace(DATASET, columns=tuple(c for c in DATASET.columns if c.name not in YOUNG))
LATER = Measure("m", "m", DATASET.id, numerator="is_good and ended <= until", filter="opened <= until", apart={
    "quick": "days < 3", "unknown": "days is null"})  # fmt: skip


@pytest.mark.parametrize("engine_name", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
@pytest.mark.parametrize("written_for", [(OLD,), (OLD, DATASET), (DATASET, OLD)], ids=["old", "old first", "new first"])
def test_batches_from_before_a_column_count(written_for, engine_name, tmp_path):
    row = {"_unit": "a", "code": "1", "field": "x", "state": "open", "opened": YEAR.start, "amount": 1.0}
    young = {"ended": YEAR.start, "days": 1, "is_good": True}
    files, rows = [], []
    for n, dataset in enumerate(written_for):
        file = tmp_path / f"{n}.parquet"
        rows.append(dict.fromkeys(YOUNG) | row | (young if dataset is DATASET else {}))
        file.write_bytes(parquet(dataset, rows[-1:]))
        files.append(str(file))
    found = engine.count(LATER, DATASET, files, YEAR, UNTIL, engine=engine.Engine(engine_name))
    assert found == evaluate.evaluate(LATER, DATASET, rows, YEAR, UNTIL)
