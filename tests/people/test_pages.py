"""Pages of units, people, notices and delegation, per role; the gates of signing in."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.html import escape
from tests.fixtures import person, unit

from thidua import people
from thidua.core.refusals import Denied
from thidua.core.units import PostKind
from thidua.people import actions
from thidua.people.models import Delegation, Letter, Person

pytestmark = pytest.mark.django_db
PAGES = ["people:units", "people:people", "people:members", "people:letters"]


def signed_in(client, someone):
    client.force_login(someone)
    return client


@pytest.mark.parametrize("name", PAGES)
def test_pages_stay_flat(client, world, name):
    signed_in(client, world.hanh).get(reverse(name))
    counts = []
    for number in (1, 3):
        for each in range(number):
            below = unit(f"to-{number}-{each}", f"Tổ {number}.{each}", "group", world.school)
            person(f"p-{number}-{each}", f"Lê {number}.{each}", unit=below)
            Letter.objects.create(to=world.hanh, kind="x", subject="S", body="B", written_at=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_units_are_found_without_marks(client, world):
    page = signed_in(client, world.binh).get(reverse("people:units"), {"q": "doi thong"})
    assert "Đồi Thông" in page.text
    assert "Hoa Sen" not in page.text


def test_a_stranger_sees_no_other_unit(client, world):
    signed_in(client, world.dung)
    assert client.get(reverse("people:unit", args=[world.school.code])).status_code == 404
    assert client.get(reverse("people:unit", args=[world.other.code])).status_code == 200
    assert "Hoa Sen" not in client.get(reverse("people:units")).text


def test_the_office_takes_units_away_in_excel(client, world):
    answer = signed_in(client, world.binh).get(reverse("people:units_excel"))
    assert b"".join(answer.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("name", ["people:import_units", "people:import_people"])
def test_only_the_office_imports(client, world, name):
    assert signed_in(client, world.hanh).get(reverse(name)).status_code == 403
    assert signed_in(client, world.binh).get(reverse(name)).status_code == 200
    assert client.post(reverse(name), {}).status_code == 422


def test_a_colleague_is_added_once_named(client, world):
    signed_in(client, world.an)
    assert client.post(reverse("people:add_member"), {"full_name": ""}).status_code == 422
    assert client.post(reverse("people:add_member"), {"full_name": "Đỗ Mới"}).status_code in (302, 303)
    assert Person.objects.get(username="do-moi").posts.get().unit == world.school


def test_a_refusal_stands_beside_what_was_typed(client, world, monkeypatch):
    Person.objects.filter(pk=world.hanh.pk).update(email="hanh@mau.vn")
    signed_in(client, world.an)
    page = client.post(reverse("people:add_member"), {"full_name": "Đỗ Mới", "email": "hanh@mau.vn"})
    assert (page.status_code, page.context["form"].errors["email"]) == (422, ["Thư điện tử này thuộc về người khác."])
    assert "Đỗ Mới" in page.text

    def close(**given):
        raise Denied("Đơn vị vừa kết thúc.")

    monkeypatch.setattr(actions, "issue_token", close)
    form = {"name": "Một cửa", "expires_on": timezone.localdate()}
    page = client.post(reverse("people:issue_token", args=["hoa-sen"]), form)
    assert (page.status_code, "Đơn vị vừa kết thúc." in page.text) == (422, True)


def test_only_the_head_delegates(client, world):
    today = dt.date.today()
    form = {"deputy": world.linh.pk, "starts_on": today, "ends_on": today, "reason": "Đi công tác"}
    assert signed_in(client, world.an).post(reverse("people:delegate"), form).status_code == 403
    assert not Delegation.objects.exists()
    assert signed_in(client, world.hanh).post(reverse("people:delegate"), form).status_code in (302, 303)
    assert world.school.pk in Person.objects.get(username="linh").access.signs_for


def test_notices_are_read(client, world):
    Letter.objects.create(to=world.an, kind="x", subject="Nhắc việc", body="B", written_at=timezone.now())
    assert "Nhắc việc" in signed_in(client, world.an).get(reverse("people:letters")).text
    client.post(reverse("people:read_letters"))
    assert Letter.objects.get().read_at


def test_a_one_time_password_must_be_changed(client, world):
    world.an.must_change_password = True
    world.an.save()
    answer = signed_in(client, world.an).get("/")
    assert answer.url == reverse("account_change_password")
    new = "mot-mat-khau-2-dai"
    client.post(answer.url, {"oldpassword": "thidua-2023", "password1": new, "password2": new})
    assert client.get("/").status_code == 200


def test_a_second_factor_is_demanded_per_role(client, world, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    assert signed_in(client, world.binh).get("/").url == reverse("mfa_index")
    assert signed_in(client, world.an).get("/").status_code == 200


def test_the_page_of_the_second_factor_says_so_to_those_who_need_one(client, world, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    needed = "Vai trò của bạn phải bật"
    for who, is_told in ((world.binh, True), (world.an, False)):
        assert (needed in signed_in(client, who).get(reverse("mfa_index")).text) is is_told


def addresses(patterns, prefix="/"):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern)


OPEN = ("/account/", "/people/object/", "/language/", "/surveys/a/", "/api/", "/docs/api/")
CLOSED = [each for each in addresses(get_resolver("thidua.config.urls").url_patterns) if not each.startswith(OPEN)]


@pytest.mark.parametrize("route", CLOSED)
def test_every_address_is_closed_by_default(client, route):
    path = route
    for kind, value in (("int", "1"), ("str", "x"), ("slug", "x"), ("uuid", "0" * 8 + "-0000-0000-0000-" + "0" * 12)):
        while f"<{kind}:" in path:
            start = path.index(f"<{kind}:")
            path = path[:start] + value + path[path.index(">", start) + 1 :]
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_head_posts_are_listed_on_the_unit_page(client, world):
    page = signed_in(client, world.binh).get(reverse("people:unit", args=[world.school.code]))
    assert world.hanh.full_name in page.text
    assert world.school.posts.filter(kind=PostKind.HEAD).count() == 1


def test_first_login_slips_are_printed_once(client, world):
    world.linh.set_unusable_password()
    world.linh.save()
    assert signed_in(client, world.hanh).post(reverse("people:slips")).status_code == 403
    first = signed_in(client, world.binh).post(reverse("people:slips"))
    assert [someone for someone, _password in first.context["slips"]] == [world.linh]
    password = first.context["slips"][0][1]
    assert password in first.text
    linh = Person.objects.get(username="linh")
    assert linh.check_password(password)
    assert linh.must_change_password
    assert client.post(reverse("people:slips")).context["slips"] == []


def test_the_page_of_a_unit_leads_to_its_figures_and_papers(client, world):
    page = signed_in(client, world.binh).get(reverse("people:unit", args=[world.school.code]))
    for place in page.context["places"]:
        assert f'href="{escape(place.url)}"' in page.text
        assert client.get(place.url).status_code == 200
    assert [place.url.split("?")[0] for place in page.context["places"]] == ["/reports/units/hoa-sen/", "/dossiers/"]


def test_no_template_of_people_names_the_address_of_another_room():
    for template in (Path(people.__file__).parent / "templates").rglob("*.html"):
        assert not re.search(r"(href|action)=[\"']/", template.read_text(encoding="utf-8")), template.name


@pytest.mark.parametrize("page", ["reports:card_excel", "reports:people_excel", "people:tokens_excel"])
@pytest.mark.parametrize("code", ["a:b[1]*", "x?y=1", "a\\b", "'a'", "đơn-vị"])
def test_a_list_of_an_oddly_called_unit_opens(client, world, page, code):
    world.school.code = code
    world.school.save()
    answer = signed_in(client, world.binh).get(reverse(page, args=[code]), {"year": "2023"})
    answer.close()
    assert answer.status_code == 200
