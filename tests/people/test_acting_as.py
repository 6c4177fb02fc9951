"""The trail says as what somebody acted: head, deputy of the head, focal point, or a role of the department."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.fixtures import IN_TIME, START, begun, submitted

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation
from thidua.core.units import PostKind, RoleKind
from thidua.dossiers import actions
from thidua.ledger.models import Entry
from thidua.people import actions as people
from thidua.people.models import Person, Post, Role


def as_what(verb: str) -> str:
    return Entry.objects.filter(verb=verb).latest("id").acting_as


def fresh(someone) -> Person:
    """The person of a new request: what was loaded before is forgotten."""
    return Person.objects.get(pk=someone.pk)


def delegated(world, to) -> Person:
    today = timezone.localdate()
    people.delegate(
        unit=world.school,
        deputy=to,
        starts_on=today,
        ends_on=today + dt.timedelta(days=3),
        reason="Đi công tác",
        by=world.hanh,
        at=timezone.now(),
    )
    return fresh(to)


def test_each_step_of_a_dossier_says_as_what(world):
    dossier = submitted(world)
    for author in dossier.authors.select_related("person").order_by("position"):
        actions.confirm(author=author, by=author.person, at=IN_TIME)
    actions.accept(dossier=dossier, by=world.binh, at=IN_TIME)
    entries = Entry.objects.filter(thing_type="dossiers.dossier").order_by("id").values_list("verb", "acting_as")
    assert list(entries) == [
        ("dossiers.begin", "focal_point"),
        ("dossiers.submit", "head"),
        ("dossiers.confirm", "focal_point"),
        ("dossiers.confirm", "member"),
        ("dossiers.accept", "office"),
    ]


def test_a_deputy_signs_in_place_of_the_head(world, client):
    dossier = begun(world)
    linh = delegated(world, world.linh)
    assert as_what("people.delegate") == "head"
    client.force_login(linh)
    assert client.post(reverse("dossiers:submit", args=[dossier.pk])).status_code == 302
    assert as_what("dossiers.submit") == "deputy of Hoàng Lan Hạnh"
    assert "Bùi Khánh Linh (thay mặt Hoàng Lan Hạnh)" in client.get(dossier.get_absolute_url()).text
    client.force_login(world.binh)
    assert "thay mặt Hoàng Lan Hạnh" in client.get("/trail/").text


def test_after_the_delegation_a_deputy_signs_nothing(world):
    dossier = begun(world)
    linh = delegated(world, world.linh)
    linh.delegations_held.update(ends_on=timezone.localdate() - dt.timedelta(days=1), starts_on=START)
    assert fresh(linh).acting_in(world.school.pk) == "member"
    assert dossier.unit_id not in fresh(linh).access.signs_for


@pytest.mark.parametrize("post", [PostKind.FOCAL_POINT, PostKind.DEPUTY, PostKind.MEMBER])
def test_the_weightiest_post_is_told(world, post):
    Post.objects.create(person=world.hanh, unit=world.school, kind=post, starts_on=START)
    assert fresh(world.hanh).acting_in(world.school.pk) == "head"
    assert delegated(world, world.an).acting_in(world.school.pk) == "deputy of Hoàng Lan Hạnh"


def test_the_office_is_the_office_towards_others_and_a_post_at_home(world):
    Post.objects.create(person=world.binh, unit=world.division, kind=PostKind.FOCAL_POINT, starts_on=START)
    Post.objects.create(person=world.binh, unit=world.department, kind=PostKind.MEMBER, starts_on=START)
    binh = fresh(world.binh)
    assert binh.acting_in(world.school.pk) == "office"
    assert binh.acting_in(world.division.pk) == "focal_point"
    assert binh.acting_in(world.department.pk) == "office"
    assert binh.acting_in(None) == "office"
    owed = Obligation.objects.filter(unit=world.school, key="register-2023").get()
    campaigns.excuse(obligation=owed, reason="Thiên tai", by=binh, at=IN_TIME)
    assert as_what("campaigns.excuse") == "office"


def test_all_roles_of_a_person_are_told(world, client):
    Role.objects.create(person=world.binh, kind=RoleKind.ADMINISTRATOR, starts_on=START)
    people.grant_role(person=world.linh, kind=RoleKind.COUNCIL, by=fresh(world.binh), at=timezone.now())
    assert as_what("people.grant_role") == "office, administrator"
    client.force_login(world.binh)
    assert "Bộ phận Thường trực, Quản trị" in client.get("/trail/").text


def test_the_system_acts_as_nothing(world):
    assert set(Entry.objects.filter(by_id=None).values_list("acting_as", flat=True)) == {""}
