"""Access codes for programs: who makes and revokes them, what they are worth, what they never open."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from tests.fixtures import moment, person

from thidua.core.refusals import Denied, NotAdmitted, TooOften
from thidua.core.units import PostKind
from thidua.ledger.models import Entry
from thidua.people import actions, gate
from thidua.people.models import ApiToken, Person, Unit

NOW = moment("2023-11-20 09:00")
PAGE = "/people/units/hoa-sen/tokens/"
FORM = {"name": "Hệ thống một cửa", "expires_on": "30/06/2024"}


def made(world, by=None, unit=None, **changed):
    given = {"name": "Hệ thống một cửa", "expires_on": dt.date(2024, 6, 30)} | changed
    return actions.issue_token(unit=unit or world.school, by=by or world.an, at=NOW, **given)


@pytest.mark.parametrize(
    ("who", "status"),
    [("an", 200), ("hanh", 200), ("binh", 200), ("linh", 404), ("dung", 404), ("leader", 403), ("admin", 403)],
)
@time_machine.travel(NOW, tick=False)
def test_who_makes_and_revokes_codes(world, client, who, status):
    token, _secret = made(world, by=world.hanh, name="Cũ")
    client.force_login(getattr(world, who))
    assert client.get(PAGE).status_code == status
    assert client.post(f"{PAGE}issue/", FORM).status_code == status
    revoked = client.post(f"{PAGE}{token.pk}/revoke/")
    assert revoked.status_code == (302 if status == 200 else 404)
    token.refresh_from_db()
    assert (token.revoked_at is not None, ApiToken.objects.count()) == ((True, 2) if status == 200 else (False, 1))
    unit_page = client.get("/people/units/hoa-sen/")
    assert (PAGE in unit_page.text) == (status == 200)


@time_machine.travel(NOW, tick=False)
def test_the_secret_is_shown_once_and_kept_nowhere(world, client):
    client.force_login(world.an)
    answer = client.post(f"{PAGE}issue/", FORM)
    token, secret = answer.context["made"]
    assert secret in answer.text
    assert answer["Cache-Control"] == "private, no-store"
    assert secret.startswith("thd_")
    assert gate.admit(secret, address="192.0.2.7", at=NOW) == token
    kept = [str(each) for row in (*ApiToken.objects.values_list(), *Entry.objects.values_list()) for each in row]
    assert not any(secret in each for each in kept)
    page = client.get(PAGE)
    assert secret not in page.text
    assert "Hệ thống một cửa" in page.text
    assert client.post(f"{PAGE}issue/", FORM).status_code == 422  # one name, one code


@time_machine.travel(NOW, tick=False)
def test_codes_are_searched_and_taken_out_in_excel_without_their_secret(world, client):
    _token, secret = made(world)
    made(world, name="Kho bạc")
    client.force_login(world.an)
    page = client.get(f"{PAGE}?q=he+thong")
    assert [token.name for token, _may in page.context["tokens"]] == ["Hệ thống một cửa"]
    assert f"{PAGE}excel/?q=he+thong" in page.text
    content = b"".join(client.get(f"{PAGE}excel/?q=he+thong").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[-1:]] == ["Hệ thống một cửa"]
    assert not any("Kho bạc" in str(cell) or secret in str(cell) for row in rows for cell in row)
    client.force_login(world.leader)
    assert client.get(f"{PAGE}excel/").status_code == 403


@time_machine.travel(NOW, tick=False)
def test_a_form_that_cannot_be_is_shown_again(world, client):
    client.force_login(world.an)
    for wrong in ({"name": ""}, {"expires_on": "19/11/2023"}, {"expires_on": "20/11/2024"}, {"expires_on": "mai"}):
        answer = client.post(f"{PAGE}issue/", FORM | wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(wrong))
    assert not ApiToken.objects.exists()


def test_the_trail_tells_of_making_and_revoking(world):
    token, _secret = made(world)
    actions.revoke_token(token=token, by=world.binh, at=NOW)
    rows = Entry.objects.filter(thing_type="people.apitoken").order_by("pk")
    told = [(row.verb, row.by_name, row.thing_label, row.unit_id) for row in rows]
    assert told == [
        ("people.issue_token", "Nguyễn Thị An", "Hệ thống một cửa", world.school.pk),
        ("people.revoke_token", "Lê Văn Bình", "Hệ thống một cửa", world.school.pk),
    ]
    with pytest.raises(Denied):
        actions.revoke_token(token=token, by=world.binh, at=NOW)
    made(world)  # the name is free again


def left(world):
    world.an.posts.update(ends_on=dt.date(2023, 11, 1))


def locked(world):
    Person.objects.filter(pk=world.an.pk).update(is_active=False)


@pytest.mark.parametrize("what", [left, locked])
def test_a_code_is_worth_no_more_than_who_made_it(world, what):
    _token, secret = made(world)
    what(world)
    with time_machine.travel(NOW, tick=False), pytest.raises(NotAdmitted, match="Nguyễn Thị An"):
        gate.admit(secret, address="192.0.2.7", at=NOW)


def test_unknown_revoked_and_ended_codes_are_not_admitted(world):
    token, secret = made(world)
    with time_machine.travel(moment("2024-06-30 23:00"), tick=False):
        assert (
            gate.admit(secret, address="192.0.2.7", at=moment("2024-06-30 23:00")) == token
        )  # the last day is a day of it
    for wrong in (f"{secret}x", "", "thd_", "\x00", "Ạ"):
        with pytest.raises(NotAdmitted):
            gate.admit(wrong, address="192.0.2.7", at=NOW)
    with pytest.raises(NotAdmitted, match="30/06/2024"):
        gate.admit(secret, address="192.0.2.7", at=moment("2024-07-01 00:30"))
    actions.revoke_token(token=token, by=world.an, at=NOW)
    with pytest.raises(NotAdmitted, match="20/11/2023"):
        gate.admit(secret, address="192.0.2.7", at=NOW)


def test_when_it_was_last_used_is_exact_to_the_hour(world, django_assert_num_queries):
    token, secret = made(world)
    for at, noted in (("09:00", "09:00"), ("09:59", "09:00"), ("10:00", "10:00")):
        gate.admit(secret, address="192.0.2.7", at=moment(f"2023-11-20 {at}"))
        token.refresh_from_db()
        assert token.last_used_at == moment(f"2023-11-20 {noted}")
    with django_assert_num_queries(5):  # calls of the address, the code, its calls, failures, its maker
        gate.admit(secret, address="192.0.2.7", at=moment("2023-11-20 10:30"))


def test_after_many_failures_a_code_rests(world):
    token, secret = made(world)
    _other, second = made(world, name="Hệ thống văn bản")
    for _n in range(30):
        gate.failed(token, at=NOW)
    with pytest.raises(TooOften) as refusal:
        gate.admit(secret, address="192.0.2.7", at=NOW + dt.timedelta(seconds=500))
    assert refusal.value.retry_after == 100
    assert gate.admit(second, address="192.0.2.7", at=NOW)
    assert gate.admit(secret, address="192.0.2.7", at=NOW + dt.timedelta(seconds=600)) == token


def test_a_deputy_of_another_unit_and_a_closed_unit_make_none(world):
    stranger = person("tam", "Lý Tâm", unit=world.other, post=PostKind.FOCAL_POINT)
    with pytest.raises(Denied):
        made(world, by=stranger)
    Unit.objects.filter(pk=world.school.pk).update(ends_on=dt.date(2023, 10, 1))
    world.school.refresh_from_db()
    with pytest.raises(Denied, match="01/10/2023"):
        made(world)


def test_a_code_opens_no_page(world, client):
    _token, secret = made(world)
    answer = client.get(PAGE, headers={"authorization": f"Bearer {secret}"})
    assert answer.url.startswith(reverse("account_login"))
