"""Publishing asks first: what it changes, in words, with the list; then it is done at once, or by the worker."""

import io
import json

import pytest
import time_machine
from django.core.management import call_command
from openpyxl import load_workbook
from tests.campaigns.versions import SECOND, changed, due, load, owed, without
from tests.fixtures import moment, person, submitted

from thidua.campaigns import actions, tasks
from thidua.campaigns.actions import working
from thidua.campaigns.models import Publishing
from thidua.core.days import end_of_day
from thidua.core.refusals import Denied
from thidua.core.units import RoleKind
from thidua.ledger.models import Entry

LATER = without("unit-plan-2023", due("register-2023", "2023-09-20"))


@pytest.fixture
def draft(world):
    """A second version is loaded; one school has handed in, another has an extension that will fall."""
    submitted(world, moment("2023-08-14 10:00"))
    until = end_of_day(moment("2023-09-01 08:00").date(), "Asia/Ho_Chi_Minh")
    actions.extend(obligation=owed(world.other), until=until, reason="Bão lũ", by=world.binh, at=SECOND)
    with time_machine.travel(SECOND, tick=False):
        yield load(LATER)


@pytest.fixture
def office(client, world):
    client.force_login(world.binh)
    return client


def path(version, more="") -> str:
    return f"/campaigns/versions/{version.pk}/publish/{more}"


def test_the_page_says_in_words_what_changes_and_changes_nothing(office, draft, world):
    page = office.get(path(draft)).text
    assert "2 đơn vị</b>: “Đăng ký mô hình, giải pháp, sáng kiến năm 2023”: hạn 25/08/2023 → 20/09/2023" in page
    assert "1 đơn vị</b>: “Đăng ký mô hình, giải pháp, sáng kiến năm 2023” đã nộp, không đổi" in page
    assert "“Kế hoạch thi đua của đơn vị năm 2023” không còn yêu cầu" in page
    assert "gia hạn “Đăng ký mô hình, giải pháp, sáng kiến năm 2023” đến 01/09/2023 hết giá trị" in page
    assert "gửi thư cho 3 đơn vị" in page
    assert (owed(world.other).version.number, draft.published_at) == (1, None)


def test_the_list_is_filtered_and_goes_to_excel(office, draft, world):
    page = office.get(path(draft, "?kind=dropped")).text
    assert page.count("Kế hoạch thi đua của đơn vị năm 2023</td>") == 3
    answer = office.get(path(draft, "excel/?kind=moved"))
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    answer.close()
    found = {
        row[1]: (row[6].date().isoformat(), row[8] and row[8].date().isoformat())
        for row in sheet.values
        if row[6] and row[0] != "Mã đơn vị"
    }
    assert found == {
        world.other.name: ("2023-09-20", "2023-09-01"),
        world.division.name: ("2023-09-20", None),
    }


@pytest.mark.parametrize("address", ["", "?kind=moved", "excel/"])
def test_the_page_costs_few_queries(office, draft, address, django_assert_max_num_queries):
    office.get("/")  # once in a while a sign-in is noted
    with django_assert_max_num_queries(12):
        answer = office.get(path(draft, address))
    assert answer.status_code == 200
    answer.close()


def test_the_office_publishes_and_the_version_tells_what_it_changed(office, draft, world):
    answer = office.post(path(draft), follow=True)
    assert "Những gì đã thay đổi khi ban hành" in answer.text
    assert "hạn 25/08/2023 → 20/09/2023" in answer.text
    entry = Entry.objects.get(verb="campaigns.publish", by_id=world.binh.pk)
    assert entry.after == {"version": 2, "moved": 2, "kept": 1, "dropped": 3}
    assert office.post(path(draft)).status_code == 403


def test_a_first_plan_says_what_each_unit_will_owe(office, world):
    other = load(changed(('id = "cchc-2023-2025"', 'id = "khac"')))
    page = office.get(path(other)).text
    assert "“Đăng ký mô hình, giải pháp, sáng kiến năm 2023” là nghĩa vụ mới, hạn 25/08/2023" in page


def test_what_is_large_is_published_by_the_worker(office, draft, world, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE", 10)
    page = office.post(path(draft), follow=True).text
    assert "Phiên bản đang được ban hành" in page
    assert "<progress" in office.get(f"/campaigns/versions/{draft.pk}/", headers={"HX-Request": "true"}).text
    assert owed(world.other).version.number == 1
    publishing = Publishing.objects.get()
    office.post(path(draft))
    assert Publishing.objects.count() == 1  # asked for twice, done once
    tasks.publish(publishing.pk)
    tasks.publish(publishing.pk)
    publishing.refresh_from_db()
    assert (publishing.state, owed(world.other).version.number) == ("ready", 2)
    assert Entry.objects.filter(verb="campaigns.publish", by_id=world.binh.pk).count() == 1
    assert world.dung.letters.filter(kind="campaigns.publish").count() == 1


def test_a_publishing_that_is_refused_says_why(draft, world, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE", 10)
    actions.have_published(version=draft, by=world.binh, at=SECOND)
    load(f"# Ghi chú\n{LATER}")
    tasks.publish(Publishing.objects.get().pk)
    assert "phiên bản 3" in Publishing.objects.get().failure
    assert owed(world.other).version.number == 1


def test_only_one_version_of_a_plan_is_published_at_a_time(draft, world, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE", 10)
    actions.have_published(version=draft, by=world.binh, at=SECOND)
    third, colleague = load(f"# Ghi chú\n{LATER}"), person("son", "Phan Sơn", role=RoleKind.OFFICE)
    with pytest.raises(Denied, match="đang được ban hành"):
        actions.have_published(version=third, by=colleague, at=SECOND)


def told(*words: str) -> dict:
    out = io.StringIO()
    call_command("plan", "publish", "cchc-2023-2025", *words, json=True, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_the_command_says_what_it_would_change(draft, world):
    found = told("--dry-run")
    assert found["units"] == 3
    assert {"what": "moved", "obligation": "register-2023", "units": 2, "people": 0, "due_before": "2023-08-25",
            "due": "2023-09-20"} in found["lines"]  # fmt: skip
    assert [each["until"] for each in found["extensions_that_fall"]] == ["2023-09-01"]
    assert owed(world.other).version.number == 1
    assert told()["obligations"] == {"moved": 2, "kept": 1, "dropped": 3}
