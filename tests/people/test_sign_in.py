"""The gates of signing in as people meet them: codes of a second factor, the lock, a password that was forgotten."""

import datetime as dt
import re
from email import message_from_bytes, policy
from ipaddress import ip_network

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.fixtures import person

from thidua.config.settings import PASSWORD_HASHERS as HASHERS
from thidua.ledger.models import Spent
from thidua.people.models import FailedSignIn, Letter, Person

pytestmark = pytest.mark.django_db
PASSWORD = "thidua-2023"
NEW = "mot-mat-khau-2-dai"


BEGUN = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)


def clock(minutes: int = 0):
    """The clock stands still: a code must not grow old between the telephone and the page."""
    return time_machine.travel(BEGUN + dt.timedelta(minutes=minutes), tick=False)


@pytest.fixture(autouse=True)
def nothing_counted():
    """Codes are counted in the cache that all tests share."""
    cache.clear()
    yield
    cache.clear()


def code_of(secret: str) -> str:
    """What the telephone of the person shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(client, login="binh", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def is_in(client) -> bool:
    return client.get("/").status_code == 200


def with_second_factor(client, person) -> str:
    """The person sets up the second factor by its page, password in hand; the secret that the telephone keeps."""
    client.force_login(person)
    again = client.get(reverse("mfa_activate_totp"))
    client.post(again.url, {"password": PASSWORD})
    return activated(client)


def activated(client) -> str:
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    return secret


@clock()
def test_a_role_that_must_have_a_second_factor_sees_nothing_before(client, world, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    assert sign_in(client).status_code == 302
    for path in ("/", "/trail/", reverse("dossiers:review")):
        assert client.get(path).url == reverse("mfa_index")
    again = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert client.post(again.url, {"password": PASSWORD}, follow=True).status_code == 200
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    activated(client)
    assert is_in(client)


def test_the_next_sign_in_asks_for_the_code(client, world, settings):
    settings.SECOND_FACTOR_ROLES = ["office"]
    with clock():
        secret = with_second_factor(client, world.binh)
    with clock(5):
        client.logout()
        asked = sign_in(client)
        assert asked.url == reverse("mfa_authenticate")
        assert not is_in(client)
        wrong = client.post(asked.url, {"code": "123456" if code_of(secret) != "123456" else "654321"})
        assert wrong.status_code == 200
        assert not is_in(client)
        assert client.post(asked.url, {"code": code_of(secret)}).status_code == 302
        assert is_in(client)


def test_a_code_opens_the_door_once(client, world):
    with clock():
        secret = with_second_factor(client, world.binh)
    with clock(60):
        code = code_of(secret)
        for expected in (True, False):
            client.logout()
            sign_in(client)
            client.post(reverse("mfa_authenticate"), {"code": code})
            assert is_in(client) is expected


SAFE = ("mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
SAFE += ("mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "account_change_password")


def test_the_password_alone_does_not_switch_the_second_factor_off(client, world, monkeypatch):
    """Somebody has the session, and the password too."""
    monkeypatch.setattr(transaction, "on_commit", lambda told: told())  # no test commits; the library tells then
    with clock():
        secret = with_second_factor(client, world.binh)
        assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200  # the factor is in the hand
    with clock(10):
        again = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert again.url == reverse("mfa_reauthenticate")
        for page in SAFE:
            for method in (client.get, client.post):
                answer = method(reverse(page), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
                assert answer.url.startswith(f"{reverse('mfa_reauthenticate')}?next="), page
        assert Authenticator.objects.filter(user=world.binh, type="totp").exists()
        assert Person.objects.get(pk=world.binh.pk).check_password(PASSWORD)
        page = reverse("mfa_deactivate_totp")
        client.post(client.get(page).url, {"code": code_of(secret)})
        assert client.get(page).status_code == 200
        form = {"email": "binh.moi@mau.vn", "password": PASSWORD}
        assert client.post(reverse("people:change_address"), form).url == reverse("people:account")
        assert Person.objects.get(pk=world.binh.pk).email == "binh.moi@mau.vn"
        assert client.post(page).status_code == 302
        assert not Authenticator.objects.filter(user=world.binh).exists()
        assert client.get(reverse("account_change_password")).status_code == 200
    told = Letter.objects.filter(to=world.binh, kind__contains="factor", urgent=True)
    assert list(told.order_by("pk").values_list("kind", flat=True)) == ["people.add_factor", "people.remove_factors"]


@clock()
def test_who_has_no_second_factor_is_asked_for_the_password(client, world):
    sign_in(client)
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("account_change_password")).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def wrong(client, login="an", times=1, **more):
    return [client.post(reverse("account_login"), {"login": login, "password": "sai"}, **more) for _n in range(times)]


def test_after_five_wrong_passwords_each_next_one_waits_longer(client, world):
    with clock():
        assert "Tên đăng nhập hoặc mật khẩu" in wrong(client, times=5)[4].text
        shut = sign_in(client, "an")
        assert (shut.status_code, shut["Retry-After"]) == (429, "2")
        assert "2 giây" in shut.text
        assert not is_in(client)
        assert sign_in(client, "hanh").status_code == 302  # a colleague at the same machine
        client.logout()
    waits, seconds = [], 0
    for _n in range(12):
        with time_machine.travel(BEGUN + dt.timedelta(seconds=seconds), tick=False):
            waits.append(int(wrong(client)[0].get("Retry-After", 0)))
            if not waits[-1]:
                waits[-1] = int(sign_in(client, "an")["Retry-After"])
            seconds += waits[-1]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2, 900)
    with time_machine.travel(BEGUN + dt.timedelta(seconds=seconds), tick=False):
        sign_in(client, "an")
        assert is_in(client)


def test_the_owner_comes_in_where_she_was_signed_in_before(client, world):
    """Strangers hammer at her account; her own browser has its own count."""
    with clock():
        sign_in(client, "an")
        client.post(reverse("account_logout"))
        wrong(Client(), times=8, REMOTE_ADDR="10.9.9.9")
        assert sign_in(Client(), "an").status_code == 429  # from a browser that nobody knows
        sign_in(client, "an")
        assert is_in(client)
    with clock(60 * 24):
        client.post(reverse("account_logout"))
        wrong(client, times=6)
        assert sign_in(client, "an").status_code == 429  # and it is a count
        assert sign_in(client, "hanh").status_code == 302  # hers alone


@clock()
def test_waiting_for_ones_own_account_is_no_try_of_the_address(world):
    """A whole office has one address: what was refused was not tried, and shuts no colleague out."""
    known = Client()
    assert sign_in(known, "dung").status_code == 302
    for _n in range(60):
        wrong(Client(), "an")
    assert Spent.objects.filter(kind="sign_in.address").values_list("spent", flat=True)[0] == 5
    assert sign_in(Client(), "hanh").status_code == 302


def test_a_new_password_by_letter_opens_the_owners_own_browser_too(client, world, office):
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")
    with clock():
        sign_in(client, "an")
        client.post(reverse("account_logout"))
        wrong(client, times=10)
        assert sign_in(client, "an").status_code == 429
        client.post(reverse("account_reset_password"), {"email": "an@truong.edu.vn"})
        form = client.get(link_in(office.taken[0]))
        client.post(form.url, {"password1": NEW, "password2": NEW})
        client.post(reverse("account_logout"))
        assert sign_in(client, "an", NEW).status_code == 302
        assert is_in(client)


def test_a_code_that_was_used_is_not_pushed_out_by_others(db):
    """The library keeps both in the cache, which drops the first of the alphabet."""
    cache.set("allauth.mfa.totp.used?user=1&code=1", "y", 300)
    for n in range(400):
        cache.add(f"rl:reset_password:{n}", 1, 300)
    assert cache.get("allauth.mfa.totp.used?user=1&code=1") == "y"


def test_a_cookie_of_another_installation_is_worth_nothing(client, world):
    for value in ("x", "x:y:z", "a" * 10_000):
        client.cookies["device"] = value
        assert wrong(client)[0].status_code == 200


@clock()
def test_ten_bad_sign_ins_behind_a_proxy_shut_out_nobody_else(world, settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1/32")]
    proxy = {"REMOTE_ADDR": "10.0.0.1"}
    for n in range(80):
        wrong(Client(), login=f"x{n}", headers={"X-Forwarded-For": f"1.1.1.1, 203.0.113.{n % 2}"}, **proxy)
    shut = wrong(Client(), login="y", headers={"X-Forwarded-For": "203.0.113.1"}, **proxy)[0]
    assert shut.status_code == 429
    client = Client(headers={"X-Forwarded-For": "203.0.113.99"}, **proxy)
    sign_in(client, "an")
    assert is_in(client)


def test_signing_in_to_ones_own_account_does_not_open_the_door_to_others(client, world):
    """A good sign-in forgives the account that it was, and one try of the address, no more."""
    with clock():
        wrong(client, times=5)
        assert sign_in(Client(), "dung").status_code == 302
        assert wrong(client)[0].status_code == 429


def test_a_wrong_code_is_no_wrong_password(client, world, settings):
    with clock():
        secret = with_second_factor(client, world.binh)
    with clock(30):
        client.logout()
        for _n in range(4):
            sign_in(client)
            client.post(reverse("mfa_authenticate"), {"code": "12"})
        assert sign_in(client).url == reverse("mfa_authenticate")
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert is_in(client)
        assert not FailedSignIn.objects.exists()


def test_wrong_codes_make_who_has_the_password_wait_and_not_the_owner(client, world):
    with clock():
        secret = with_second_factor(client, world.binh)
        client.post(reverse("account_logout"))
    with clock(10):
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        client.post(reverse("account_logout"))
    with clock(30):
        thief = Client()
        sign_in(thief)
        answers = [
            thief.post(reverse("mfa_authenticate"), {"code": "12"}, REMOTE_ADDR="10.9.9.9").status_code
            for _n in range(7)
        ]
        assert answers == [200] * 5 + [429] * 2
        sign_in(client)
        assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
        assert is_in(client)
        assert thief.post(reverse("mfa_authenticate"), {"credential": '{"id":1}'}).status_code == 429  # of keys too


ODD = ("{}", "1", "[]", '"x"', "null", '{"id":1}', '{"id":"a","rawId":"a","response":1,"type":"public-key"}')
ODD += ('{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"!","attestationObject":"!"}}',)
ODD += ('{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"oA"}}',)
ODD += (
    '{"id":"AA","rawId":"AA","type":"x","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":""}}',
)


@pytest.mark.parametrize("odd", ODD)
def test_what_no_key_answers_is_a_refusal(client, world, odd, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda told: told())  # as above
    with clock():
        with_second_factor(client, world.binh)
        assert client.get(reverse("mfa_add_webauthn")).status_code == 200
        assert client.post(reverse("mfa_add_webauthn"), {"credential": odd, "name": "x"}).status_code == 200
        client.logout()
        sign_in(client)
        assert client.get(reverse("mfa_authenticate")).status_code == 200
        assert client.post(reverse("mfa_authenticate"), {"credential": odd}).status_code == 200
        assert not is_in(client)


def test_a_name_and_its_address_wait_each_for_itself(client, world):
    """Waiting together, they would tell that they are of one person."""
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")
    with clock():
        wrong(client, times=6)
        for login in ("an@truong.edu.vn", "khong-co@truong.edu.vn"):
            answers = [answer.status_code for answer in wrong(Client(), login, 6)]
            assert answers == [200] * 5 + [429], login
        assert wrong(client, " AN ")[0].status_code == 429


@pytest.mark.parametrize("login", ["an", "khong-co", "an@truong.edu.vn", "AN", "khong-co@truong.edu.vn", "khoa", "moi"])
def test_a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has(client, world, login, monkeypatch):
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")
    person("khoa", "Khoá").save()
    Person.objects.filter(username="khoa").update(is_active=False)
    Person.objects.create(username="moi", full_name="Mới", password="!unusable")  # noqa: S106
    hashed = []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(1) or "md5$a$b")
    answer = wrong(client, login=login)[0]
    assert (answer.status_code, len(hashed)) == (200, 1)


def test_a_sign_in_name_in_other_capitals_is_the_same(client, world):
    person("AN", "Kẻ Mạo")
    sign_in(client, "an")
    assert int(client.session["_auth_user_id"]) == world.an.pk


def test_passwords_are_stored_by_argon2_and_old_ones_anew_at_the_next_sign_in(client, world, settings):
    settings.PASSWORD_HASHERS = HASHERS
    Person.objects.filter(pk=world.an.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000))
    sign_in(client, "an")
    stored = Person.objects.get(pk=world.an.pk).password
    assert stored.startswith("argon2$argon2id$v=19$m=32768,t=2,p=1$")
    assert is_in(client)


def link_in(letter) -> str:
    """The address that the letter asks to open, as its reader sees it."""
    text = message_from_bytes(letter.content, policy=policy.default).get_body().get_content()
    return re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", text)[1]


def test_a_forgotten_password_is_chosen_anew_by_letter(client, world, office):
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn", must_change_password=True)
    answer = client.post(reverse("account_reset_password"), {"email": "An@truong.edu.vn"})
    assert answer.status_code == 302
    (letter,) = office.taken
    assert letter.rcpt_tos == ["an@truong.edu.vn"]
    link = link_in(letter)
    form = client.get(link)
    assert form.status_code == 302
    assert client.post(form.url, {"password1": "123", "password2": "123"}).status_code == 200
    assert client.post(form.url, {"password1": NEW, "password2": NEW}).status_code == 302
    client.logout()
    sign_in(client, "an", NEW)
    assert is_in(client)  # and no second change is demanded
    client.logout()
    sign_in(client, "an", PASSWORD)
    assert not is_in(client)
    client.logout()
    used = client.get(link, follow=True)
    assert "password1" not in used.text


def test_nobody_learns_who_has_an_account(client, world, office):
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")
    known = client.post(reverse("account_reset_password"), {"email": "an@truong.edu.vn"}, follow=True)
    unknown = client.post(reverse("account_reset_password"), {"email": "khong-co@truong.edu.vn"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert "key/" not in "".join(each.content.decode() for each in office.taken if "khong-co" in each.rcpt_tos[0])


@pytest.mark.parametrize("email", ["an@truong.edu.vn", "khong-co@truong.edu.vn"])
def test_nobodys_mailbox_is_filled_by_the_page_of_forgotten_passwords(world, office, email):
    """Asked for from everywhere, with an account or without."""
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")

    def ask(n):
        typed = email.upper() if n % 2 else email
        return Client().post(reverse("account_reset_password"), {"email": typed}, REMOTE_ADDR=f"10.0.0.{n}")

    with clock():
        answers = [ask(n) for n in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert answers[3]["Retry-After"] == "3600"
    assert "60 phút" in answers[3].text
    assert len(office.taken) == 3
    with clock(61):
        assert ask(5).status_code == 302


@clock()
def test_one_network_address_has_so_many_letters_sent_in_an_hour(client, world, office):
    answers = [client.post(reverse("account_reset_password"), {"email": f"x{n}@truong.edu.vn"}) for n in range(32)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [429] * 2
    assert len(office.taken) == 30


def test_a_mail_server_that_is_away_is_told(client, world, settings):
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    answer = client.post(reverse("account_reset_password"), {"email": "an@truong.edu.vn"})
    assert answer.status_code == 503
    assert "máy chủ thư không trả lời" in answer.text
