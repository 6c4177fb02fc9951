"""Which rows are headings and what they mean."""

import pytest

from thidua.core.records import headings
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.records.headings import Asked
from thidua.core.records.problems import Reason, Refused
from thidua.core.words import _

DOSSIERS = Dataset(
    "dossiers",
    _("Dossiers"),
    (
        Column("code", ColumnType.CODE, _("Code"), _("Code"), ("mã hồ sơ", "số"), required=True),
        Column(
            "received", ColumnType.DAY, _("Received"), _("Received"), ("ngày nhận", "ngày tiếp nhận"), required=True
        ),
        Column("due", ColumnType.DAY, _("Due"), _("Due"), ("ngày hẹn trả", "hạn")),
        Column("letter", ColumnType.TEXT, _("Letter"), _("Letter"), ("số", "thư")),
    ),
    key="code",
    unit_headings=("đơn vị",),
)


def found(*rows, **chosen):
    layout = headings.find([(n, row) for n, row in enumerate(rows, 1) if any(row)], DOSSIERS, Asked(chosen))
    return layout.header_row, {each.column: each.letter for each in layout.columns}


@pytest.mark.parametrize(
    "row",
    [
        ["Mã hồ sơ", "Ngày nhận"],
        ["MÃ HS", "NGÀY TN"],
        ["ma ho so", "ngay tiep nhan"],
        ["Mã hồ sơ (*)", "Ngày nhận:"],
        ["Mã\nhồ sơ", "Ng. nhận"],
        ["Mã ho\u0302\u0300 sơ", "Nga\u0300y nhận"],
    ],
)
def test_one_heading_in_many_spellings(row):
    assert found(row) == (1, {"code": "A", "received": "B"})


def test_the_best_row_wins_wherever_it_stands():
    assert found(["Mã hồ sơ các loại"], [], ["x", "Ngày nhận", "Mã hồ sơ"], ["1", "01/02/2023", "A"]) == (
        3, {"received": "B", "code": "C"}
    )  # fmt: skip


def test_two_rows_and_a_row_of_numbers():
    top, below = ["Mã hồ sơ", "Thời gian", "", "Thư"], ["", "tiếp nhận", "hẹn trả", ""]
    wanted = {"code": "A", "received": "B", "due": "C", "letter": "D"}
    assert found(top, below) == (2, wanted)
    assert found(top, below, ["(1)", "(2)", "(3)", "(4)"]) == (3, wanted)


def test_a_heading_merged_over_both_rows_is_said_once():
    rows = [(1, ["Mã hồ sơ", "Ngày", "Ngày"]), (2, ["Mã hồ sơ", "tiếp nhận", "hẹn trả"])]
    assert [each.text for each in headings.seen(rows, DOSSIERS, Asked())] == [
        "Mã hồ sơ",
        "Ngày tiếp nhận",
        "Ngày hẹn trả",
    ]


def test_an_ambiguous_heading_names_its_candidates():
    with pytest.raises(Refused) as refused:
        found(["Số", "Ngày nhận"])
    assert refused.value.reason is Reason.AMBIGUOUS_HEADING
    assert "--map A=code, --map A=letter" in str(refused.value)
    assert found(["Số", "Ngày nhận"], A="code") == (1, {"code": "A", "received": "B"})
    # Where one of the two has a heading of its own, the other is meant.
    assert found(["Số", "Ngày nhận", "Mã hồ sơ"]) == (1, {"code": "C", "received": "B", "letter": "A"})


def test_letters():
    assert [headings.letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(headings.place(headings.letter(at)) == at for at in range(1000))
