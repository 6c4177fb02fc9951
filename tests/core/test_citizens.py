"""What names a citizen is known by its heading, or by its digits."""

import pytest

from thidua.core.citizens import is_named_by, without_numbers
from thidua.core.records.headings import key
from thidua.reports.datasets import DOSSIERS


@pytest.mark.parametrize(
    "heading",
    [
        "Họ tên người nộp", "HỌ VÀ TÊN", "Người nộp HS", "Chủ hồ sơ", "Tên công dân", "Số điện thoại", "SĐT liên hệ",
        "CCCD/CMND", "Số căn cước", "Mã định danh cá nhân", "Ngày sinh", "Địa chỉ thường trú", "Nơi ở",
    ],
)  # fmt: skip
def test_headings_that_name_somebody(heading):
    assert is_named_by(key(heading))


def test_headings_of_records_name_nobody():
    words = [word for column in DOSSIERS.columns for word in (column.name, str(column.label), *column.headings)]
    assert [
        word
        for word in (*words, "Hạn nội bộ", "Ghi chú", "Mã định danh", "Cơ quan gửi", "Địa chỉ hộp thư")
        if is_named_by(key(word))
    ] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("gọi 0912345678 nhé", "gọi … nhé"),
        ("0912 345 678; +84 912.345.678", "…; …"),
        ("CCCD 079123456789.", "CCCD …."),
        ("HS-20231031123456.xlsx, 2023-10-31, 01/PXL, 1.000.000.000 đồng", None),
    ],
)
def test_numbers_of_people_are_taken_out_and_others_stay(text, left):
    assert without_numbers(text) == (text if left is None else left)
