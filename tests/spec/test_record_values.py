"""How cells are read, by the reference and by the set-based reading of an import: both give the same."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.spec.tables import rows

from thidua.core.records import values
from thidua.core.records.datasets import Column, ColumnType
from thidua.core.words import _

LABEL = _("Anything")
COLUMNS = {
    "day": Column("x", ColumnType.DAY, LABEL, LABEL, required=True),
    "day?": Column("x", ColumnType.DAY, LABEL, LABEL),
    "number": Column("x", ColumnType.NUMBER, LABEL, LABEL),
    "count": Column("x", ColumnType.COUNT, LABEL, LABEL, unit_of_measure="ngày làm việc"),
    "text": Column("x", ColumnType.TEXT, LABEL, LABEL, none_words=("không", "x", "0")),
    "code": Column("x", ColumnType.CODE, LABEL, LABEL),
    "yes": Column("x", ColumnType.YES_NO, LABEL, LABEL, choices={"yes": ("có", "x"), "no": ("không", "-")}),
    "choice": Column(
        "x",
        ColumnType.CHOICE,
        LABEL,
        LABEL,
        choices={
            "electronic": ("điện tử", "không dùng tiền mặt"),
            "cash": ("tiền mặt",),
            "refused": ("không tiếp nhận",),
        },
    ),
}

CASES = rows("""
    type    text                          value
    ------- ----------------------------- ----------------------
    day     05/01/2023                    2023-01-05
    day     5/1/2023                      2023-01-05
    day     5/1/23                        2023-01-05
    day     05-01-2023                    2023-01-05
    day     05.01.2023                    2023-01-05
    day     2023-01-05                    2023-01-05
    day     2023/1/5                      2023-01-05
    day     20230105                      2023-01-05
    day     2023-01-05 00:00:00           2023-01-05
    day     2023-01-05T23:30:00+07:00     2023-01-05
    day     05/01/2023 23:59              2023-01-05
    day     05/01/2023 08:05:09           2023-01-05
    day     05/01/2023 10:30 SA           2023-01-05
    day     05/01/2023 10:30:00 CH        2023-01-05
    day     5/1/23 17h30                  2023-01-05
    day     17:30 05/01/2023              2023-01-05
    day     05/01/2023, 8:00              2023-01-05
    day     ngày 05 tháng 01 năm 2023     2023-01-05
    day     44931                         2023-01-05
    day     44931,75                      2023-01-05
    day     44931.75                      2023-01-05
    day     -                             nothing
    day     29/02/2023                    bad_day
    day     01/13/2023                    bad_day
    day     05/01/0023                    bad_day
    day     05/01/1023                    bad_day
    day     123                           bad_day
    day     hôm qua                       bad_day
    day     0                             bad_day
    day?    0                             nothing
    day?    Chưa                          nothing
    day?    không có                      nothing
    day?    hôm qua                       bad_day

    number  1234                          1234.0
    number  1.234                         1234.0
    number  1.234.567                     1234567.0
    number  1.234,5                       1234.5
    number  1,234.5                       1234.5
    number  1,234,567                     1234567.0
    number  1234,5                        1234.5
    number  1234.5                        1234.5
    number  0.125                         0.125
    number  -12                           -12.0
    number  1.500.000 đ                   1500000.0
    number  1 500 000 VNĐ                 1500000.0
    number  n/a                           nothing
    number  mười                          bad_number
    number  1.2.3,4,5                     bad_number

    count   15                            15
    count   15,0                          15
    count   15 ngày                       15
    count   15 ngày làm việc              15
    count   1.500                         1500
    count   -1                            bad_count
    count   2,5                           bad_count
    count   mười                          bad_count

    text    Hộ  tịch                      Hộ tịch
    text    không                         nothing
    text    Không                         nothing
    text    X                             nothing
    text    12/TXL                        12/TXL
    text    gửi an@mail.vn                gửi @mail.vn
    text    gọi 0901234567                gọi …
    text    …                             nothing
    code    000.00.12.H29-230000001       000.00.12.H29-230000001
    code    -                             nothing

    yes     Có                            True
    yes     x                             True
    yes     KHÔNG                         False
    yes     -                             False
    yes     có thể                        unknown_word

    choice  Điện tử                       electronic
    choice  electronic                    electronic
    choice  bằng tiền mặt                 cash
    choice  Không dùng tiền mặt           electronic
    choice  trả không dùng tiền mặt       electronic
    choice  Không tiếp nhận hồ sơ         refused
    choice  điện tử và tiền mặt           unknown_word
    choice  séc                           unknown_word
