"""A second version moves a deadline before one's eyes; a question shows once its condition holds."""

import pytest
from tests.campaigns.versions import changed, due, load, owed, without
from tests.fixtures import begun, moment, submitted

from thidua.campaigns import actions
from thidua.core.days import end_of_day

pytestmark = pytest.mark.journey
NOW = moment("2023-08-21 09:00")
LATER = without("figure-satisfaction-2023", due("register-2023", "2023-09-20"))
ASKED = 'id = "situation"\nlabel = "Thực trạng trước khi áp dụng"\ntype = "long_text"\nrequired = true\n'
CONDITION = """id = "ap-dung"
label = "Đã áp dụng ở nơi khác chưa?"
type = "yes_no"

[[forms.sections.questions]]
"""


def test_the_office_publishes_a_version_and_a_school_sees_the_new_date(people, open_as, accessible):
    submitted(people, NOW)
    until = end_of_day(moment("2023-09-10 08:00").date(), "Asia/Ho_Chi_Minh")
    actions.extend(obligation=owed(people.other), until=until, reason="Bão lũ", by=people.binh, at=NOW)
    version = load(LATER, at=NOW)
    office = open_as("binh")
    office.goto(f"/campaigns/versions/{version.pk}/")
    office.get_by_role("link", name="Xem thay đổi khi ban hành").click()
    office.get_by_text("hạn 25/08/2023 → 20/09/2023").first.wait_for()
    accessible(office, 360)
    office.get_by_role("button", name="Ban hành phiên bản 2").click()
    office.get_by_text("Những gì đã thay đổi khi ban hành").wait_for()
    accessible(office, 360)
    office.goto(f"/monitoring/obligations/{owed(people.other).pk}/")
    office.get_by_text("25/08/2023 → 20/09/2023").wait_for()
    accessible(office, 360)
    school = open_as("dung")
    school.get_by_text("20/09/2023").first.wait_for()


def test_many_are_extended_from_the_board(people, open_as, accessible):
    office = open_as("binh")
    office.goto("/monitoring/board/?campaign=cchc-2023-2025&year=2023&what=register-2023")
    office.get_by_role("link", name="Gia hạn nhiều đơn vị").click()
    office.fill("[name=until]", "10/09/2023")
    office.fill("[name=reason]", "Bão lũ")
    accessible(office, 360)
    office.get_by_role("button", name="Gia hạn cho").click()
    office.get_by_text("Đã ghi nhận 3 quyết định").wait_for()
    office.goto("/monitoring/board/excuse/?campaign=cchc-2023-2025&year=2023")
    accessible(office, 360)
    office.goto(f"/monitoring/obligations/{owed(people.other).pk}/")


def test_a_question_shows_once_its_condition_holds(people, open_as, accessible):
    text = changed((ASKED, f'{CONDITION}{ASKED}show_if = ["ap-dung", "yes"]\n'))
    draft = begun(people, NOW)
    actions.publish(version=load(text, at=NOW), by=None, at=NOW)
    page = open_as("an")
    page.goto(f"/dossiers/{draft.pk}/form/")
    field = page.locator("#situation")
    assert not field.is_visible()
    page.locator("[name=ap-dung][value=yes]").check()
    assert field.is_visible()
    assert field.input_value() == "Phụ huynh đến trường ba lần."
    accessible(page, 360)
    page.locator("[name=ap-dung][value=no]").check()
    assert not field.is_visible()
