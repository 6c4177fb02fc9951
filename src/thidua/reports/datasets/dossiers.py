"""What one-stop systems export: dossiers of procedures, petitions, complaints and denunciations."""

from __future__ import annotations

from thidua.analytics.registry import declare
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _

NO_LETTER = ("không", "không có", "chưa", "chưa có", "0", "-", "x", "/", "k", "ko")

DOSSIERS = declare(
    Dataset(
        id="dossiers",
        name=_("Dossiers of procedures, petitions, complaints and denunciations"),
        key="code",
        unit_headings=("đơn vị", "mã đơn vị", "tên đơn vị", "đơn vị xử lý", "phòng ban", "phòng chuyên môn", "cơ quan"),
        in_order=(("received", "due"), ("received", "returned")),
        needed=(("due", "working_days"),),
        columns=(
            Column(
                "code",
                ColumnType.CODE,
                _("Dossier code"),
                _("The code by which the one-stop system knows the dossier"),
                ("mã hồ sơ", "số hồ sơ", "mã hs", "số hs", "mã số hồ sơ", "số biên nhận", "mã biên nhận"),
                required=True,
            ),
            Column(
                "procedure",
                ColumnType.TEXT,
                _("Procedure"),
                _("The administrative procedure"),
                ("thủ tục", "tên thủ tục", "thủ tục hành chính", "tên thủ tục hành chính", "tthc", "tên tthc"),
            ),
            Column(
                "field",
                ColumnType.TEXT,
                _("Field"),
                _("The field of procedures; petitions, complaints and denunciations are told by it"),
                ("lĩnh vực", "tên lĩnh vực", "nhóm thủ tục", "lĩnh vực giải quyết"),
                is_named=True,
            ),
            Column(
                "channel",
                ColumnType.CHOICE,
                _("Channel"),
                _("How the dossier was handed in"),
                ("hình thức", "hình thức nộp", "hình thức tiếp nhận", "kênh tiếp nhận", "nguồn tiếp nhận", "cách nộp"),
                choices={
                    "online": ("trực tuyến", "online", "qua mạng", "dịch vụ công trực tuyến", "dvctt"),
                    "paper": ("trực tiếp", "giấy", "bản giấy", "tại bộ phận một cửa", "tại quầy", "một cửa"),
                    "post": ("bưu chính", "qua bưu chính", "bưu điện", "bcci"),
                },
            ),
            Column(
                "received",
                ColumnType.DAY,
                _("Day of receipt"),
                _("The day on which the complete dossier was taken in"),
                ("ngày nhận", "ngày tiếp nhận", "ngày nhận hồ sơ", "ngày tiếp nhận hồ sơ", "thời gian tiếp nhận"),
                required=True,
            ),
            Column(
                "due",
                ColumnType.DAY,
                _("First due day"),
                _("The first due day; a new appointment does not move it"),
                (
                    "ngày hẹn trả",
                    "ngày hẹn",
                    "hạn trả",
                    "hạn xử lý",
                    "hạn giải quyết",
                    "ngày đến hạn",
                    "ngày hẹn trả kết quả",
                    "thời hạn trả",
                ),
                may_lie_ahead=True,
            ),
            Column(
                "new_due",
                ColumnType.DAY,
                _("New due day"),
                _("The day of a new appointment, kept and shown; it moves nothing"),
                ("ngày hẹn lại", "hẹn lại", "ngày hẹn trả lại", "gia hạn đến", "ngày gia hạn", "hạn mới"),
                may_lie_ahead=True,
            ),
            Column(
                "working_days",
                ColumnType.COUNT,
                _("Working days"),
                _("The time that the procedure allows, counted from the day after receipt"),
                (
                    "số ngày làm việc",
                    "số ngày giải quyết",
                    "thời hạn giải quyết",
                    "thời gian giải quyết",
                    "số ngày quy định",
                ),
                unit_of_measure="ngày làm việc",
            ),
            Column(
                "returned",
                ColumnType.DAY,
                _("Day of return"),
                _("The day on which the result was returned or ready to be"),
                (
                    "ngày trả",
                    "ngày trả kết quả",
                    "ngày hoàn thành",
                    "ngày giải quyết xong",
                    "ngày có kết quả",
                    "ngày kết thúc",
                    "ngày trả thực tế",
                ),
            ),
            Column(
                "status",
                ColumnType.CHOICE,
                _("State of the dossier"),
                _("What the one-stop system says of the dossier; days win over it, but for withdrawn and not accepted"),
                ("trạng thái", "tình trạng", "tình trạng hồ sơ", "trạng thái hồ sơ", "trạng thái xử lý"),
                choices={
                    "returned": (
                        "đã trả",
                        "đã trả kết quả",
                        "đã giải quyết",
                        "hoàn thành",
                        "đã hoàn thành",
                        "đã xong",
                        "giải quyết đúng hạn",
                        "giải quyết trễ hạn",
                        "đúng hạn",
                        "trễ hạn",
                        "trước hạn",
                        "sớm hạn",
                    ),
                    "pending": (
                        "đang xử lý",
                        "đang giải quyết",
                        "chờ xử lý",
                        "chờ trả kết quả",
                        "mới tiếp nhận",
                        "đã tiếp nhận",
                        "chưa giải quyết",
                        "quá hạn",
                        "yêu cầu bổ sung",
                        "chờ bổ sung",
                    ),
                    "withdrawn": ("rút hồ sơ", "đã rút", "công dân rút", "xin rút", "rút", "hủy", "đã hủy"),
                    "not_accepted": (
                        "từ chối",
                        "không tiếp nhận",
                        "từ chối tiếp nhận",
                        "không đủ điều kiện",
                        "trả lại",
                        "dừng xử lý",
                    ),
                },
            ),
            Column(
                "letter",
                ColumnType.TEXT,
                _("Apology letter"),
                _("The number of the letter; words for “none” are no letter"),
                ("thư xin lỗi", "số thư xin lỗi", "văn bản xin lỗi", "số văn bản xin lỗi", "phiếu xin lỗi", "số txl"),
                none_words=NO_LETTER,
            ),
            Column(
                "letter_on",
                ColumnType.DAY,
                _("Day of the apology letter"),
                _("The day that the letter bears"),
                ("ngày thư xin lỗi", "ngày xin lỗi", "ngày văn bản xin lỗi", "ngày ban hành thư xin lỗi"),
            ),
        ),
    )
)
