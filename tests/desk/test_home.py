"""The first page of each role: what waits, and a next step also where nothing waits."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.fixtures import IN_TIME, moment, person, submitted

from thidua.campaigns.models import Campaign
from thidua.core.units import RoleKind
from thidua.people.models import Letter, Person, Unit

LATE = moment("2025-11-30 09:00")
STEPS = {
    "binh": ["desk:overview", "summaries:list"],
    "ha": ["desk:overview", "summaries:list"],
    "viet": ["desk:overview", "summaries:list"],
    "mai": ["desk:trail", "desk:overview", "summaries:list"],
    "chi": ["campaigns:plan", "desk:overview"],
    "moi": ["people:units", "desk:overview"],
    "linh": ["dossiers:list", "desk:overview"],
}


@pytest.fixture
def everybody(world):
    person("chi", "Phạm Linh Chi", role=RoleKind.COUNCIL)
    person("viet", "Trần Quốc Việt", role=RoleKind.DIRECTOR)
    person("moi", "Đỗ Thị Mới")
    return world


def home(client, username):
    client.force_login(Person.objects.get(username=username))
    return client.get(reverse("desk:home"))


@pytest.mark.parametrize("username", STEPS)
def test_every_role_has_a_next_step_that_opens(everybody, client, time_machine, username):
    time_machine.move_to(IN_TIME)
    client.force_login(Person.objects.get(username=username))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("desk:home"))
    assert len(queries) <= 12
    steps = [step.url for step in page.context["steps"]]
    assert [url.split("?")[0] for url in steps] == [reverse(name) for name in STEPS[username]]
    for url in steps:
        assert f'href="{url}"' in page.text
        assert client.get(url).status_code == 200


def test_leadership_hears_of_what_waits_only_when_something_does(everybody, client, time_machine):
    time_machine.move_to(IN_TIME)
    assert "Không có hồ sơ chờ thẩm tra, không có đơn vị quá hạn." in home(client, "viet").text
    submitted(everybody)
    page = home(client, "viet").text
    assert "1 hồ sơ chờ" in page
    assert "Bộ phận Thường trực thẩm tra" in page
    time_machine.move_to(LATE)
    assert "quá hạn hoặc phải sửa" in home(client, "viet").text


def test_the_administrator_hears_of_unopened_accounts_and_refused_mail(everybody, client, time_machine):
    time_machine.move_to(IN_TIME)
    fresh = Person(username="moi-2", full_name="Lê Mới")
    fresh.set_unusable_password()
    fresh.save()
    Letter.objects.create(
        to=everybody.an, kind="x", subject="S", body="B", written_at=timezone.now(), failure="550 no such person"
    )
    page = home(client, "mai").text
    assert "1 tài khoản chưa đăng nhập lần nào" in page
    assert "Cần sửa lại địa chỉ thư: an." in page
    assert "Cần sửa lại địa chỉ thư" not in home(client, "viet").text


def test_who_only_follows_is_not_told_that_a_unit_handed_everything_in(everybody, client, time_machine):
    time_machine.move_to(IN_TIME)
    page = home(client, "chi").text
    assert "Hiện bạn không có việc phải làm" in page
    assert not re.search(r'id="own-h"', page)


def test_before_the_first_campaign_the_way_is_shown(everybody, client):
    Campaign.objects.update(current=None)
    urls = [step.url for step in home(client, "mai").context["steps"]]
    assert urls == [reverse("people:import_people"), reverse("campaigns:versions")]
    assert not home(client, "an").context["steps"]


def test_an_empty_system_begins_with_the_units(db, client):
    person("mai", "Võ Ngọc Mai", role=RoleKind.ADMINISTRATOR)
    assert not Unit.objects.exists()
    urls = [step.url for step in home(client, "mai").context["steps"]]
    assert urls == [reverse("people:import_units"), reverse("campaigns:versions")]
