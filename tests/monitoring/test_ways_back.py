"""Decisions of the office on what units owe: history, ways back, and many at once."""

import datetime as dt

import pytest
from tests.campaigns.versions import day_of, due, owed, publish, without
from tests.fixtures import IN_TIME, moment, submitted

from thidua.campaigns import actions
from thidua.campaigns.models import Obligation
from thidua.core.days import end_of_day
from thidua.core.refusals import Denied
from thidua.ledger.models import Entry

EXTEND, EXCUSE = "/monitoring/board/extend/", "/monitoring/board/excuse/"
AT = "?what=register-2023&year=2023"


def until(day: str) -> dt.datetime:
    return end_of_day(dt.date.fromisoformat(day), "Asia/Ho_Chi_Minh")


def extended(world, day="2023-09-10") -> Obligation:
    actions.extend(obligation=owed(world.school), until=until(day), reason="Bão lũ", by=world.binh, at=IN_TIME)
    return owed(world.school)


@pytest.fixture
def office(client, world, time_machine):
    time_machine.move_to(IN_TIME)
    client.force_login(world.binh)
    return client


def test_the_page_tells_how_an_obligation_came_to_be(office, world):
    mine = extended(world, "2023-09-25")
    publish(world, due("register-2023", "2023-09-20"), at=IN_TIME)
    page = office.get(f"/monitoring/obligations/{mine.pk}/").text
    assert page.index("25/08/2023 → 20/09/2023") < page.rindex("Bão lũ") < page.rindex("phiên bản 1 của kế hoạch")
    assert world.binh.full_name in page


def test_a_dropped_obligation_says_so(office, world):
    publish(world, without("register-2023"), at=IN_TIME)
    page = office.get(f"/monitoring/obligations/{owed(world.school).pk}/")
    assert page.status_code == 200
    assert "Không còn yêu cầu từ phiên bản 2" in page.text


def test_an_extension_may_not_end_in_the_past(office, world):
    mine = owed(world.school)
    answer = office.post(f"/monitoring/obligations/{mine.pk}/extend/", {"until": "19/08/2023", "reason": "Bão"})
    assert answer.status_code == 422
    assert "Hạn mới phải ở phía trước" in answer.text


def test_an_extension_is_taken_back_with_a_reason(office, world):
    mine = extended(world)
    path = f"/monitoring/obligations/{mine.pk}/cancel-extension/"
    assert office.post(path, {"extension-reason": ""}).status_code == 422
    assert office.post(path, {"extension-reason": "Ghi nhầm đơn vị"}).status_code == 302
    mine = owed(world.school)
    assert (mine.extended_to, mine.reason) == (None, "")
    last = mine.facts.order_by("pk").last()
    assert (last.kind, last.reason, last.by) == ("extension_cancelled", "Ghi nhầm đơn vị", world.binh)
    assert Entry.objects.get(verb="campaigns.cancel_extension").note == "Ghi nhầm đơn vị"
    assert office.post(path, {"extension-reason": "Lần nữa"}).status_code == 403


def test_an_excuse_is_taken_back_and_the_extension_before_it_stands(office, world):
    mine = extended(world)
    actions.excuse(obligation=mine, reason="Sáp nhập", by=world.binh, at=IN_TIME)
    office.post(f"/monitoring/obligations/{mine.pk}/cancel-excuse/", {"excuse-reason": "Không sáp nhập nữa"})
    mine = owed(world.school)
    assert (mine.excused, mine.reason, day_of(mine.closes_at)) == (False, "Bão lũ", "10/09/2023")
    assert "10/09/2023" in world.hanh.letters.get(kind="campaigns.excuse_cancelled").subject


def test_more_time_changes_nothing_for_what_is_handed_in(world):
    submitted(world)
    with pytest.raises(Denied, match="đã nộp"):
        extended(world)


def test_many_units_get_more_time_at_once_and_one_letter_each(office, world):
    submitted(world)
    page = office.get(f"{EXTEND}{AT}").text
    assert "Gia hạn “Đăng ký mô hình, giải pháp, sáng kiến năm 2023”" in page
    assert world.school.name not in page  # it has handed in
    units = [world.school.pk, world.other.pk, world.division.pk]
    answer = office.post(f"{EXTEND}{AT}", {"unit": units, "until": "10/09/2023", "reason": "Bão lũ"}, follow=True)
    assert "Đã ghi nhận 2 quyết định" in answer.text
    assert [day_of(owed(each).closes_at) for each in (world.school, world.other)] == ["25/08/2023", "10/09/2023"]
    assert Entry.objects.filter(verb="campaigns.extend").count() == 2
    letter = world.dung.letters.get(kind="campaigns.extended")
    assert "đến 10/09/2023" in letter.subject
    assert "Bão lũ" in letter.body


def test_many_people_of_a_unit_are_one_row_of_the_trail_and_one_letter(office, world):
    office.post(f"{EXCUSE}?what=discipline-2023&year=2023", {"unit": [world.school.pk], "reason": "Biệt phái"})
    people = Obligation.objects.filter(unit=world.school, key="discipline-2023")
    assert {row.excused for row in people} == {True}
    assert Entry.objects.get(verb="campaigns.excuse").after == {"excused": True, "obligations": people.count()}
    assert world.hanh.letters.filter(kind="campaigns.excused").count() == 1


def test_a_date_that_does_not_fit_comes_back_beside_its_field_and_changes_nothing(office, world):
    answer = office.post(f"{EXTEND}{AT}", {"unit": [world.other.pk], "until": "21/08/2023", "reason": "Bão"})
    assert answer.status_code == 422
    assert "phải sau hạn" in answer.text or "muộn hơn hạn" in answer.text
    assert owed(world.other).extended_to is None


def test_nobody_ticked_is_said(office, world):
    answer = office.post(f"{EXCUSE}{AT}", {"reason": "Bão"})
    assert answer.status_code == 422
    assert "Không có nghĩa vụ nào" in answer.text


def test_without_an_obligation_the_page_asks_which(office, world):
    page = office.get(f"{EXCUSE}?year=2023&kind=school").text
    assert "Quyết định về nghĩa vụ nào?" in page
    assert "what=register-2023" in page
    assert "kind=school" in page


def test_an_open_obligation_late_at_the_moment_can_be_extended_from_today(world):
    late = moment("2023-09-01 09:00")
    actions.extend(obligation=owed(world.school), until=until("2023-09-02"), reason="Bão", by=world.binh, at=late)
    assert owed(world.school).on(late).state == "due"