""")


def plain(value):
    return "nothing" if value is None else str(value)


def by_reference(column, text, *, is_1904=False):
    try:
        return plain(values.read(column, text, is_1904=is_1904))
    except values.Unreadable as wrong:
        return wrong.code.value


def by_sets(column, texts, *, is_1904=False):
    """All texts as one column of a table, read as an import reads it."""
    from thidua.analytics import cleaning, duck
    from thidua.analytics.cleaning.checks import code_of
    from thidua.core.records.datasets import Dataset

    dataset = Dataset("test", LABEL, (column,))
    with tempfile.TemporaryDirectory() as folder, duck.connected(Path(folder)) as connection:
        connection.execute(
            "create temp table cells as select unnest(range(?)) as _row, '' as _sheet, "
            "cast(null as varchar) as \"unit!\", nullif(unnest(?::varchar[]), '') as x, true as _kept",
            [len(texts), texts],
        )
        connection.execute("create temp view raw as select *, _row as _id from cells")
        connection.execute("create temp table units (text varchar, id bigint)")
        odd = cleaning.read_columns(connection, dataset, is_1904=is_1904)
        code = code_of(column) if odd else "null"
        if column.type is ColumnType.DAY:
            known = f"year(x) between {values.FIRST_YEAR} and {values.LAST_YEAR}"
            code = f"coalesce({code}, case when not {known} then 'bad_day' end)"
        found = connection.execute(f"select x, {code} from typed order by _id").fetchall()
    return [wrong or plain(value) for value, wrong in found]


@pytest.mark.parametrize("kind", COLUMNS)
def test_both_readings(kind):
    cases = [case for case in CASES if case["type"] == kind]
    wanted = [case["value"] for case in cases]
    texts = [case["text"] for case in cases]
    assert [by_reference(COLUMNS[kind], text) for text in texts] == wanted
    assert by_sets(COLUMNS[kind], texts) == wanted


def test_serials_of_workbooks_that_count_from_1904():
    assert by_reference(COLUMNS["day"], "43469", is_1904=True) == "2023-01-05"
    assert by_sets(COLUMNS["day"], ["43469"], is_1904=True) == ["2023-01-05"]


INVISIBLE = [
    "\u00a0Hộ\u200btịch ",
    "Hộ\u00a0 tịch",
    "Ho\u0302\u0323 ti\u0323ch",
    "Hộ\u3000tịch",
    "\ufeffHộ\ttịch\u2028",
]


@pytest.mark.parametrize("kind", ["text", "code"])
def test_spaces_of_every_kind_and_unicode_form(kind):
    wanted = ["Hộtịch", "Hộ tịch", "Hộ tịch", "Hộ tịch", "Hộ tịch"]
    assert [by_reference(COLUMNS[kind], text) for text in INVISIBLE] == wanted
    assert by_sets(COLUMNS[kind], INVISIBLE) == wanted


PIECES = st.sampled_from(
    [*"0123456789", "/", "-", ".", ",", " ", ":", "2023", "01", "SA", "đ", "ngày", "không", "x", "@", "\u00a0"]
)
TEXTS = st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=30)


@pytest.mark.parametrize("kind", COLUMNS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_both_readings_of_random_texts(kind, texts):
    column = COLUMNS[kind]
    try:
        found = by_sets(column, texts)
    except Exception as refusal:
        assert getattr(refusal, "reason", "") == "month_first", refusal  # noqa: PT017 — a whole column
        return
    assert found == [by_reference(column, text) for text in texts]


@pytest.mark.parametrize("text", ["0:-", "0:- 0:", "- 10:00 -", "01/02/2023 10:00 -", "10h 10h"])
def test_what_is_left_of_a_clock_is_read_the_same(text):
    assert by_sets(COLUMNS["day?"], [text]) == [by_reference(COLUMNS["day?"], text)]


def test_a_day_is_read_the_same_all_the_year():
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    texts = [f"{day:%d/%m/%Y}" for day in days]
    assert by_sets(COLUMNS["day"], texts) == [day.isoformat() for day in days]
