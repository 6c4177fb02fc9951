"""Three unlike campaigns over the test people: the shipped one, one that calls its things by the same names, and one of
two school years that asks for nothing."""

from __future__ import annotations

from types import SimpleNamespace

from tests import once
from tests.fixtures import make_world, moment

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign

ALIKE = """
id = "truong-hanh-phuc-2023"
name = "Phong trào thi đua “Trường học hạnh phúc” năm 2023"
short_name = "Trường học hạnh phúc"
first_year = 2023
last_year = 2023
organisation = "Sở Giáo dục và Đào tạo"
legal_bases = []
purposes = []
requirements = []
kinds = [{ id = "mo-hinh", label = "Mô hình" }]
fields = [{ id = "thu-tuc", label = "Ứng xử văn hóa" }]

[[audiences]]
id = "schools"
name = "Các trường"
kinds = ["school"]

[[rounds]]
id = "dot-1"
year = 2023
name = "Đợt hè"
kind = "register"
opens_on = 2023-08-07
closes_on = 2023-08-15

[[criteria]]
id = "documents-signed"
audiences = ["schools"]
wording = "Lớp học có bộ quy tắc ứng xử"
short = "Lớp có quy tắc ứng xử"
kind = "ratio"
threshold = 0.9
source = "declared"
denominator = "Lớp có quy tắc / số lớp"

[[obligations]]
id = "register-2023"
year = 2023
name = "Đăng ký việc làm hạnh phúc"
kind = "registration"
audiences = ["schools"]
opens_on = 2023-08-07
due_on = 2023-08-15
form = "dang-ky"

[[forms]]
id = "dang-ky"
name = "Đăng ký việc làm hạnh phúc"
kind = "registration"
audiences = ["schools"]
slug = "dk-don-vi"

[[forms.sections]]
id = "ten"
title = "Tên"

[[forms.sections.questions]]
id = "title"
label = "Việc làm"
type = "text"
required = true
max_length = 250
"""
EMPTY = """
id = "nam-hoc-2023-2024"
name = "Phong trào thi đua năm học 2023–2024"
short_name = "Năm học 2023–2024"
first_year = 2023
last_year = 2024
organisation = "Sở Giáo dục và Đào tạo"
legal_bases = []
purposes = []
requirements = []
kinds = []
fields = []
audiences = []
rounds = []
criteria = []
obligations = []
forms = []
"""
OF_ONE_DAY = EMPTY.replace("nam-hoc-2023-2024", "ngay-hoi-2025").replace("2023–2024", "ngày hội").replace(
    "first_year = 2023\nlast_year = 2024", "first_year = 2025\nlast_year = 2025"
)  # fmt: skip


def publish(text: str, at=None) -> Campaign:
    at = at or moment("2023-08-01 10:00")
    version, problems = actions.load(text=text, name="plan", by=None, at=at)
    assert version, problems
    actions.publish(version=version, by=None, at=at)
    return Campaign.objects.select_related("current").get(pk=version.campaign_id)


def make_several() -> SimpleNamespace:
    """The world with ``alike`` and ``empty`` beside its campaign."""
    return once.made("several", _make_several)


def _make_several() -> SimpleNamespace:
    world = make_world()
    world.alike, world.empty = publish(ALIKE), publish(EMPTY)
    return world
