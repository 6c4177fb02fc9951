"""The made-up words of the demonstration: names of units and people, and what they write in their papers."""

from __future__ import annotations

import random
from collections.abc import Callable
from zoneinfo import ZoneInfo

from thidua.core.units import UnitKind

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
MIDDLE = ["Thị", "Văn", "Minh", "Thanh", "Ngọc", "Quốc", "Hữu", "Đức", "Thu", "Kim", "Xuân", "Hồng", "Gia", "Bảo"]
GIVEN = [
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Đạt",
    "Giang",
    "Hà",
    "Hải",
    "Hiếu",
    "Hoa",
    "Hùng",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Nam",
    "Nga",
    "Oanh",
    "Phúc",
    "Quân",
    "Sơn",
    "Tâm",
    "Thảo",
    "Tú",
    "Uyên",
    "Vân",
    "Yến",
]
FIRST = [
    "Hoa Sen",
    "Ánh Sao",
    "Cây Bàng",
    "Đồi Thông",
    "Rạng Đông",
    "Lá Phong",
    "Kênh Xanh",
    "Bến Sông",
    "Vườn Chanh",
    "Cầu Tre",
    "Gió Mới",
    "Mầm Xanh",
    "Trăng Non",
    "Suối Ngọc",
    "Nắng Mai",
    "Phù Sa",
    "Hải Âu",
    "Sao Khuê",
    "Bông Lúa",
    "Bình Minh",
]
SECOND = [
    "Bắc",
    "Nam",
    "Đông",
    "Tây",
    "Trung",
    "Thượng",
    "Hạ",
    "Mới",
    "Lớn",
    "Xanh",
    "Vàng",
    "Hồng",
    "Một",
    "Hai",
    "Ba",
]
DIVISIONS = [
    "Văn phòng",
    "Tổ chức cán bộ",
    "Kế hoạch Tài chính",
    "Giáo dục Trung học",
    "Giáo dục Tiểu học",
    "Giáo dục Mầm non",
    "Giáo dục Thường xuyên",
    "Khảo thí",
    "Chính trị tư tưởng",
    "Thanh tra",
    "Pháp chế",
    "Chuyển đổi số",
]
THINGS = (
    "hồ sơ chuyển trường",
    "học bạ",
    "giấy xác nhận học sinh",
    "văn bản đi và đến",
    "lịch tiếp công dân",
    "hồ sơ viên chức",
    "thu học phí",
    "đăng ký tuyển sinh",
    "đơn xin nghỉ học",
    "phản ánh của phụ huynh",
)
WAYS = (
    "qua mã QR",
    "bằng chữ ký số",
    "trên cổng thông tin của đơn vị",
    "theo quy trình một cửa số",
    "bằng tin nhắn tự động",
    "trong một buổi làm việc",
    "không dùng giấy",
    "trên bảng theo dõi chung",
)
DEEDS = ("Tiếp nhận và trả", "Rút ngắn thời gian xử lý", "Số hóa", "Theo dõi", "Hướng dẫn làm", "Tra cứu")
STEPS = ("Khảo sát và soạn quy trình", "Chạy thử với một bộ phận", "Áp dụng toàn đơn vị", "Đo lại và điều chỉnh")


def person_name(rng: random.Random) -> str:
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def head_title(kind: str) -> str:
    return {UnitKind.DIVISION: "Trưởng phòng", UnitKind.SCHOOL: "Hiệu trưởng"}.get(UnitKind(kind), "Giám đốc")


def unit_names(rng: random.Random) -> Callable[[UnitKind, int], str]:
    """A function that gives each unit a name nobody else has."""
    pool = [first if not second else f"{first} {second}" for second in ["", *SECOND] for first in FIRST]
    tail = iter(pool)
    rng.shuffle(pool)

    def name(kind: UnitKind, number: int) -> str:
        if kind is UnitKind.DIVISION:
            return f"Phòng {DIVISIONS[(number - 1) % len(DIVISIONS)]} Mẫu"
        proper = next(tail, None) or f"Số {number}"
        before = {UnitKind.SCHOOL: "Trường THPT", UnitKind.CENTRE: "Trung tâm GDNN-GDTX"}.get(kind, "Cơ sở Giáo dục")
        return f"{before} {proper} Mẫu"

    return name


