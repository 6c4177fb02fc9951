"""A delegation is worth what its two people are today, ends within a year, and is taken back by the head."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.fixtures import START

from thidua.core.refusals import Denied
from thidua.core.units import PostKind
from thidua.ledger.models import Entry
from thidua.people import actions, letters
from thidua.people.models import Delegation, Person, Post

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def delegation(world) -> Delegation:
    return given(world, world.linh)


def given(world, deputy, **changed) -> Delegation:
    today = timezone.localdate()
    days = {"starts_on": today, "ends_on": today + 30 * DAY, **changed}
    by = Person.objects.get(pk=world.hanh.pk)
    return actions.delegate(unit=world.school, deputy=deputy, reason="Đi học", by=by, at=timezone.now(), **days)


def signs(world, who) -> bool:
    """Both ways of asking agree: what a person may do, and whom a dossier is presented to."""
    found = Person.objects.get(pk=who.pk)
    may = world.school.pk in found.access.signs_for
    assert (found in letters.heads_of(world.school.pk)) == may
    return may


def test_a_deputy_signs(world, delegation):
    assert signs(world, world.linh)


@pytest.mark.parametrize("who", ["hanh", "linh"])
def test_with_the_post_of_either_the_delegation_ends(world, delegation, who):
    Post.objects.filter(person=getattr(world, who)).update(ends_on=timezone.localdate() - DAY)
    assert not signs(world, world.linh)


def test_a_head_who_is_no_head_any_more_but_stays_has_no_deputy(world, delegation):
    world.hanh.posts.update(kind=PostKind.MEMBER)
    assert not signs(world, world.linh)


def test_posts_elsewhere_are_none_here(world, delegation):
    world.linh.posts.update(unit=world.other)
    assert not signs(world, world.linh)


def test_it_begins_and_ends_with_its_days(world, delegation):
    today = timezone.localdate()
    Delegation.objects.update(starts_on=today + DAY)
    assert not signs(world, world.linh)
    Delegation.objects.update(starts_on=START, ends_on=today - DAY)
    assert not signs(world, world.linh)


def test_who_left_neither_gives_nor_gets_one(world):
    left = {"ends_on": timezone.localdate() - DAY}
    Post.objects.filter(person=world.linh).update(**left)
    with pytest.raises(Denied, match="phải giữ vị trí") as refused:
        given(world, world.linh)
    assert "deputy" in refused.value.fields
    Post.objects.filter(person=world.hanh).update(**left)
    with pytest.raises(Denied, match="Chỉ thủ trưởng"):
        given(world, world.an)


def test_who_acts_for_the_head_hands_nothing_on(world, delegation):
    linh = Person.objects.get(pk=world.linh.pk)
    with pytest.raises(Denied, match="Chỉ thủ trưởng"):
        actions.delegate(
            unit=world.school, deputy=world.an, starts_on=START, ends_on=timezone.localdate(), reason="x", by=linh,
            at=timezone.now(),
        )  # fmt: skip
    with pytest.raises(Denied, match="Chỉ thủ trưởng"):
        actions.revoke_delegation(delegation=delegation, by=linh, at=timezone.now())


def form(deputy, ends_on: dt.date) -> dict:
    return {
        "deputy": deputy.pk,
        "starts_on": timezone.localdate(),
        "ends_on": f"{ends_on:%d/%m/%Y}",
        "reason": "Đi học",
    }


def test_it_lasts_at_most_a_year(client, world):
    client.force_login(world.hanh)
    longest = timezone.localdate() + 365 * DAY
    for too_long, said in ((longest + DAY, "không quá một năm"), (dt.date(9999, 12, 31), "Năm phải từ 1900")):
        page = client.post(reverse("people:delegate"), form(world.linh, too_long))
        assert page.status_code == 422
        assert said in str(page.context["delegation"].errors["ends_on"])
    assert client.post(reverse("people:delegate"), form(world.linh, longest)).status_code == 302


def test_days_that_are_over_are_a_sentence_beside_the_field(client, world):
    client.force_login(world.hanh)
    yesterday = timezone.localdate() - DAY
    sent = {**form(world.linh, yesterday), "starts_on": yesterday - DAY}
    page = client.post(reverse("people:delegate"), sent)
    assert page.status_code == 422
    assert "đã qua" in str(page.context["delegation"].errors["ends_on"])
    assert not Delegation.objects.exists()


def test_a_head_of_two_units_names_the_one(client, world):
    Post.objects.create(person=world.hanh, unit=world.other, kind=PostKind.HEAD, starts_on=START)
    client.force_login(world.hanh)
    sent = form(world.dung, timezone.localdate())
    assert client.post(reverse("people:delegate"), sent).status_code == 422
    assert client.post(reverse("people:delegate"), {**sent, "unit": world.school.pk}).status_code == 422
    assert client.post(reverse("people:delegate"), {**sent, "unit": world.division.pk}).status_code == 422
    assert client.post(reverse("people:delegate"), {**sent, "unit": world.other.pk}).status_code == 302
    assert Delegation.objects.get().unit == world.other
    assert "Trần Minh Dũng" in client.get(reverse("people:members")).text


def test_the_standing_office_takes_it_back_on_the_page_of_the_unit(client, world, delegation):
    address = reverse("people:revoke_delegation", args=[delegation.pk])
    page = reverse("people:unit", args=[world.school.code])
    client.force_login(world.admin)
    assert address not in client.get(page).text
    client.force_login(world.binh)
    assert address in client.get(page).text
    assert client.post(address).url == page
    assert not signs(world, world.linh)
    assert Entry.objects.get(verb="people.revoke_delegation").acting_as == "office"


def test_delegating_to_oneself_is_a_sentence_beside_the_field(client, world):
    client.force_login(world.hanh)
    page = client.post(reverse("people:delegate"), form(world.hanh, timezone.localdate()))
    assert page.status_code == 422
    assert "không chọn chính mình" in str(page.context["delegation"].errors["deputy"])
    with pytest.raises(Denied, match="chính mình"):
        given(world, world.hanh)
    assert not Delegation.objects.exists()


def test_the_head_takes_it_back_on_the_page(client, world, delegation):
    address = reverse("people:revoke_delegation", args=[delegation.pk])
    client.force_login(world.an)
    page = client.get(reverse("people:members"))
    assert ("Bùi Khánh Linh" in page.text, address in page.text) == (True, False)
    assert client.post(address).status_code == 403
    client.force_login(world.dung)
    assert client.post(address).status_code == 404
    client.force_login(world.hanh)
    assert address in client.get(reverse("people:members")).text
    assert client.post(address).status_code == 302
    assert not signs(world, world.linh)
    assert address not in client.get(reverse("people:members")).text
    row = Entry.objects.get(verb="people.revoke_delegation")
    assert (row.by_name, row.acting_as, row.thing_label, row.unit_id) == (
        "Hoàng Lan Hạnh", "head", "Bùi Khánh Linh", world.school.pk,
    )  # fmt: skip
    assert "Thu hồi ủy quyền" in client.get("/trail/").text
    assert client.post(address).status_code == 403


def test_a_later_head_takes_back_what_waits_and_sees_nothing_of_what_is_void(client, world, delegation):
    Delegation.objects.update(starts_on=timezone.localdate() + DAY)
    Post.objects.create(person=world.an, unit=world.school, kind=PostKind.HEAD, starts_on=START)
    client.force_login(world.an)
    assert client.post(reverse("people:revoke_delegation", args=[delegation.pk])).status_code == 302
    void = given(world, world.linh)
    world.hanh.posts.update(ends_on=timezone.localdate() - DAY)
    assert reverse("people:revoke_delegation", args=[void.pk]) not in client.get(reverse("people:members")).text
