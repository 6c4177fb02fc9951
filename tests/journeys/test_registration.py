"""The first round of 2023 in the browser: focal point → author → head → office → leadership."""

import pytest
from playwright.sync_api import expect
from tests.journeys.forms import TITLE, fill_in

pytestmark = pytest.mark.journey


def test_a_registration_from_focal_point_to_leadership(people, open_as, accessible):
    # 1. The focal point finds what is due and begins the form.
    an = open_as("an")
    accessible(an)
    an.click("a[href*='key=register-2023']")
    accessible(an)
    an.click("main form button.btn-primary")
    accessible(an)

    # 2. What is typed is saved by itself, and is there after the browser was closed.
    with an.expect_response("**/autosave/") as saved:
        an.fill("#title", "Trả học bạ")
    assert saved.value.ok
    expect(an.locator(".saved")).to_contain_text("Đã lưu", timeout=10_000)
    address = an.url
    an = open_as("an")
    an.goto(address)
    expect(an.locator("#title")).to_have_value("Trả học bạ")

    # 3. The form is completed and laid before the head.
    an.fill("#title", TITLE)
    fill_in(an)
    an.click("button[name=then][value=present]")
    expect(an.locator("main")).to_contain_text("Chờ thủ trưởng")
    accessible(an)
    paper = an.url
    an.click("text=Xác nhận tỷ lệ của tôi")

    # 4. The co-author confirms on a phone.
    linh = open_as("linh", width=360)
    linh.goto(paper)
    linh.click("text=Xác nhận tỷ lệ của tôi")
    accessible(linh)

    # 5. The head signs off.
    hanh = open_as("hanh")
    accessible(hanh)
    hanh.goto(paper)
    hanh.click("form[action$='/submit/'] button")
    expect(hanh.locator("main")).to_contain_text("Chờ thẩm tra")

    # 6. The office reviews and accepts.
    binh = open_as("binh")
    binh.goto("/dossiers/review/")
    expect(binh.locator("h1")).to_have_text(TITLE)
    accessible(binh)
    binh.click("form[action$='/accept/'] button")
    accessible(binh)

    # 7. The board shows it done, and the leadership reads the overview.
    binh.goto("/monitoring/board/?year=2023")
    accessible(binh)
    row = binh.locator("tr", has_text="Trường THPT Hoa Sen Mẫu")
    expect(row).to_contain_text("Đã xong")
    leader = open_as("ha")
    leader.goto("/overview/?year=2023")
    accessible(leader)
    expect(leader.locator("main")).to_contain_text("1 / 2")


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_passes_axe_and_fits_the_screen(people, open_as, accessible, width):
    from tests.fixtures import accepted, moment, submitted

    accepted(people, moment("2023-08-20 10:00"))
    submitted(people, moment("2023-08-20 11:00"), title="Ký số học bạ")
    pages = {
        "binh": """/ /overview/ /monitoring/board/ /monitoring/board/remind/ /dossiers/ /dossiers/review/
            /trail/?verify=1 /campaigns/plan/ /campaigns/versions/ /people/units/ /people/people/ /people/letters/
            /people/units/import/ /people/units/hoa-sen/ /search/?q=hoc+ba
            /reports/units/hoa-sen/ /reports/criteria/documents-signed/""",
        "an": """/ /dossiers/f/dk-don-vi/ /people/members/ /reports/units/hoa-sen/
            /reports/units/hoa-sen/documents-signed/""",
    }
    for who, addresses in pages.items():
        page = open_as(who, width)
        for address in addresses.split():
            assert page.goto(address).status == 200, address
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