def answers(rng: random.Random, kind: str, year: int, authors: list[int], subject) -> dict[str, object]:
    if kind == "registration":
        return _registration(rng, year, authors)
    if kind == "report":
        return {
            "result": "Đã hoàn thành các mốc đã đăng ký; số đo đạt mức dự kiến.",
            "completion": str(rng.choice([80, 90, 95, 100])),
            "effect": "Giảm số lần phụ huynh phải đến đơn vị.",
            "difficulties": "Một số phụ huynh chưa quen thao tác trên điện thoại.",
            "lessons": "Hướng dẫn trực tiếp trong tuần đầu.",
            "proposals": "Chia sẻ quy trình cho đơn vị cùng loại.",
            "commend": rng.choice(["yes", "no"]),
        }
    return {
        "title": f"Kế hoạch thi đua cải cách hành chính năm {year} của đơn vị",
        "goals": "100% bộ phận tham gia; mỗi đơn vị có ít nhất một giải pháp được áp dụng.",
        "tasks": "Văn thư làm đầu mối; thủ trưởng kiểm tra hằng quý.",
        "launch": f"05/01/{year}",
    }


def _registration(rng: random.Random, year: int, authors: list[int]) -> dict[str, object]:
    thing, way, deed = rng.choice(THINGS), rng.choice(WAYS), rng.choice(DEEDS)
    before = rng.randint(3, 12)
    share = rng.choice([50, 60, 70])
    months = (9, 10) if year == 2023 else (5, 9)
    return {
        "title": f"{deed} {thing} {way}",
        "kind": rng.choice(["mo-hinh", "giai-phap", "sang-kien"]),
        "field": rng.choice(["the-che", "thu-tuc", "bo-may", "cong-vu", "tai-chinh", "chuyen-doi-so"]),
        "authors": [{"person": authors[0], "share": str(share)}, {"person": authors[1], "share": str(100 - share)}],
        "situation": f"Mỗi năm đơn vị xử lý {rng.randint(150, 2400)} lượt {thing}; "
        f"người dân phải đến {rng.randint(2, 4)} lần.",
        "solution": f"Chuẩn hóa thành phần hồ sơ và thực hiện {thing} {way}; mỗi việc có một người chịu trách nhiệm.",
        "novelty": "Kiểm tra đủ giấy tờ trước khi người dân đến.",
        "scope": rng.choice(["don-vi", "nganh"]),
        "milestones": [
            {"title": step, "due_on": f"{rng.randint(1, 28):02d}/{month:02d}/{year}", "weight": "1"}
            for step, month in zip(STEPS[:2], months, strict=True)
        ],
        "indicator": {"label": f"Số giờ làm việc để xử lý {thing}", "before": str(before), "after": str(before // 2)},
        "means": "Nhân sự và thiết bị hiện có.",
        "replication": "Áp dụng được ở đơn vị cùng loại.",
        "contact": "Bộ phận văn thư",
    }


# How many in a hundred meet a criterion of two answers; the others 97.
MEETING = {"personal-initiative": 60, "exemplary-head": 99}
REASONS = ("Đã nhắc nhở, đang khắc phục.", "Chưa được cấp chứng thư số.", "Mới nhận công tác tại đơn vị.")


def personal_result(rng: random.Random, criterion) -> tuple[str, str]:
    """(answer, note) of one person: most do well, and who does not has a word why."""
    if len(criterion.choices) > 2:
        return rng.choices(criterion.choices, [22, 72, 5] + [1] * (len(criterion.choices) - 3))[0], ""
    if rng.randrange(100) < MEETING.get(criterion.id, 97):
        return criterion.passing[0], ""
    return criterion.choices[-1], "" if criterion.id == "personal-initiative" else rng.choice(REASONS)
