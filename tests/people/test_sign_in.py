"""The gates of signing in as people meet them: codes of a second factor, the lock, a password that was forgotten."""

import datetime as dt
import re
from email import message_from_bytes, policy

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.urls import reverse

from thidua.people.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "thidua-2023"
NEW = "mot-mat-khau-2-dai"


BEGUN = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)


def clock(minutes: int = 0):
    """The clock stands still: a code must not grow old between the telephone and the page."""
    return time_machine.travel(BEGUN + dt.timedelta(minutes=minutes), tick=False)


@pytest.fixture(autouse=True)
def nothing_counted():
    """Failures are counted in the cache that all tests share."""
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
        assert client.get(path).url == reverse("mfa_activate_totp")
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


def test_the_lock_is_told_and_opens_after_a_quarter_of_an_hour(client, world):
    with clock():
        for _n in range(5):
            assert "Tên đăng nhập hoặc mật khẩu" in sign_in(client, "an", "sai").text
        shut = sign_in(client, "an")
        assert shut.status_code == 200
        assert "15 phút" in shut.text
        assert not is_in(client)
        assert sign_in(client, "hanh").status_code == 302  # a colleague at the same machine
        client.logout()
    with clock(16):
        sign_in(client, "an")
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


def test_a_mail_server_that_is_away_is_told(client, world, settings):
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    answer = client.post(reverse("account_reset_password"), {"email": "an@truong.edu.vn"})
    assert answer.status_code == 503
    assert "máy chủ thư không trả lời" in answer.text
