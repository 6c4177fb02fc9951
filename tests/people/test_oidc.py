"""Signing in by OpenID Connect: our server and a provider as two processes, and a browser's steps between them."""

import contextlib
import html
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from tests.failures.server import database_url, free_port, serving
from tests.fixtures import make_world

from thidua.people.models import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PEOPLE = [
    {"sub": "1", "email": "An@truong.edu.vn", "email_verified": True},
    {"sub": "2", "email": "la@noi-khac.vn", "email_verified": True},
    {"sub": "3", "email": "hanh@truong.edu.vn", "email_verified": False},
    {"sub": "4", "email": "linh@truong.edu.vn", "email_verified": True},
]
REFUSED = "Không có tài khoản đang mở nào dùng địa chỉ thư điện tử của lần đăng nhập này."


@contextlib.contextmanager
def provider(people):
    """A real provider in a process of its own."""
    port = free_port()
    words = [word for each in people for word in ("--user-claims", json.dumps(each))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while not answers(f"{address}/.well-known/openid-configuration"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def issuer():
    with provider(PEOPLE) as address:
        yield address


@pytest.fixture
def sites(transactional_db, issuer):
    """Our address and the world behind it, with the provider named by the environment alone."""
    world = make_world()
    Person.objects.filter(pk=world.an.pk).update(email="an@truong.edu.vn", must_change_password=True)
    world.an.refresh_from_db()
    world.an.set_unusable_password()
    world.an.save()
    Person.objects.filter(pk=world.hanh.pk).update(email="hanh@truong.edu.vn")
    Person.objects.filter(pk=world.linh.pk).update(email="linh@truong.edu.vn", is_active=False)
    with tempfile.TemporaryDirectory(prefix="thidua-oidc-") as folder:
        names = {"THIDUA_OIDC_ISSUER": issuer, "THIDUA_OIDC_CLIENT": "thidua", "THIDUA_OIDC_SECRET": "x"}
        names |= {"THIDUA_OIDC_NAME": "Cổng của thành phố", "THIDUA_WEB_WORKERS": "1"}
        with serving(Path(folder), DATABASE_URL=database_url(), **names) as server:
            yield f"http://127.0.0.1:{server.port}", issuer, server


def sign_in(ours: str, issuer: str, sub: str) -> tuple[requests.Session, requests.Response]:
    """Press the button of the sign-in page, say who one is at the provider, and come back."""
    browser = requests.Session()
    page = browser.get(f"{ours}/account/login/")
    assert "Cổng của thành phố" in page.text
    assert issuer in re.search(r"form-action ([^;]*)", page.headers["Content-Security-Policy"])[1]
    button = html.unescape(re.search(r'action="(/account/oidc/[^"]*)"', page.text)[1])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page.text)[1]
    asked = browser.post(ours + button, {"csrfmiddlewaretoken": token})
    assert asked.url.startswith(issuer)
    return browser, browser.post(asked.url, {"sub": sub})


def test_a_known_person_signs_in_and_others_are_told_why_not(sites):
    ours, issuer, server = sites
    people = Person.objects.count()
    for _time in range(2):  # the second time the link is known
        browser, answer = sign_in(ours, issuer, "1")
        assert (answer.status_code, answer.url) == (200, f"{ours}/"), server.log.read_text()
        assert "Nguyễn Thị An" in answer.text
    for sub in ("2", "3", "4"):
        browser, answer = sign_in(ours, issuer, sub)
        assert answer.url == f"{ours}/account/login/"
        assert REFUSED in answer.text
        assert browser.get(f"{ours}/").url.startswith(f"{ours}/account/login/")
    assert Person.objects.count() == people


def test_nobody_joins_another_identity_to_an_account_at_an_open_browser(sites):
    ours, issuer, _server = sites
    browser, _answer = sign_in(ours, issuer, "1")
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    asked = browser.post(f"{ours}/account/oidc/oidc/login/?process=connect", token)
    assert asked.url.startswith(issuer)
    assert browser.post(asked.url, {"sub": "2"}).url == f"{ours}/people/account/"
    assert SocialAccount.objects.get().uid == "1"


def test_an_account_that_was_shut_stays_shut_for_a_known_link(sites):
    ours, issuer, _server = sites
    sign_in(ours, issuer, "1")
    Person.objects.filter(username="an").update(is_active=False)
    browser, answer = sign_in(ours, issuer, "1")
    assert "Tài khoản" in answer.text
    assert browser.get(f"{ours}/").url.startswith(f"{ours}/account/login/")


def test_leaving_the_page_of_the_provider_signs_nobody_in(sites):
    ours, _issuer, _server = sites
    browser = requests.Session()
    page = browser.get(f"{ours}/account/login/")
    button = html.unescape(re.search(r'action="(/account/oidc/[^"]*)"', page.text)[1])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page.text)[1]
    asked = browser.post(ours + button, {"csrfmiddlewaretoken": token})
    back = browser.post(asked.url, {"action": "deny"})
    assert back.url.startswith(ours)
    assert "Đăng nhập" in back.text
    assert browser.get(f"{ours}/").url.startswith(f"{ours}/account/login/")
