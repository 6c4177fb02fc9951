"""The made-up names of the demonstration: units and people."""

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
