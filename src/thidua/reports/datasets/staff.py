"""What a unit keeps of its staff for the campaign: one row a person, no birth date, phone or identity number."""

from __future__ import annotations

from thidua.analytics.registry import declare
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _
from thidua.reports.datasets.words import NO, YES

STAFF = declare(
    Dataset(
        id="staff",
        name=_("Staff: official e-mail, certificate and yearly rating"),
        key="code",
        unit_headings=("đơn vị", "mã đơn vị", "tên đơn vị", "phòng ban"),
        columns=(
            Column(
                "code",
                ColumnType.CODE,
                _("Staff code"),
                _("The code of the person in the unit's own list"),
                (
                    "mã cán bộ",
                    "mã nhân viên",
                    "mã viên chức",
                    "mã công chức",
                    "mã số",
                    "mã cbccvc",
                    "mã định danh nội bộ",
                ),
                required=True,
            ),
            Column(
                "post",
                ColumnType.TEXT,
                _("Post held"),
                _("The post that the person holds"),
                ("chức vụ", "chức danh", "vị trí", "vị trí việc làm"),
            ),
            Column(
                "email",
                ColumnType.TEXT,
                _("Official e-mail"),
                _("Whether the official address is in use: yes, no, or the address, of which only the domain is kept"),
                (
                    "thư công vụ",
                    "email công vụ",
                    "thư điện tử công vụ",
                    "hộp thư công vụ",
                    "sử dụng thư công vụ",
                    "email",
                    "thư điện tử",
                    "địa chỉ email",
                    "địa chỉ thư điện tử",
                    "địa chỉ thư công vụ",
                    "địa chỉ email công vụ",
                    "địa chỉ thư điện tử công vụ",
                    "địa chỉ hộp thư công vụ",
                ),
                none_words=NO,
                is_named=True,
            ),
            Column(
                "certificate",
                ColumnType.YES_NO,
                _("Certificate"),
                _("Whether the person holds a certificate for digital signing"),
                ("chứng thư số", "có chứng thư số", "chữ ký số", "chứng thư"),
                choices={"yes": (*YES, "đã cấp"), "no": (*NO, "chưa cấp")},
            ),
            Column(
                "rating",
                ColumnType.TEXT,
                _("Yearly rating"),
                _("The rating at the end of the year"),
                ("xếp loại", "xếp loại năm", "kết quả xếp loại", "đánh giá", "xếp loại cuối năm"),
            ),
            Column(
                "left_on",
                ColumnType.DAY,
                _("Left on"),
                _("The last day of the person in the unit; who left before the period is not counted"),
                ("ngày nghỉ", "ngày nghỉ việc", "ngày chuyển đi", "ngày thôi việc", "ngày nghỉ hưu"),
                may_lie_ahead=True,
            ),
        ),
    )
)
