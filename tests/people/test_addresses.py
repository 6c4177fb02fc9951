"""Whatever is done to an address in whatever order: what recovers an account has waited in peace, or two agreed."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core import signing
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people.test_accounts import NOW, address_of, changed, listed, used  # noqa: F401 - a fixture
from time_machine import travel

from thidua.core.refusals import Denied
from thidua.ledger.models import Entry
from thidua.people import actions, letters, queries
from thidua.people.models import AddressChange, ApiToken, Letter, Person

pytestmark = pytest.mark.django_db
HERS = "hanh@mau.vn"
STEPS = st.lists(
    st.tuples(st.sampled_from(["office", "owner", "object", "agree", "wait"]), st.integers(0, 3), st.integers(0, 26)),
    max_size=8,
)


def link(change) -> str:
    return f"/people/object/{signing.dumps(change.pk, salt=letters.OBJECTION)}/"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_recovers_an_account_has_waited_or_was_agreed_to(used, steps):  # noqa: F811
    """Told beside it, by hand: since when the address is what it is, and what counts."""
    from django.db import transaction

    with transaction.atomic():
        _play(used, steps)
        transaction.set_rollback(True)


def _play(used, steps):  # noqa: F811
    at, now_is, since, counts = NOW, HERS, NOW - dt.timedelta(days=9), HERS
    for what, which, hours in steps:
        at += dt.timedelta(hours=hours)
        if at - since >= dt.timedelta(hours=24):
            counts = now_is
        waiting = AddressChange.objects.waiting(at).filter(person=used.hanh)
        new = [HERS, "x@mau.vn", "y@mau.vn", "z@mau.vn"][which]
        if what in ("office", "owner") and new != now_is:
            if what == "office":
                assert listed(f"hanh,Hoàng Lan Hạnh,{new},hoa-sen,thủ trưởng,", used.binh, at=at).committed
            else:
                changed(used, new, at)
            now_is, since = new, at
        elif what == "object" and waiting:
            actions.object_to_address(change=waiting.first(), at=at)
            now_is = counts
        elif what == "agree" and waiting:
            for who in (used.admin, used.admin2):
                actions.agree_to_address(change=waiting.last(), by=who, at=at)
            counts = now_is
        if now_is == counts:
            since = at - dt.timedelta(days=9)
        person = Person.objects.get(pk=used.hanh.pk)
        assert person.email == now_is
        assert queries.address_that_counts(person, at) == counts
        found = [each for each in (HERS, "x@mau.vn", "y@mau.vn", "z@mau.vn") if queries.recovered_by(each, at)]
        assert found == [counts]


def test_an_address_that_was_replaced_within_its_wait_never_counts(used, client):  # noqa: F811
    listed("hanh,Hoàng Lan Hạnh,evil@x.vn,hoa-sen,thủ trưởng,", used.binh)
    first = AddressChange.objects.get()
    changed(used, "moi@mau.vn", NOW + dt.timedelta(hours=23))
    with travel(NOW + dt.timedelta(hours=30), tick=False):
        assert queries.recovered_by("evil@x.vn", NOW + dt.timedelta(hours=30)) == []
        assert client.post(link(first)).status_code == 200  # the letter that the true address got first
    assert address_of("hanh") == HERS
    assert not AddressChange.objects.waiting(NOW + dt.timedelta(hours=30)).exists()


def test_what_was_added_since_the_change_does_not_survive_an_objection(used):  # noqa: F811
    for at, name in ((NOW - dt.timedelta(days=1), "old"), (NOW + dt.timedelta(hours=1), "new")):
        kind = "totp" if name == "old" else "webauthn"
        Authenticator.objects.create(user=used.hanh, type=kind, data={"name": name}, created_at=at)
        day = dt.date(2024, 1, 1)
        actions.issue_token(unit=used.school, name=name, expires_on=day, by=used.hanh, at=at)
        if name == "old":
            change = changed(used, "a@mau.vn")
    SocialAccount.objects.create(user=used.hanh, provider="oidc", uid="1")
    Client().force_login(used.hanh)
    actions.object_to_address(change=change, at=NOW + dt.timedelta(hours=2))
    assert [each.type for each in Authenticator.objects.all()] == ["totp"]
    assert list(ApiToken.objects.filter(revoked_at=None).values_list("name", flat=True)) == ["old"]
    assert not SocialAccount.objects.exists()
    assert not used.hanh.sign_ins.exists()
    row = Entry.objects.get(verb="people.object_to_address")
    assert (row.before["factor"], row.before["access_codes"]) == ("webauthn", "new")


def test_recovery_codes_go_with_the_last_factor(used):  # noqa: F811
    Authenticator.objects.create(user=used.hanh, type="recovery_codes", data={}, created_at=NOW - dt.timedelta(days=1))
    change = changed(used, "a@mau.vn")
    Authenticator.objects.create(user=used.hanh, type="totp", data={}, created_at=NOW + dt.timedelta(hours=1))
    actions.object_to_address(change=change, at=NOW + dt.timedelta(hours=2))
    assert not Authenticator.objects.exists()


def identity(person, uid="1", provider="oidc"):
    return actions.attach_identity(account=person, provider=provider, uid=uid, email=person.email, at=NOW)


def test_an_identity_is_told_listed_and_removed_by_its_person_or_an_administrator(used, client):  # noqa: F811
    for who, page in ((used.hanh, "/people/account/"), (used.admin, "/people/people/hanh/sessions/")):
        made = identity(used.hanh)
        assert Letter.objects.filter(to=used.hanh, kind="people.attach_identity", urgent=True).exists()
        for stranger in (used.an, used.binh):
            client.force_login(stranger)
            assert client.post(f"/people/account/identities/{made.pk}/remove/").status_code == 404
        client.force_login(who)
        assert f"/people/account/identities/{made.pk}/remove/" in client.get(page).text
        assert client.post(f"/people/account/identities/{made.pk}/remove/").url == page
        assert not SocialAccount.objects.exists()
    assert Letter.objects.filter(to=used.hanh, kind="people.remove_identity").count() == 2
    assert Entry.objects.filter(verb="people.remove_identity").count() == 2


def test_an_account_has_one_identity_of_a_provider(used):  # noqa: F811
    identity(used.hanh)
    with pytest.raises(Denied, match="dịch vụ"):
        identity(used.hanh, uid="2")
    identity(used.hanh, uid="2", provider="other")
    assert SocialAccount.objects.count() == 2


def test_a_new_address_and_a_removed_factor_end_identities(used):  # noqa: F811
    identity(used.hanh)
    listed("hanh,Hoàng Lan Hạnh,khac@mau.vn,hoa-sen,thủ trưởng,", used.binh)
    assert not SocialAccount.objects.exists()
    identity(used.hanh)
    Authenticator.objects.create(user=used.hanh, type="totp", data={})
    actions.remove_factors(account=used.hanh, by=used.admin, at=NOW)
    assert not SocialAccount.objects.exists()


def test_what_waits_at_the_upgrade_waits_for_the_last_that_settled(used):  # noqa: F811
    from importlib import import_module

    from django.utils import timezone

    at = timezone.now()
    for before, after, hours in ((HERS, "evil@x.vn", 25), ("evil@x.vn", "moi@mau.vn", 2)):
        AddressChange.objects.create(
            person=used.hanh,
            before=before,
            after=after,
            at=at - dt.timedelta(hours=hours),
            settles_at=at + dt.timedelta(hours=24 - hours),
        )
    Person.objects.filter(pk=used.hanh.pk).update(email="moi@mau.vn")
    for uid in "12":
        SocialAccount.objects.create(user=used.hanh, provider="oidc", uid=uid)
    SocialAccount.objects.create(user=used.an, provider="oidc", uid="3")
    migration = import_module("thidua.people.migrations.0006_waiting_addresses")
    migration.align(apps, None)
    migration.keep_one_identity(apps, None)
    assert queries.recovered_by("evil@x.vn", at) == []
    assert queries.recovered_by(HERS, at) == [used.hanh]
    assert [each.uid for each in SocialAccount.objects.all()] == ["3"]
