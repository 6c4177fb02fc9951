"""Three campaigns side by side on a phone: switched, searched and named, with script and without."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey


@pytest.fixture
def world(transactional_db, time_machine):
    from tests.campaigns.several import make_several
    from tests.fixtures import moment

    time_machine.move_to(moment("2023-08-21 09:00"), tick=True)
    return make_several()


def switch_to(page, name: str, year: int):
    page.locator(".switch summary").click()
    page.get_by_role("link", name=f"{name}, năm {year}").click()


def test_a_campaign_and_a_year_are_switched_on_a_phone(world, open_as, accessible, speaks):
    an = open_as("an", 360)
    expect(an.locator("main")).to_contain_text("Trường học hạnh phúc")
    expect(an.locator("main")).to_contain_text("Cải cách hành chính 2023–2025")
    accessible(an, 1280)
    an.goto("/monitoring/board/")
    assert "campaign=truong-hanh-phuc-2023&year=2023" in an.url  # there the unit is late
    expect(an.locator(".switch summary")).to_contain_text("Trường học hạnh phúc")
    an.locator(".switch summary").click()
    accessible(an, 1280)
    speaks(an, "vi")
    an.locator(".switch summary").click()
    switch_to(an, "Cải cách hành chính 2023–2025", 2024)
    expect(an.locator("h1")).to_have_text("Ai còn nợ gì")
    assert an.url.endswith("/monitoring/board/?campaign=cchc-2023-2025&year=2024")
    an.goto("/people/units/")
    an.goto("/")
    an.locator(".tabbar a", has_text="Tổng quan").click()
    assert an.url.endswith("/overview/?campaign=cchc-2023-2025&year=2024")  # as was shown last
    switch_to(an, "Năm học 2023–2024", 2023)
    accessible(an, 1280)


def test_a_page_about_one_object_leads_to_the_overview(world, open_as):
    from tests.fixtures import submitted

    dossier = submitted(world)
    binh = open_as("binh", 360)
    binh.goto(f"/dossiers/{dossier.pk}/")
    expect(binh.locator(".switch summary")).to_contain_text("Cải cách hành chính 2023–2025")
    switch_to(binh, "Trường học hạnh phúc", 2023)
    assert binh.url.endswith("/overview/?campaign=truong-hanh-phuc-2023&year=2023")


def test_everything_is_found_on_a_phone_without_script(world, browser, browser_context_args, live_server, client):
    from tests.fixtures import submitted

    submitted(world)
    client.force_login(world.binh)
    context = browser.new_context(
        **{**browser_context_args, "viewport": {"width": 360, "height": 900}}, base_url=live_server.url,
        java_script_enabled=False,
    )  # fmt: skip
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/overview/")
    switch_to(page, "Cải cách hành chính 2023–2025", 2025)
    expect(page.locator(".switch summary")).to_contain_text("năm 2025")
    page.get_by_role("link", name="Tìm kiếm").click()
    page.locator("main [name=q]").fill("hoc ba")
    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text("Trả học bạ qua mã QR")
    expect(page.locator("main")).to_contain_text("Cải cách hành chính 2023–2025")
    context.close()
