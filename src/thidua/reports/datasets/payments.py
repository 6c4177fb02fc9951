"""What payment systems export: payments for services."""

from __future__ import annotations

from thidua.analytics.registry import declare
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _

PAYMENTS = declare(
    Dataset(
        id="payments",
        name=_("Payments for services"),
        key="code",
        unit_headings=("đơn vị", "mã đơn vị", "tên đơn vị", "trường"),
        dated=("paid",),
        columns=(
            Column(
                "code",
                ColumnType.CODE,
                _("Payment code"),
                _("The number of the receipt or of the payment"),
                ("mã giao dịch", "số giao dịch", "số phiếu thu", "số biên lai", "mã thanh toán", "số chứng từ"),
                required=True,
            ),
            Column(
                "paid",
                ColumnType.DAY,
                _("Paid on"),
                _("The day of the payment"),
                ("ngày thanh toán", "ngày thu", "ngày giao dịch", "ngày nộp"),
                required=True,
            ),
            Column(
                "service",
                ColumnType.TEXT,
                _("Service"),
                _("What was paid for"),
                ("nội dung", "khoản thu", "dịch vụ", "loại phí", "nội dung thu"),
            ),
            Column(
                "means",
                ColumnType.CHOICE,
                _("Means of payment"),
                _("Electronic or cash"),
                ("hình thức", "hình thức thanh toán", "phương thức thanh toán", "phương thức", "kênh thanh toán"),
                required=True,
                choices={
                    "electronic": (
                        "điện tử",
                        "trực tuyến",
                        "chuyển khoản",
                        "không dùng tiền mặt",
                        "thẻ",
                        "quét mã",
                        "qr",
                        "ví điện tử",
                        "ngân hàng",
                    ),
                    "cash": ("tiền mặt", "trực tiếp", "nộp tiền mặt"),
                },
            ),
            Column(
                "amount",
                ColumnType.NUMBER,
                _("Amount"),
                _("What was paid"),
                ("số tiền", "thành tiền", "tổng tiền", "số tiền thanh toán"),
                unit_of_measure="đồng",
            ),
        ),
    )
)
