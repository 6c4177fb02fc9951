"""A security key in a real browser: set up, and used at the next sign-in. The key is Chromium's own."""

import pytest

pytestmark = pytest.mark.journey
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_key(page):
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page


def test_a_key_is_set_up_and_opens_the_account(people, open_as, accessible):
    page = with_key(open_as("binh"))
    page.goto("/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("[name=password]", "thidua-2023")
        page.click("main button[type=submit], section button[type=submit]")
        page.wait_for_url("**/webauthn/add/")
    accessible(page, 360)
    page.fill("[name=name]", "Máy cơ quan")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "webauthn/add" not in address)
    page.goto("/account/2fa/webauthn/")
    assert "Máy cơ quan" in page.inner_text("main")
    accessible(page, 360)

    page.goto("/account/logout/")
    page.click("main button[type=submit]")
    page.goto("/account/login/")
    page.fill("[name=login]", "binh")
    page.fill("[name=password]", "thidua-2023")
    page.click("form[action='/account/login/'] button[type=submit]")
    page.wait_for_url("**/account/2fa/authenticate/")
    accessible(page, 360)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(lambda address: "/account/" not in address)
    assert page.inner_text("h1")

    page.goto("/people/account/")
    accessible(page, 360)
