"""The main line of 2023 by people who chose English: no Vietnamese word of the interface is left on their pages."""

import pytest
from playwright.sync_api import expect
from tests.fixtures import moment
from tests.journeys.forms import FIGURES, TITLE, declare, fill_in

pytestmark = pytest.mark.journey
PAGES = """/monitoring/board/?year=2023 /reports/units/hoa-sen/?year=2023 /reports/people/hoa-sen/?year=2023
    /reports/criteria/documents-signed/?year=2023 /dossiers/ /people/units/ /campaigns/plan/ /documents/
    /summaries/?year=2023 /trail/?verify=1"""


def test_the_round_in_english(people, open_as, accessible, speaks, time_machine):
    def look(page):
        accessible(page)
        speaks(page, "en")

    def english(username):
        page = open_as(username)
        page.click("summary.topbar-me")
        page.click(".menu-panel button[name=language][value=en]")
        look(page)
        return page

    # 1. The focal point registers and lays the form before the head.
    an = english("an")
    an.click("a[href*='key=register-2023']")
    look(an)
    an.click("main form button.btn-primary")
    an.fill("#title", TITLE)
    fill_in(an)
    look(an)
    an.click("button[name=then][value=present]")
    expect(an.locator("main")).to_contain_text("Waiting for the head")
    an.click("text=Confirm my share")
    look(an)

    # 2. The co-author confirms, the head signs off.
    linh = english("linh")
    linh.goto(an.url)
    linh.click("text=Confirm my share")
    hanh = english("hanh")
    hanh.goto(an.url)
    hanh.click("form[action$='/submit/'] button")
    look(hanh)

    # 3. The office accepts.
    binh = english("binh")
    binh.goto("/dossiers/review/")
    look(binh)
    binh.click("form[action$='/accept/'] button")
    look(binh)

    # 4. The unit reports, every figure from inside the form; the head signs off, the office accepts.
    time_machine.move_to(moment("2023-08-28 09:00"), tick=True)
    an = english("an")
    an.click("a[href*='key=report-2023']")
    look(an)
    an.click("main form button.btn-primary")
    an.fill("#result", "Mỗi phụ huynh đến trường một lần.")
    an.fill("#completion", "100")
    for criterion, numbers in FIGURES.items():
        declare(an, criterion, numbers, look)
    look(an)
    an.click("button[name=then][value=present]")
    expect(an.locator("main")).to_contain_text("Waiting for the head")
    hanh = english("hanh")
    hanh.goto(an.url)
    hanh.click("form[action$='/submit/'] button")
    binh = english("binh")
    binh.goto("/dossiers/review/")
    look(binh)
    binh.click("form[action$='/accept/'] button")
    for address in PAGES.split():
        assert binh.goto(address).status == 200, address
        look(binh)

    # 5. The office has the consolidated report written.
    from thidua.summaries import tasks
    from thidua.summaries.models import Report

    binh.goto("/summaries/?year=2023")
    binh.click("form[action*='/prepare/'] button")
    binh.wait_for_url("**/summaries/*/")
    tasks.complete(Report.objects.get().pk)
    expect(binh.locator("main .actions")).to_contain_text("Report (Word)")
    look(binh)

    # 6. Leadership reads the overview.
    leader = english("ha")
    leader.goto("/overview/?year=2023")
    expect(leader.locator("main")).to_contain_text("1 / 2")
    look(leader)
