"""Excel out."""

from decimal import Decimal

import pytest
from openpyxl import load_workbook

from thidua.core.vietnamese import percent
from thidua.exchange.workbook import Column, write


@pytest.mark.parametrize(
    ("part", "whole", "value", "form"),
    [
        (280, 287, 0.976, "0.0%"),
        (9996, 10000, 0.999, "0.0%"),
        (1, 2, 0.5, "0%"),
        (1, 1, 1, "0%"),
    ],
)
def test_a_share_is_the_one_that_pages_show(part, whole, value, form):
    with write([Column("Tỷ lệ", kind="percent")], [[Decimal(part) / whole]], title="Tỷ lệ") as file:
        cell = load_workbook(file).active["A2"]
        assert (cell.value, cell.number_format) == (value, form)
    assert percent(part, whole) == f"{value:{'.1%' if form == '0.0%' else '.0%'}}".replace(".", ",")
