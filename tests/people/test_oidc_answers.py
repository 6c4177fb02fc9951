"""What a provider of OpenID Connect may answer, and what it may not: by less than all of it nobody is signed in."""

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from django.test import Client

from thidua.people.models import Letter, Person
from thidua.people.oidc import Adapter

pytestmark = pytest.mark.django_db
ISSUER = "https://cong.mau.vn"
CONFIG = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": f"{ISSUER}/jwks",
}
AN = {"sub": "1", "email": "an@mau.vn", "email_verified": True}
BACK = "/account/oidc/oidc/login/callback/"


@pytest.fixture
def asked(world, settings, monkeypatch):
    """Sign in and come back with these claims: the answer, and the browser."""
    Person.objects.filter(pk=world.an.pk).update(email="an@mau.vn")
    app = {"provider_id": "oidc", "name": "Cổng", "client_id": "thidua", "secret": "x" * 32}
    of = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**of, "APPS": [{**app, "settings": {"server_url": ISSUER}}]}}
    monkeypatch.setattr(Adapter, "openid_config", CONFIG)

    def come_back(claims=AN, *, userinfo=None, algorithm="HS256", browser=None, **more):
        browser = browser or Client()
        there = browser.post("/account/oidc/oidc/login/").url
        sent = {key: values[0] for key, values in parse_qs(urlsplit(there).query).items()}
        now = int(time.time())
        token = {"iss": ISSUER, "aud": "thidua", "iat": now, "exp": now + 300, "nonce": sent["nonce"], **claims, **more}
        signed = jwt.encode(token, None if algorithm == "none" else "x" * 32, algorithm=algorithm)
        answer = {"access_token": "a", "token_type": "Bearer"} | ({"id_token": signed} if algorithm else {})
        given = {}
        monkeypatch.setattr(
            OAuth2Client,
            "get_access_token",
            lambda self, code, pkce_code_verifier: given.update(verifier=pkce_code_verifier) or answer,
        )
        monkeypatch.setattr(Adapter, "_fetch_user_info", lambda self, token: claims if userinfo is None else userinfo)
        back = browser.get(BACK, {"code": "c", "state": sent["state"]})
        assert sent["code_challenge"]
        assert given["verifier"]
        return back, browser

    return come_back


def is_in(browser) -> bool:
    return browser.get("/people/account/").status_code == 200


def test_a_person_with_a_verified_address_signs_in_and_is_told(asked, world):
    for _time in range(2):
        answer, browser = asked()
        assert (answer.status_code, answer.url) == (302, "/")
        assert is_in(browser)
    kept = SocialAccount.objects.get()
    assert (kept.user, kept.extra_data) == (world.an, {"email": "an@mau.vn"})
    assert Letter.objects.get(to=world.an).kind == "people.attach_identity"


ODD = {
    "the word false": {"claims": {**AN, "email_verified": "false"}},
    "the word true": {"claims": {**AN, "email_verified": "true"}},
    "a number": {"claims": {**AN, "email_verified": 1}},
    "nothing said": {"claims": {"sub": "1", "email": "an@mau.vn"}},
    "another subject": {"userinfo": {**AN, "sub": "2"}},
    "userinfo without subject": {"userinfo": {"email": "an@mau.vn", "email_verified": True}},
    "userinfo that is a list": {"userinfo": [1]},
    "not signed": {"algorithm": "none"},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "no subject": {"claims": {"email": "an@mau.vn", "email_verified": True}},
    "a long subject": {"claims": {**AN, "sub": "9" * 5000}},
    "a subject with NUL": {"claims": {**AN, "sub": "a\0b"}},
    "a number as subject": {"claims": {**AN, "sub": 1}},
    "an empty subject": {"claims": {**AN, "sub": ""}},
    "a list of addresses": {"claims": {**AN, "email": ["an@mau.vn"]}},
    "an address with NUL": {"claims": {**AN, "email": "an\0@mau.vn"}},
    "a long address": {"claims": {**AN, "email": "a" * 5000 + "@mau.vn"}},
    "another issuer": {"iss": "https://khac.vn"},
    "another audience": {"aud": "khac"},
    "over": {"exp": 1000},
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_all_of_that_is_a_refusal_with_a_sentence(asked, world, odd):
    for before in (0, 1):  # and for one whose identity is known
        answer, browser = asked(**ODD[odd])
        assert answer.status_code in (302, 401), odd
        page = answer if answer.status_code == 401 else browser.get(answer.url)
        if odd in KNOWN and before:
            continue
        assert ("Đăng nhập không thành" in page.text) or ("Không có tài khoản đang mở" in page.text), page.text[:3000]
        assert not is_in(browser)
        assert SocialAccount.objects.count() == before
        if not before:
            asked()


# An identity that is known signs in by its subject, whatever address the provider has for it now.
KNOWN = {"the word false", "the word true", "a number", "nothing said", "a list of addresses", "an address with NUL"}
KNOWN |= {"a long address"}


def test_a_second_identity_of_a_provider_does_not_join_in(asked, world):
    asked()
    answer, browser = asked({**AN, "sub": "2"})
    assert answer.url == "/account/login/"
    assert "dịch vụ" in browser.get(answer.url).text
    assert not is_in(browser)
    assert SocialAccount.objects.get().uid == "1"


def test_the_second_factor_is_asked_for_at_the_first_sign_in_too(asked, world):
    Authenticator.objects.create(user=world.an, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    for _time in range(2):
        answer, browser = asked()
        assert answer.url == "/account/2fa/authenticate/"
        assert not is_in(browser)
        assert world.an.password not in str(dict(browser.session))
        assert browser.get(answer.url).status_code == 200
