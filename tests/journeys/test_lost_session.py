"""A session that ends while one types: nothing is lost, and signing in again puts the text back."""

import re

import pytest
from playwright.sync_api import expect
from tests.fixtures import begun

pytestmark = pytest.mark.journey


def test_text_survives_a_lost_session(people, open_as, accessible):
    dossier = begun(people)
    an = open_as("an")
    an.goto(f"/dossiers/{dossier.pk}/form/")
    an.context.clear_cookies()
    an.fill("#situation", "Viết tiếp khi phiên đã hết")
    mark = an.locator("[data-autosave-text]")
    expect(mark).to_contain_text("đăng nhập")
    accessible(an)

    an.goto("/account/login/")
    an.fill("[name=login]", "an")
    an.fill("[name=password]", "thidua-2023")
    an.click("form[action='/account/login/'] button[type=submit]")
    an.wait_for_url(lambda address: "/account/login/" not in address)
    with an.expect_response("**/autosave/") as saved:
        an.goto(f"/dossiers/{dossier.pk}/form/")
        expect(an.locator("#situation")).to_have_value("Viết tiếp khi phiên đã hết")
    assert saved.value.ok
    dossier.refresh_from_db()
    assert dossier.answers["situation"] == "Viết tiếp khi phiên đã hết"


def test_what_is_typed_before_the_script_arrives_is_saved(people, open_as):
    dossier, held = begun(people), []
    an = open_as("an")
    an.route(re.compile(r"/ui/app"), lambda route: held.append(route))
    an.goto(f"/dossiers/{dossier.pk}/form/", wait_until="commit")
    an.fill("#title", "Gõ khi trang còn đang tải")
    assert held
    with an.expect_response("**/autosave/") as saved:
        for each in held:
            each.continue_()
    assert saved.value.ok
    dossier.refresh_from_db()
    assert dossier.title == "Gõ khi trang còn đang tải"
