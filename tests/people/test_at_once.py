"""Two steps about one account, name or unit at the same moment: one is done, the other finds it and is told."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal import auth as keys
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.failures.parallel import inserts, race, row

from thidua.core.refusals import Denied
from thidua.core.units import RoleKind
from thidua.ledger.models import Entry
from thidua.people import actions, bulk
from thidua.people.models import AddressChange, Delegation, Person, Role, SignIn, Unit

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "thidua-2023"  # noqa: S105
NOW = timezone.now()


@pytest.fixture
def world(transactional_db):
    from tests.fixtures import make_world

    return make_world()


def told(answers) -> list[str]:
    """Their sentences; whatever else was raised is a fault."""
    return [str(answer) for answer in answers if isinstance(answer, Denied)]


def added(world, email=""):
    by = Person.objects.get(pk=world.an.pk)
    return lambda: actions.add_member(unit=world.school, full_name="Lê Văn Mới", title="", email=email, by=by, at=NOW)


def test_two_colleagues_of_one_name_get_a_sign_in_name_each(world):
    made = race(inserts(Person), added(world), added(world))
    assert {each.username for each in made} == {"le-van-moi", "le-van-moi-2"}


def test_an_address_is_given_once(world):
    answers = race(inserts(Person), added(world, "moi@mau.vn"), added(world, "moi@mau.vn"))
    assert len(told(answers)) == 1
    assert Person.objects.filter(email="moi@mau.vn").count() == 1


def test_two_people_take_one_address(world):
    def taken(who):
        return lambda: actions.change_address(account=who, email="moi@mau.vn", by=who, at=NOW)

    answers = race(inserts(Entry), taken(world.an), taken(world.an), taken(Person.objects.get(pk=world.hanh.pk)))
    assert len(told(answers)) == 2
    assert Person.objects.filter(email="moi@mau.vn").count() == 1


def test_a_list_of_people_that_is_sent_twice_makes_them_once(world):
    content = "username,full_name,unit,post\nmoi,Lê Mới,hoa-sen,\n".encode()

    def imported():
        return bulk.import_people(content=content, name="a.csv", by=world.binh, at=NOW, commit=True)

    assert sorted(each.created for each in race(inserts(Person), imported, imported)) == [0, 1]


def test_a_list_of_units_that_is_sent_twice_makes_them_once(world):
    content = "code,name,kind,parent\nmoi,Trường Mới,Trường,so\n".encode()

    def imported():
        return bulk.import_units(content=content, name="a.csv", by=world.binh, at=NOW, commit=True)

    assert sorted(each.created for each in race(inserts(Unit), imported, imported)) == [0, 1]


def test_a_deputy_is_named_once(world):
    today = timezone.localdate(NOW)

    def named():
        by = Person.objects.get(pk=world.hanh.pk)
        days = {"starts_on": today, "ends_on": today + dt.timedelta(days=3)}
        return actions.delegate(unit=world.school, deputy=world.linh, reason="Đi học", by=by, at=NOW, **days)

    assert len(told(race(row(world.school), named, named, named))) == 2
    assert Delegation.objects.count() == 1


def test_a_role_is_granted_once(world):
    def granted():
        return actions.grant_role(person=world.linh, kind=RoleKind.COUNCIL, by=world.admin, at=NOW)

    assert len(told(race(row(world.linh), granted, granted))) == 1
    assert Role.objects.filter(person=world.linh).count() == 1


def test_a_browser_is_signed_out_once(world):
    session = SignIn.objects.create(person=world.an, begun_at=NOW, seen_at=NOW)

    def ended():
        return actions.end_session(session=SignIn.objects.get(pk=session.pk), by=world.admin, at=NOW)

    assert len(told(race(row(session), ended, ended, ended))) == 2
    assert Entry.objects.filter(verb="people.end_session").count() == 1


def test_a_lost_factor_is_removed_once(world):
    Authenticator.objects.create(user=world.an, type="webauthn", data={})

    def removed():
        return actions.remove_factors(account=world.an, by=world.admin, at=NOW)

    assert len(told(race(row(world.an), removed, removed))) == 1
    assert Entry.objects.filter(verb="people.remove_factors").count() == 1


def test_an_identity_that_comes_back_twice_is_attached_once(world):
    def attached():
        return actions.attach_identity(account=world.an, provider="oidc", uid="1", email="an@mau.vn", at=NOW).pk

    assert len(set(race(row(world.an), attached, attached))) == 1
    assert Entry.objects.filter(verb="people.attach_identity").count() == 1


def test_identities_are_forgotten_once(world):
    actions.attach_identity(account=world.an, provider="oidc", uid="1", email="an@mau.vn", at=NOW)

    def forgotten():
        return actions.forget_identities(account=world.an, by=world.an, at=NOW)

    race(row(world.an), forgotten, forgotten)
    assert Entry.objects.filter(verb="people.remove_identity").count() == 1


def test_two_administrators_agree_to_each_others_address(world):
    others = [Person.objects.create(username=name, full_name=name, last_login=NOW) for name in ("mot", "hai")]
    changes = []
    for each in others:
        Role.objects.create(person=each, kind=RoleKind.ADMINISTRATOR, starts_on=timezone.localdate(NOW))
        change = actions.change_address(account=each, email=f"{each.username}@moi.vn", by=each, at=NOW)
        changes.append(change)

    def agreed(by, change):
        return lambda: actions.agree_to_address(change=change, by=Person.objects.get(pk=by.pk), at=NOW)

    gate = f"select 1 from {AddressChange._meta.db_table} for update"  # each has locked the other's account
    assert race(gate, agreed(others[0], changes[1]), agreed(others[1], changes[0])) == [False, False]
    assert {each.agreed_by for each in AddressChange.objects.all()} == set(others)


def test_a_link_to_a_new_password_is_followed_once(world, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Person.objects.filter(pk=world.an.pk).update(email="an@mau.vn", last_login=NOW)
    Client().post(reverse("account_reset_password"), {"email": "an@mau.vn"})
    link = re.search(r"/account/password/reset/key/\S+", mail.outbox[0].body)[0]
    browsers = [Client() for _n in range(3)]
    pages = [browser.get(link).url for browser in browsers]

    def chosen(number):
        new = f"mat-khau-moi-{number}"
        return lambda: browsers[number].post(pages[number], {"password1": new, "password2": new})

    answers = race(row(world.an), *(chosen(number) for number in range(3)))
    assert sorted(each.status_code for each in answers) == [302, 403, 403]
    done = [answer.status_code for answer in answers].index(302)
    assert Person.objects.get(pk=world.an.pk).check_password(f"mat-khau-moi-{done}")
    assert Entry.objects.filter(verb="people.reset_password").count() == 1


def confirmed_at(page) -> Client:
    """An's browser, in which the password was just given once more for this page."""
    browser = Client()
    browser.post(reverse("account_login"), {"login": "an", "password": PASSWORD})
    browser.post(browser.get(page).url, {"password": PASSWORD})
    return browser


def posting(page, browser, data):
    """A step: a second window of this browser sends this form."""
    window = Client()
    window.cookies = browser.cookies.copy()
    return lambda: window.post(page, data)


def test_a_second_factor_is_set_up_once(world):
    browser = confirmed_at(page := reverse("mfa_activate_totp"))
    secret = browser.get(page).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    posts = [posting(page, browser, {"code": code}) for _n in range(2)]
    assert sorted(each.status_code for each in race(row(world.an), *posts)) == [302, 403]
    assert Authenticator.objects.filter(user=world.an, type="totp").count() == 1


def test_of_two_first_keys_both_are_kept(world, monkeypatch):
    monkeypatch.setattr(keys, "parse_registration_response", lambda answer: answer)
    monkeypatch.setattr(keys, "complete_registration", lambda answer: answer)
    browser = confirmed_at(page := reverse("mfa_add_webauthn"))
    posts = [posting(page, browser, {"name": name, "credential": '{"id": "x"}'}) for name in ("mot", "hai")]
    assert [each.status_code for each in race(row(world.an), *posts)] == [302, 302]
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "webauthn", "webauthn"]
    assert Entry.objects.filter(verb="people.add_factor").count() == 3
