"""Two people in one form in two browsers: the later one sees both texts and loses nothing."""

import pytest
from playwright.sync_api import expect
from tests.fixtures import begun

pytestmark = pytest.mark.journey


def test_a_conflict_while_typing_shows_both_texts(people, open_as, accessible):
    dossier = begun(people)
    an, hanh = open_as("an"), open_as("hanh")
    for page in (an, hanh):
        page.goto(f"/dossiers/{dossier.pk}/form/")
    with hanh.expect_response("**/autosave/") as saved:
        hanh.fill("#situation", "Lời của Hạnh")
    assert saved.value.ok
    with an.expect_response("**/autosave/") as refused:
        an.fill("#situation", "Lời của An")
    assert refused.value.status == 409
    an.fill("#solution", "Viết thêm trong lúc chờ")
    an.click("[data-autosave-text] button")
    expect(an.locator("main")).to_contain_text("Lời của Hạnh")
    expect(an.locator("main")).to_contain_text("Viết thêm trong lúc chờ")
    accessible(an)

    # Who leaves without choosing finds the text again.
    an.goto(f"/dossiers/{dossier.pk}/form/")
    expect(an.locator("#situation")).to_have_value("Lời của An")
    an.click("[data-autosave-text] button")
    an.check("input[name=keep-situation][value=theirs]")
    an.click("main form button.btn-primary")
    expect(an.locator("#situation")).to_have_value("Lời của Hạnh")
    expect(an.locator("#solution")).to_have_value("Viết thêm trong lúc chờ")
    assert not an.evaluate("Object.keys(localStorage).some((key) => key.startsWith('autosave:'))")
