"""The small files that a new user has at hand: lists of units and people, a photo, a paper of evidence."""

import io

from PIL import Image

UNITS = """ma;ten don vi;loai;don vi cap tren
so;Sở Giáo dục và Đào tạo Mẫu;Sở;
hoa-sen;Trường THPT Hoa Sen Mẫu;Trường;so
doi-thong;Trường THPT Đồi Thông Mẫu;Trường;so
van-phong;Phòng Văn phòng Mẫu;Phòng;so
"""
PEOPLE = """ho va ten;ten dang nhap;chuc vu;ma don vi;vai tro tai don vi;vai tro
Lê Văn Bình;binh;Chuyên viên;so;Thành viên;office
Nguyễn Thu Hà;ha;Phó Giám đốc;so;Thành viên;leadership
Nguyễn Thị An;an;Thư ký hội đồng;hoa-sen;Đầu mối;
Hoàng Lan Hạnh;hanh;Hiệu trưởng;hoa-sen;Thủ trưởng;
Bùi Khánh Linh;linh;Giáo viên;hoa-sen;Thành viên;
Trần Minh Dũng;dung;Hiệu trưởng;doi-thong;Thủ trưởng;
"""


def csv(name: str, text: str) -> dict:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}


def photo(name: str) -> dict:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), "seagreen").save(content, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def plan() -> dict:
    from importlib import resources

    content = resources.files("thidua").joinpath("plans", "cchc-2023-2025.toml").read_bytes()
    return {"name": "cchc-2023-2025.toml", "mimeType": "application/toml", "buffer": content}
