"""What document systems export: papers exchanged between units and the Department."""

from __future__ import annotations

from thidua.analytics.registry import declare
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _
from thidua.reports.datasets.words import NO, YES

DOCUMENTS = declare(
    Dataset(
        id="documents",
        name=_("Documents exchanged between units and the Department"),
        key="code",
        unit_headings=("đơn vị", "mã đơn vị", "đơn vị gửi", "nơi gửi"),
        dated=("issued",),
        columns=(
            Column(
                "code",
                ColumnType.CODE,
                _("Number and symbol"),
                _("The number and symbol of the paper"),
                ("số ký hiệu", "số, ký hiệu", "số văn bản", "ký hiệu", "số hiệu", "số/ký hiệu", "số vb"),
                required=True,
            ),
            Column(
                "issued",
                ColumnType.DAY,
                _("Day of the paper"),
                _("The day that the paper bears"),
                ("ngày văn bản", "ngày ban hành", "ngày ký", "ngày vb", "ngày tháng", "ngày gửi", "ngày phát hành"),
                required=True,
            ),
            Column(
                "sender",
                ColumnType.TEXT,
                _("Sender"),
                _("The body that sent it"),
                ("nơi gửi", "đơn vị gửi", "cơ quan ban hành", "nơi ban hành", "tác giả"),
            ),
            Column(
                "receiver",
                ColumnType.TEXT,
                _("Receiver"),
                _("The body that it went to"),
                ("nơi nhận", "đơn vị nhận", "gửi đến"),
            ),
            Column(
                "form",
                ColumnType.CHOICE,
                _("Form of the paper"),
                _("Electronic, on paper, or both: both count as electronic"),
                ("hình thức", "hình thức gửi", "phương thức gửi", "loại bản", "cách gửi", "bản điện tử"),
                required=True,
                choices={
                    "electronic": ("điện tử", "bản điện tử", "trực tuyến", "qua trục liên thông", "qua mạng", "email"),
                    "paper": ("giấy", "bản giấy", "bưu điện", "trực tiếp", "văn thư"),
                    "both": ("điện tử và giấy", "giấy và điện tử", "cả hai", "điện tử kèm giấy", "song song"),
                },
            ),
            Column(
                "is_signed",
                ColumnType.YES_NO,
                _("Digitally signed"),
                _("Whether the list says that the paper bears a digital signature"),
                ("ký số", "chữ ký số", "đã ký số", "có ký số", "ký điện tử"),
                choices={"yes": (*YES, "đã ký", "đã ký số", "có ký số"), "no": (*NO, "chưa ký", "chưa ký số")},
            ),
            Column(
                "is_secret",
                ColumnType.YES_NO,
                _("State secret"),
                _("Secret papers stand outside every rate"),
                ("mật", "độ mật", "văn bản mật", "bí mật nhà nước"),
                choices={
                    "yes": (*YES, "mật", "tối mật", "tuyệt mật"),
                    "no": (*NO, "thường", "bình thường", "không mật"),
                },
            ),
        ),
    )
)
