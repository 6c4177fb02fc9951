"""Power over an account is that account's power: lists, slips, addresses, sign-ins, and the rows of the trail."""

import datetime as dt
import re
from unittest import mock

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.fixtures import moment, person

from thidua.core.accounts import may_administer
from thidua.core.refusals import Denied
from thidua.core.units import PostKind, RoleKind
from thidua.ledger.models import Entry
from thidua.people import actions, bulk, queries
from thidua.people.adapters import _known
from thidua.people.models import AddressChange, Letter, Person, Post, SignIn

NOW = moment("2023-11-20 09:00")
PASSWORD = "thidua-2023"  # noqa: S105
pytestmark = pytest.mark.django_db


@pytest.fixture
def used(world, settings):
    """Accounts that are in use, each with an address; and people of every role."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world.director = person("giamdoc", "Đặng Giám", role=RoleKind.DIRECTOR)
    world.council = person("chi", "Phạm Mai Chi", role=RoleKind.COUNCIL)
    world.office2 = person("lan", "Lê Lan", role=RoleKind.OFFICE)
    world.admin2 = person("minh", "Lý Minh", role=RoleKind.ADMINISTRATOR)
    for each in Person.objects.all():
        Person.objects.filter(pk=each.pk).update(email=f"{each.username}@mau.vn", last_login=NOW)
    for name, value in vars(world).items():
        if isinstance(value, Person):
            setattr(world, name, Person.objects.get(pk=value.pk))
    return world


def listed(text: str, by, at=NOW, commit=True):
    head = "username,full_name,email,unit,post,role\n"
    return bulk.import_people(content=(head + text).encode(), name="a.csv", by=by, at=at, commit=commit)


def address_of(username: str) -> str:
    return Person.objects.get(username=username).email


ROLES = {"giamdoc": "Đặng Giám", "chi": "Phạm Mai Chi", "lan": "Lê Lan", "minh": "Lý Minh", "ha": "Nguyễn Thu Hà"}


@pytest.mark.parametrize("role", [None, *RoleKind])
@pytest.mark.parametrize("by", [None, *RoleKind])
def test_who_administers_whom(by, role):
    allowed = by is RoleKind.ADMINISTRATOR or (by is RoleKind.OFFICE and role is None)
    assert may_administer({by} - {None}, {role} - {None}) is allowed


@pytest.mark.parametrize("username", [*ROLES, "mai"])
def test_the_office_gives_nobody_with_a_role_another_address_and_the_rest_is_taken(used, username):
    name = ROLES.get(username, "Võ Ngọc Mai")
    rows = f"{username},{name},bay@mau.vn,,,\nan,Nguyễn Thị An,an.moi@mau.vn,hoa-sen,đầu mối,\nmoi,Mới,,hoa-sen,,\n"
    outcome = listed(rows, used.binh)
    assert [(each.row, each.column) for each in outcome.refused] == [(2, "email")]
    assert (outcome.committed, outcome.errors) == (True, [])
    assert (address_of(username), address_of("an")) == (f"{username}@mau.vn", "an.moi@mau.vn")
    assert Person.objects.filter(username="moi").exists()
    assert not listed(rows.splitlines()[0], used.admin, commit=False).refused or username == "mai"


def test_nobody_changes_the_own_address_by_a_list(used):
    for by, row in ((used.admin, "mai,Võ Ngọc Mai,x@mau.vn,,,"), (used.binh, "binh,Lê Văn Bình,x@mau.vn,,,")):
        assert [each.column for each in listed(row, by).refused] == ["email"]


def test_the_office_makes_nobody_of_a_role_head_itself_included(used):
    for row in ("binh,Lê Văn Bình,,hoa-sen,thủ trưởng,", "giamdoc,Đặng Giám,,hoa-sen,thủ trưởng,"):
        text = row.replace(",,hoa-sen", f",{row.split(',')[0]}@mau.vn,hoa-sen")
        assert [each.column for each in listed(text, used.binh).refused] == ["post"]
    assert not Post.objects.filter(person__in=[used.binh, used.director]).exists()
    assert not listed("linh,Bùi Khánh Linh,linh@mau.vn,hoa-sen,thủ trưởng,", used.binh).refused
    assert Post.objects.filter(person=used.linh, kind=PostKind.HEAD).exists()


def test_a_role_is_granted_by_an_administrator_alone_and_the_row_is_named(used):
    outcome = listed("moi,Mới,,,,administrator\nkhac,Khác,,hoa-sen,,", used.binh)
    assert [(each.row, each.column) for each in outcome.refused] == [(2, "role")]
    assert [change.thing for change in outcome.changes] == ["khac"]
    assert not Person.objects.filter(username="moi").exists()


def test_a_row_that_waits_for_the_address_of_a_refused_one_is_refused_too(used):
    rows = "giamdoc,Đặng Giám,an@mau.vn,,,\nan,Nguyễn Thị An,giamdoc@mau.vn,hoa-sen,đầu mối,\n"
    assert [each.row for each in listed(rows, used.binh).refused] == [2, 3]
    assert (address_of("giamdoc"), address_of("an")) == ("giamdoc@mau.vn", "an@mau.vn")


def test_two_people_swap_their_addresses_and_are_recovered_by_the_old_ones_for_a_day(used):
    rows = "hanh,Hoàng Lan Hạnh,an@mau.vn,hoa-sen,thủ trưởng,\nan,Nguyễn Thị An,hanh@mau.vn,hoa-sen,đầu mối,\n"
    assert listed(rows, used.binh).committed
    assert (address_of("an"), address_of("hanh")) == ("hanh@mau.vn", "an@mau.vn")
    assert queries.recovered_by("an@mau.vn", NOW) == [used.an]
    later = NOW + dt.timedelta(hours=25)
    assert queries.recovered_by("an@mau.vn", later) == [used.hanh]


@pytest.mark.parametrize("name", ["giamdoc@mau.vn", "GIAMDOC", "Mai"])
def test_a_new_account_takes_no_name_that_somebody_signs_in_with(used, name):
    outcome = listed(f"{name},Kẻ Mạo,,hoa-sen,,", used.binh)
    assert [each.column for each in outcome.errors] == ["username"]


def test_a_colleague_gets_no_address_of_another(used):
    with pytest.raises(Denied):
        actions.add_member(unit=used.school, full_name="Lê Mới", title="", email="An@mau.vn", by=used.an, at=NOW)


BOMBS = (
    "a@\u0627b.vn",
    "a@\u00ad.vn",
    "hạnh@mau.vn",
    "hanh@mẫu.vn",
    '"a b"@mau.vn',
    "a@[10.0.0.1]",
    "x" * 250 + "@mau.vn",
)


@pytest.mark.parametrize("email", BOMBS)
def test_an_address_that_cannot_be_mailed_or_that_looks_like_another_is_kept_nowhere(used, client, email):
    with pytest.raises(Denied, match="không phải là địa chỉ"):
        changed(used, email)
    with pytest.raises(Denied, match="không phải là địa chỉ"):
        actions.add_member(unit=used.school, full_name="Lê Mới", title="", email=email, by=used.an, at=NOW)
    line = f"moi,Mới,{email.replace(chr(34), chr(34) * 2).join([chr(34)] * 2)},hoa-sen,,\n"
    assert "email" in [each.column for each in listed(line, used.binh).errors]
    units = f"code,name,kind,email\nmoi,Mới,trường,{email}\n".encode()
    outcome = bulk.import_units(content=units, name="a.csv", by=used.binh, at=NOW, commit=True)
    assert '"' in email or "email" in [each.column for each in outcome.errors]
    client.force_login(used.hanh)
    form = {"email": email, "password": PASSWORD}
    assert client.post(reverse("people:change_address"), form).status_code == 422
    assert address_of("hanh") == "hanh@mau.vn"
    assert not Person.objects.filter(username="moi").exists()


@pytest.mark.parametrize("email", BOMBS)
def test_a_new_password_asked_for_at_what_is_no_address_is_a_sentence(used, client, email):
    Person.objects.filter(pk=used.hanh.pk).update(email=email[:254])
    answer = client.post(reverse("account_reset_password"), {"email": email})
    assert answer.status_code in (200, 422)
    assert "form-error" in answer.text or "invalid" in answer.text
    assert not mail.outbox


LOOKALIKES = (
    "gıamdoc@mau.vn",
    "gİamdoc@mau.vn",
    "GIAMDOC@mau.vn".replace("I", "ı"),
    "giamdoc@mau.vn".replace("m", "ｍ", 1),
)


@pytest.mark.parametrize("email", [*LOOKALIKES, "ſo@mau.vn", "ﬁ@mau.vn", "\u212a@mau.vn"])
def test_a_lookalike_of_an_address_is_another_address(used, client, email):
    """Whoever owns the domain with the other letter would read the letters of all that use the plain one."""
    for who, plain in ((used.hanh, "so@mau.vn"), (used.an, "fi@mau.vn"), (used.dung, "k@mau.vn")):
        Person.objects.filter(pk=who.pk).update(email=plain)
    client.post(reverse("account_reset_password"), {"email": email})
    assert {letter.to[0] for letter in mail.outbox} <= {"k@mau.vn"}  # the library makes small letters of what is typed
    assert queries.recovered_by(email, NOW) == []
    assert queries.account_of(email) is None
    assert _known([email]) is None


@pytest.mark.parametrize("kept", ["Hanh@mau.vn", "hanh@mau.vn"])
def test_a_new_password_goes_to_the_address_as_it_is_kept(used, client, kept):
    Person.objects.filter(pk=used.hanh.pk).update(email=kept)
    client.post(reverse("account_reset_password"), {"email": "HANH@MAU.VN"})
    assert [letter.to for letter in mail.outbox] == [[kept]]
    assert queries.account_of("HANH@mau.vn") == queries.account_of("Hạnh".replace("ạ", "a")) == used.hanh
    assert _known(["HANH@mau.vn"]) == used.hanh


def test_slips_are_for_accounts_that_nobody_has_opened(used):
    fresh = person("moi", "Mới", unit=used.school)
    fresh.set_unusable_password()
    fresh.save()
    leader = person("pho", "Phó", role=RoleKind.LEADERSHIP)
    leader.set_unusable_password()
    leader.save()
    assert set(queries.without_password(used.binh, NOW.date())) == {fresh}
    assert set(queries.without_password(used.admin, NOW.date())) == {fresh, leader}
    for account in (used.admin, used.director, used.office2, used.hanh, leader):
        with pytest.raises(Denied):
            actions.issue_first_passwords(people=[fresh, account], by=used.binh, at=NOW)
    assert not Entry.objects.filter(verb="people.issue_first_passwords").exists()
    assert actions.issue_first_passwords(people=[fresh], by=used.binh, at=NOW)


def test_a_list_writes_back_nothing_that_changed_while_it_was_checked(used, monkeypatch):
    """A password that was voided meanwhile stays void, and an account that was opened stays opened."""
    checked, opened = bulk.people._check_each, NOW + dt.timedelta(minutes=1)

    def check_slowly(*given):
        checked(*given)
        Person.objects.filter(username="an").update(password="!", last_login=opened, must_change_password=True)

    monkeypatch.setattr(bulk.people, "_check_each", check_slowly)
    assert listed("an,Nguyễn Thị An Mới,an.moi@mau.vn,hoa-sen,đầu mối,\n", used.binh).committed
    now = Person.objects.get(username="an")
    assert (now.password, now.last_login, now.must_change_password) == ("!", opened, True)
    assert (now.full_name, now.email) == ("Nguyễn Thị An Mới", "an.moi@mau.vn")
    assert "an.moi@mau.vn" in now.folded


@pytest.mark.parametrize("commit", [False, True])
def test_who_stands_in_a_list_waits_while_it_is_written(used, commit):
    with CaptureQueriesContext(connection) as asked:
        listed("an,Nguyễn Thị An,an@mau.vn,hoa-sen,đầu mối,\n", used.binh, commit=commit)
    assert any("FOR NO KEY UPDATE" in each["sql"] for each in asked) is commit


def test_a_new_password_writes_back_no_older_address(used, client):
    client.force_login(used.hanh)
    encode, new = MD5PasswordHasher.encode, "mot-mat-khau-2-dai"

    def encode_slowly(*given):
        Person.objects.filter(pk=used.hanh.pk).update(email="moi@mau.vn")
        return encode(*given)

    with mock.patch.object(MD5PasswordHasher, "encode", encode_slowly):
        client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    hanh = Person.objects.get(pk=used.hanh.pk)
    assert (hanh.email, hanh.check_password(new)) == ("moi@mau.vn", True)


def test_a_slip_opens_the_door_or_is_not_printed(used, monkeypatch):
    """Who came in while the passwords were computed, or got a slip from a colleague, is left out."""
    fresh = {name: person(name, name, unit=used.school) for name in ("moi", "vua-vao", "hai-phieu")}
    for each in fresh.values():
        each.set_unusable_password()
        each.save()
    chosen = Person.set_password

    def set_slowly(account, password):
        chosen(account, password)
        Person.objects.filter(username="vua-vao").update(last_login=NOW)
        Person.objects.filter(username="hai-phieu").update(password="another")

    monkeypatch.setattr(Person, "set_password", set_slowly)
    slips = actions.issue_first_passwords(people=fresh.values(), by=used.binh, at=NOW)
    assert [account.username for account, _password in slips] == ["moi"]
    assert Person.objects.get(username="hai-phieu").password == "another"
    assert not Person.objects.get(username="vua-vao").has_usable_password()
    assert Entry.objects.filter(verb="people.issue_first_passwords").count() == 1


def changed(used, email, at=NOW, by=None, who=None):
    who = who or used.hanh
    return actions.change_address(account=Person.objects.get(pk=who.pk), email=email, by=by or who, at=at)


def test_an_address_changed_twice_in_a_day_is_recovered_by_the_oldest_until_the_newest_settles(used):
    changed(used, "a@mau.vn")
    changed(used, "b@mau.vn", NOW + dt.timedelta(hours=10))
    for hours, by in ((0, "hanh@mau.vn"), (25, "hanh@mau.vn"), (33, "hanh@mau.vn"), (35, "b@mau.vn")):
        at = NOW + dt.timedelta(hours=hours)
        found = [each for each in ("hanh@mau.vn", "a@mau.vn", "b@mau.vn") if queries.recovered_by(each, at)]
        assert found == [by], hours
    with pytest.raises(Denied):
        changed(used, "hanh@mau.vn", NOW + dt.timedelta(hours=11), who=used.an)  # it still counts, for her


def test_the_old_address_is_told_at_once_and_takes_it_back(used, client):
    changed(used, "a@mau.vn")
    changed(used, "b@mau.vn", NOW + dt.timedelta(hours=1))
    actions.mail_letters(at=NOW + dt.timedelta(hours=1))
    told = {(letter.to[0], "/people/object/" in letter.body) for letter in mail.outbox}
    assert told == {("hanh@mau.vn", True), ("a@mau.vn", False)}
    link = re.search(r"/people/object/\S+", mail.outbox[0].body)[0]
    hers = Client()
    hers.force_login(used.hanh)
    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        assert "b@mau.vn" not in client.get(link).text  # a page, nothing done
        assert address_of("hanh") == "b@mau.vn"
        assert client.post(link).status_code == 200
        assert address_of("hanh") == "hanh@mau.vn"
        assert not Person.objects.get(pk=used.hanh.pk).has_usable_password()
        assert hers.get("/").status_code == 302
        assert client.post(link).status_code == 404  # once
    assert [row.verb for row in Entry.objects.filter(verb__contains="address").order_by("pk")] == [
        "people.change_address",
        "people.change_address",
        "people.object_to_address",
    ]


def test_back_to_the_old_address_nothing_waits(used):
    changed(used, "a@mau.vn")
    changed(used, "hanh@mau.vn", NOW + dt.timedelta(hours=1))
    assert not AddressChange.objects.waiting(NOW + dt.timedelta(hours=1)).exists()
    assert queries.recovered_by("hanh@mau.vn", NOW + dt.timedelta(hours=1)) == [used.hanh]


def test_two_administrators_let_it_count_at_once(used):
    change = changed(used, "a@mau.vn")
    for who in (used.binh, used.hanh, used.director):
        with pytest.raises(Denied):
            actions.agree_to_address(change=change, by=who, at=NOW)
    assert not actions.agree_to_address(change=change, by=used.admin, at=NOW)
    with pytest.raises(Denied):
        actions.agree_to_address(change=change, by=used.admin, at=NOW)
    assert queries.recovered_by("a@mau.vn", NOW) == []
    assert actions.agree_to_address(change=change, by=used.admin2, at=NOW)
    assert queries.recovered_by("a@mau.vn", NOW + dt.timedelta(seconds=1)) == [used.hanh]


def test_who_agreed_to_one_address_has_not_agreed_to_the_next(used):
    first = changed(used, "a@mau.vn")
    actions.agree_to_address(change=first, by=used.admin, at=NOW)
    second = changed(used, "b@mau.vn", NOW + dt.timedelta(hours=1))
    later = NOW + dt.timedelta(hours=2)
    with pytest.raises(Denied, match="đã được đổi tiếp"):
        actions.agree_to_address(change=first, by=used.admin2, at=later)
    assert not actions.agree_to_address(change=second, by=used.admin2, at=later)
    assert queries.recovered_by("hanh@mau.vn", later) == [used.hanh]
    assert actions.agree_to_address(change=second, by=used.admin, at=later)
    assert queries.recovered_by("b@mau.vn", later + dt.timedelta(seconds=1)) == [used.hanh]
    assert queries.recovered_by("hanh@mau.vn", later + dt.timedelta(seconds=1)) == []


def test_whoever_sits_in_the_account_does_not_read_what_the_old_address_is_told(used, client):
    changed(used, "a@mau.vn")
    client.force_login(used.hanh)
    assert "/people/object/" not in client.get("/people/letters/").text
    assert Person.objects.get(pk=used.hanh.pk).access.unread == 0


def test_an_administrator_does_not_agree_to_the_own_address(used):
    with pytest.raises(Denied):
        actions.agree_to_address(change=changed(used, "a@mau.vn", who=used.admin), by=used.admin, at=NOW)


@pytest.mark.parametrize("who", ["an", "binh", "director", "council", "leader", "office2"])
def test_a_strangers_address_is_changed_by_who_administers_it(used, who):
    target = used.admin2
    with pytest.raises(Denied):
        changed(used, "x@mau.vn", by=getattr(used, who), who=target)
    assert address_of("minh") == "minh@mau.vn"


def test_a_clock_that_jumps_back_makes_nothing_count_sooner(used):
    changed(used, "a@mau.vn")
    assert queries.recovered_by("a@mau.vn", NOW - dt.timedelta(hours=1)) == []
    assert queries.recovered_by("hanh@mau.vn", NOW - dt.timedelta(hours=1)) == [used.hanh]


def test_one_changes_the_address_with_the_password(used, client):
    client.force_login(used.hanh)
    page, form = reverse("people:change_address"), {"email": "moi@mau.vn", "password": "sai"}
    assert client.post(page, form).status_code == 422
    assert client.post(page, {**form, "email": "an@mau.vn", "password": PASSWORD}).status_code == 422
    assert address_of("hanh") == "hanh@mau.vn"
    assert client.post(page, {**form, "password": PASSWORD}).status_code == 302
    assert address_of("hanh") == "moi@mau.vn"
    assert "hanh@mau.vn" in client.get(reverse("people:account")).text  # counts until tomorrow
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("address", ["", "email/", "confirm-email/", "confirm-email/MQ:x/", "3rdparty/"])
def test_the_library_has_no_second_way_to_change_what_opens_an_account(used, client, address):
    client.force_login(used.an)
    answer = client.post(f"/account/{address}", {"action_add": "", "email": "la@noi-khac.vn"})
    assert answer["Location"] == reverse("people:account")
    assert not EmailAddress.objects.exists()


def test_a_forgotten_password_goes_to_the_address_that_counts_by_our_own_name(used, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = "https://thidua.mau.vn"
    actions.change_address(account=used.hanh, email="bay@mau.vn", by=used.hanh, at=dt.datetime.now(dt.UTC))
    for email in ("bay@mau.vn", "hanh@mau.vn"):
        client.post(reverse("account_reset_password"), {"email": email}, headers={"host": "evil.example"})
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert "/key/" not in letters["bay@mau.vn"].body
    assert "https://thidua.mau.vn/account/password/reset/key/" in letters["hanh@mau.vn"].body
    assert not any("evil" in f"{letter.subject}{letter.body}" for letter in mail.outbox)
    assert Entry.objects.filter(verb="people.ask_reset").count() == 1


def test_sessions_are_seen_and_ended_by_their_owner_and_by_administrators(used, client):
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36"})
    client.force_login(used.hanh)
    other.post(reverse("account_login"), {"login": "hanh", "password": PASSWORD})
    first, second = SignIn.objects.filter(person=used.hanh).order_by("pk")
    page = client.get(reverse("people:account")).text
    assert "Chrome, Windows" in page
    stranger, admin = Client(), Client()
    stranger.force_login(used.an)
    admin.force_login(used.admin)
    assert stranger.post(reverse("people:end_session", args=[second.pk])).status_code == 404
    assert client.post(reverse("people:end_session", args=[second.pk])).status_code == 302
    assert other.get("/").status_code == 302
    assert other.get(reverse("account_change_password")).status_code == 302
    assert client.get("/").status_code == 200
    assert admin.post(reverse("people:end_session", args=[first.pk])).url.endswith("/hanh/sessions/")
    assert client.get("/").status_code == 302
    rows = Entry.objects.filter(verb="people.end_session").order_by("pk").values_list("by_name", flat=True)
    assert list(rows) == ["Hoàng Lan Hạnh", "Võ Ngọc Mai"]


def test_a_browser_that_was_signed_out_elsewhere_is_known_nowhere(used, client):
    client.force_login(used.hanh)
    key = client.session.session_key
    assert queries.is_signed_in(key)
    SignIn.objects.all().delete()
    assert not queries.is_signed_in(key)
    assert not queries.is_signed_in("x")
    client.force_login(used.hanh)
    Person.objects.filter(pk=used.hanh.pk).update(is_active=False)
    assert not queries.is_signed_in(client.session.session_key)


def test_a_new_password_signs_out_the_other_browsers(used, client):
    other = Client()
    for each in (client, other):
        each.force_login(used.hanh)
    new = "mot-mat-khau-2-dai"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert Entry.objects.filter(verb="people.change_password").count() == 1


def test_sessions_that_ended_are_removed_with_their_sign_ins(used, client):
    for who, hours in ((used.hanh, 13), (used.an, 1)):
        with time_machine.travel(NOW - dt.timedelta(hours=hours), tick=False):
            Client().force_login(who)
            strangers = SessionStore()
            strangers.create()
    assert actions.remove_old_sessions(at=NOW) == 3
    assert Session.objects.count() == 2
    assert [each.person for each in SignIn.objects.all()] == [used.an]


def test_when_a_browser_was_last_seen_costs_a_write_every_five_minutes(used, client):
    with time_machine.travel(NOW, tick=False):
        client.force_login(used.hanh)
    for minutes, seen in ((4, 0), (6, 6), (10, 6), (-60, -60)):  # the clock jumps back
        with time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False):
            assert client.get("/people/letters/").status_code == 200
        assert SignIn.objects.get(person=used.hanh).seen_at == NOW + dt.timedelta(minutes=seen)


def test_wrong_passwords_are_one_row_for_each_account_and_address(used, client):
    def wrong(login, address):
        client.post(reverse("account_login"), {"login": login, "password": "sai"}, REMOTE_ADDR=address)

    with time_machine.travel(NOW, tick=False):
        for _n in range(3):
            wrong("hanh", "10.0.0.1")
        wrong("hanh@mau.vn", "10.0.0.1")
        wrong("hanh", "10.0.0.2")
        for login in ("MatKhauCuaToi1", "khac"):
            wrong(login, "10.0.0.3")
    assert actions.tell_failures(at=NOW + dt.timedelta(minutes=10)) == 0
    assert actions.tell_failures(at=NOW + dt.timedelta(minutes=16)) == 3
    assert actions.tell_failures(at=NOW + dt.timedelta(minutes=17)) == 0
    rows = Entry.objects.filter(verb="people.fail_sign_in").order_by("pk")
    told = {(row.thing_label, row.after["address"], row.after["count"]) for row in rows}
    assert told == {("Hoàng Lan Hạnh", "10.0.0.1", 4), ("Hoàng Lan Hạnh", "10.0.0.2", 1), ("–", "10.0.0.3", 2)}
    assert "MatKhauCuaToi1" not in str(list(Entry.objects.values()))


def test_the_first_use_of_an_access_code_is_a_row(used):
    from thidua.people import gate

    _token, secret = actions.issue_token(
        unit=used.school, name="Một cửa", expires_on=dt.date(2024, 6, 30), by=used.an, at=NOW
    )
    for hours in (1, 2, 3):
        gate.admit(secret, address="10.0.0.1", at=NOW + dt.timedelta(hours=hours))
    assert [row.by_name for row in Entry.objects.filter(verb="people.use_first")] == ["Nguyễn Thị An"]


def test_the_trail_tells_of_accounts_in_words(used, client):
    client.force_login(used.admin)
    changed(used, "a@mau.vn")
    page = client.get("/trail/").text
    assert "Đổi địa chỉ thư điện tử" in page
    assert "Đăng nhập" in page


def test_a_lost_second_factor_is_removed_by_another_administrator(used, client):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=used.hanh, type="totp", data={"secret": "x"})
    for who in (used.binh, used.hanh):
        with pytest.raises(Denied):
            actions.remove_factors(account=used.hanh, by=who, at=NOW)
    client.force_login(used.admin)
    assert client.post(reverse("people:remove_factors", args=["hanh"])).status_code == 302
    assert not Authenticator.objects.exists()
    assert Letter.objects.filter(to=used.hanh, urgent=True).exists()
