"""A plan as people read it, and what one version changes against another."""

import pytest
from tests.core.plans import SHIPPED, WITH_FORM

from thidua.core import words
from thidua.core.plan.diff import Difference, differences
from thidua.core.plan.reader import read
from thidua.core.plan.show import show

SHOWN = """\
Phong trào nhỏ
Sở Mẫu, 2023–2023

Audiences
  - Các trường

Year 2023: –
  - 07/08/2023–25/08/2023  Đợt 1
  - 31/10/2023  Số liệu ký số (Các trường)

Criteria
  - Ký số [100%] (Các trường)

Form “Báo cáo” (Các trường)
  - Đã xong chưa
  - Vì sao"""


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setattr(words, "translate", lambda message: message)


def plan_of(text, *changes):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read(text, "plan.toml")[0]


def test_the_small_plan_as_people_read_it():
    assert show(plan_of(WITH_FORM)) == SHOWN


@pytest.mark.parametrize(
    "line",
    [
        "  - 07/08/2023–25/08/2023  Đợt 1 năm 2023: đăng ký",
        "  - PAR Index: Chỉ số cải cách hành chính; phấn đấu vào nhóm 05 sở, ngành của Thành phố năm 2025 "
        "(among the first 5)",
        "  - Giấy khen của Giám đốc Sở cho tập thể (Tập thể tiêu biểu xuất sắc)",
        "  - Sở Nội vụ (để tổng hợp)",
        "  - Mô hình",
        "  - 31/10/2024  Báo cáo kết quả năm 2024 (all units)",
        "  - Dùng thư điện tử công vụ trong trao đổi công việc [100%] (all staff)",
        "  - 100% công chức, viên chức sử dụng thư điện tử công vụ [100%] (Các phòng thuộc Sở)",
        "  - Người đứng đầu gương mẫu, có giải pháp hiệu quả trong chỉ đạo và không để người thuộc quyền nhũng nhiễu, "
        "gây khó khăn [100%] (all staff; only: Head of unit)",
        "  - 31/10/2024  Cá nhân: Kỷ luật, kỷ cương (2024) (all staff)",
        "  - Tác giả *",
    ],
)
def test_the_shipped_plan_shows_every_part(line):
    assert line in show(plan_of(SHIPPED)).split("\n")


def test_fields_of_a_criterion_and_a_ceiling_are_shown():
    plan = plan_of(WITH_FORM, ("threshold = 1", 'threshold = 0.05\ndirection = "at_most"\nscopes = ["A", "B"]'))
    assert "  - Ký số [at most 5%] (A, B) (Các trường)" in show(plan).split("\n")


def test_the_same_plan_does_not_differ():
    assert differences(plan_of(SHIPPED), plan_of(SHIPPED)) == ()


def test_a_changed_key_is_told_with_both_values():
    new = plan_of(WITH_FORM, ("threshold = 1", "threshold = 0.98"), ("due_on = 2023-10-31", "due_on = 2023-11-15"))
    assert differences(plan_of(WITH_FORM), new) == (
        Difference("obligations.figure-signed.due_on", "2023-10-31", "2023-11-15"),
        Difference("criteria.signed.threshold", "1.0", "0.98"),
    )


def test_what_is_added_or_taken_away_has_one_empty_side():
    old = plan_of(WITH_FORM)
    new = plan_of(WITH_FORM, ("purposes = []", 'purposes = ["Nêu gương"]'))
    assert differences(old, new) == (Difference("purposes.1", "", "Nêu gương"),)
    assert differences(new, old) == (Difference("purposes.1", "Nêu gương", ""),)


def test_an_entry_that_moves_is_the_same_entry():
    first = '[[audiences]]\nid = "centres"\nname = "Trung tâm"\nkinds = ["centre"]\n\n'
    before = plan_of(WITH_FORM, ("[[audiences]]", first + "[[audiences]]"))
    after = plan_of(WITH_FORM, ("[[rounds]]", first + "[[rounds]]"))
    assert differences(before, after) == ()
