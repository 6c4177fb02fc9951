"""The personal criteria of a unit in the browser: one answer for all, one that differs, and its reason."""

import pytest
from playwright.sync_api import expect
from tests.fixtures import moment

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [1280, 360])
def test_the_grid_of_a_unit(people, open_as, accessible, time_machine, width):
    time_machine.move_to(moment("2023-10-10 09:00"), tick=True)

    # 1. The focal point comes from the list of things to do.
    an = open_as("an", width)
    an.click("main a[href*='/reports/people/hoa-sen/']")
    accessible(an)
    assert an.evaluate("document.documentElement.scrollWidth") == width

    # 2. One answer for all who are empty, another for one person.
    an.select_option("#fill-discipline", "Đạt")
    an.select_option(f"#c-{people.linh.pk}-discipline", "Chưa đạt")
    an.click("main form .sendbar button")
    expect(an.locator("main")).to_contain_text("Đã ghi 3 kết quả")
    accessible(an)

    # 3. Who does not meet a criterion gets a reason.
    an.fill(f"[name=n-{people.linh.pk}-discipline]", "Đi trễ nhiều lần")
    an.click("main form .sendbar button")
    expect(an.locator(f"[name=n-{people.linh.pk}-discipline]")).to_have_value("Đi trễ nhiều lần")

    # 4. The office reads, and the board counts people.
    binh = open_as("binh", width)
    binh.goto("/reports/people/hoa-sen/?year=2023")
    expect(binh.locator("main")).to_contain_text("Đi trễ nhiều lần")
    accessible(binh)
    binh.goto("/monitoring/board/?year=2023&what=discipline-2023")
    expect(binh.locator("main")).to_contain_text("3/3 kết quả")
