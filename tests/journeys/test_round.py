"""The whole round of 2023 in the browser, in Vietnamese: from an empty machine to the consolidated report."""

import io

import openpyxl
import pytest
from docx import Document
from playwright.sync_api import expect
from tests.fixtures import moment
from tests.journeys import lists
from tests.journeys.forms import FIGURES, TITLE, declare, fill_in

pytestmark = pytest.mark.journey
OWN = "mua-thu-nam-2023"


def test_the_round_of_2023(fresh, open_as, accessible, speaks, time_machine):
    def look(page):
        accessible(page, 360)
        speaks(page, "vi")

    def on(day: str):
        time_machine.move_to(moment(f"{day} 09:00"), tick=True)

    slips = begin_the_year(open_as, look)
    publish(open_as, look, slips)
    on("2023-08-21")
    paper = register(open_as, look, slips)
    decide(open_as, look, slips, paper)
    on("2023-09-15")
    carry_out(open_as, look, paper)
    on("2023-10-20")
    report(open_as, look)
    on("2023-11-02")
    check(open_as, look)
    follow(open_as, look)
    read(open_as, look, slips)
    conclude(open_as, look)


def first_sign_in(open_as, slips: dict[str, str], username: str, look=None):
    """With the password of the slip, which has to be changed at once."""
    page = open_as(username, password=slips[username])
    if look:
        look(page)
    page.fill("[name=oldpassword]", slips[username])
    page.fill("[name=password1]", OWN)
    page.fill("[name=password2]", OWN)
    page.click("main form button.btn-primary")
    expect(page.locator("main")).not_to_contain_text("mật khẩu do người khác cấp")
    page.goto("/")
    return page


def import_list(page, file: dict):
    page.set_input_files("[name=file]", file)
    page.click("main form button.btn-primary")
    expect(page.locator("main")).to_contain_text("Tệp hợp lệ")
    page.set_input_files("[name=file]", file)
    page.check("[name=commit]")
    page.click("main form button.btn-primary")


def begin_the_year(open_as, look) -> dict[str, str]:
    # 1. The administrator of an empty machine finds what comes first.
    mai = open_as("mai")
    look(mai)
    mai.click("nav.sidenav a[href='/people/units/']")
    mai.click("main a[href$='/units/import/']")
    look(mai)

    # 2. Units, then people: each list is checked first, then taken.
    import_list(mai, lists.csv("don-vi.csv", lists.UNITS))
    expect(mai.locator("main")).to_contain_text("Mới: 4")
    mai.goto("/people/units/")
    look(mai)
    mai.click("main .actions a[href$='/people/people/']")
    mai.click("main a[href$='/people/import/']")
    import_list(mai, lists.csv("nhan-su.csv", lists.PEOPLE))
    expect(mai.locator("main")).to_contain_text("Mới: 6")

    # 3. The slips with the first passwords are printed.
    mai.goto("/people/people/")
    look(mai)
    mai.click("form[action$='/slips/'] button")
    look(mai)
    words = mai.locator("main code").all_inner_texts()
    return dict(zip(words[::2], words[1::2], strict=True))


def publish(open_as, look, slips):
    # 4. The office chooses a password of its own, loads the plan and reads it.
    binh = first_sign_in(open_as, slips, "binh", look)
    look(binh)
    binh.click("main a.btn[href$='/campaigns/versions/']")
    binh.set_input_files("[name=file]", lists.plan())
    binh.click("main form button.btn-primary")
    look(binh)

    # 5. It sees what publishing brings, and publishes: 3 units and 6 people owe from now on.
    binh.get_by_role("link", name="Xem thay đổi khi ban hành").click()
    look(binh)
    binh.get_by_role("button", name="Ban hành phiên bản 1").click()
    binh.get_by_text("Những gì đã thay đổi khi ban hành").wait_for()
    binh.goto("/monitoring/board/?year=2023")
    expect(binh.locator("main")).to_contain_text("Trường THPT Đồi Thông Mẫu")
    look(binh)


def register(open_as, look, slips) -> str:
    # 6. The focal point finds what is due and begins; what is typed saves itself.
    an = first_sign_in(open_as, slips, "an")
    look(an)
    an.click("a[href*='key=register-2023']")
    look(an)
    an.click("main form button.btn-primary")
    with an.expect_response("**/autosave/") as saved:
        an.fill("#title", TITLE)
    assert saved.value.ok
    expect(an.locator(".saved")).to_contain_text("Đã lưu")
    an.reload()
    expect(an.locator("#title")).to_have_value(TITLE)
    look(an)

    # 7. An incomplete form says what is missing; the complete one goes to the head.
    form = an.url
    an.click("button[name=then][value=present]")
    expect(an.locator("main")).to_contain_text("7 mục thiếu")
    look(an)
    an.goto(form)
    fill_in(an)
    an.click("button[name=then][value=present]")
    expect(an.locator("main")).to_contain_text("Chờ thủ trưởng")
    look(an)
    an.click("text=Xác nhận tỷ lệ của tôi")

    # 8. The co-author confirms.
    linh = first_sign_in(open_as, slips, "linh")
    look(linh)
    linh.click(f"main a:has-text('{TITLE}')")
    linh.click("text=Xác nhận tỷ lệ của tôi")

    # 9. The head signs off.
    hanh = first_sign_in(open_as, slips, "hanh")
    sign(hanh, look)
    return an.url


def sign(hanh, look=lambda page: None):
    look(hanh)
    hanh.click("main .task a.btn-primary")
    look(hanh)
    hanh.click("form[action$='/submit/'] button")
    expect(hanh.locator("main")).to_contain_text("Chờ thẩm tra")


def decide(open_as, look, slips, paper):
    # 10. The office returns it with a note on one answer.
    binh = open_as("binh", password=OWN)
    look(binh)
    binh.click("main .actions a[href$='/dossiers/review/']")
    look(binh)
    binh.click("summary:has-text('Ghi chú')")
    binh.fill("#note-solution", "Nêu rõ ai hẹn, hẹn ở đâu.")
    binh.fill("#message", "Đề nghị bổ sung nội dung giải pháp.")
    binh.click("form[action$='/return/'] button.btn-back")
    look(binh)

    # 11. The unit reads the note, corrects, and the head signs again.
    an = open_as("an", password=OWN)
    an.goto(paper)
    expect(an.locator("main")).to_contain_text("Đề nghị bổ sung")
    look(an)
    an.click("main .actions a[href$='/form/']")
    expect(an.locator("#q-solution")).to_contain_text("Nêu rõ ai hẹn")
    an.fill("#solution", "Phụ huynh hẹn giờ trước bằng mã QR ở cổng trường.")
    an.click("button[name=then][value=present]")
    sign(open_as("hanh", password=OWN))

    # 12. The office sees what changed, and accepts.
    binh.goto("/dossiers/review/")
    expect(binh.locator("[aria-labelledby=changes-h]")).to_contain_text("ở cổng trường")
    look(binh)
    binh.click("form[action$='/accept/'] button")
    expect(binh.locator("main")).to_contain_text("đơn vị đã được báo")


def carry_out(open_as, look, paper):
    # 13. A milestone is done: progress with a photo.
    an = open_as("an", password=OWN)
    an.goto(paper)
    an.select_option("#id_milestone", label="Chạy thử với khối 10")
    an.fill("[name=percent]", "100")
    an.fill("[name=text]", "Khối 10 đã dùng, 412 lượt.")
    an.set_input_files("[name=upload]", lists.photo("hop-phu-huynh.jpg"))
    an.click("form[action$='/progress/'] button[type=submit]")
    expect(an.locator("main")).to_contain_text("hop-phu-huynh.jpg")
    look(an)


def report(open_as, look):
    # 14. The result report: the answers, and every figure from inside the form.
    an = open_as("an", password=OWN)
    look(an)
    an.click("a[href*='key=report-2023']")
    look(an)
    an.click("main form button.btn-primary")
    an.fill("#result", "Mỗi phụ huynh đến trường một lần.")
    an.fill("#completion", "100")
    for criterion, numbers in FIGURES.items():
        declare(an, criterion, numbers, look)
    expect(an.locator("#result")).to_have_value("Mỗi phụ huynh đến trường một lần.")
    look(an)
    form = an.url

    # 15. The personal criteria of everybody.
    an.goto("/")
    an.click("main a.btn[href*='/reports/people/hoa-sen/']")
    for each, answer in fills(an).items():
        an.select_option(f"#{each}", answer)
    an.click("main form .sendbar button")
    expect(an.locator("main")).to_contain_text("Đã ghi")
    look(an)

    # 16. It goes through the head to the office.
    an.goto(form)
    an.click("button[name=then][value=present]")
    look(an)
    sign(open_as("hanh", password=OWN))


def fills(page) -> dict[str, str]:
    """The first answer of each criterion, which is the best one."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('select[id^=fill-]')].map(s => [s.id, s.options[1].value]))"
    )


def check(open_as, look):
    # 17. The office compares one figure with its own records and accepts all three.
    binh = open_as("binh", password=OWN)
    for criterion in ("electronic-payment", "documents-signed", "project-06"):
        binh.goto(f"/reports/criteria/{criterion}/?year=2023")
        if criterion == "documents-signed":
            look(binh)
            binh.click("summary:has-text('Kiểm tra')")
            binh.fill("[name=numerator]", "48")
            binh.fill("[name=denominator]", "50")
            binh.fill("[name=note]", "Đối chiếu trục liên thông văn bản")
            binh.click("form[action$='/check/'] button")
        binh.click("form[action$='/accept/'] button")
        expect(binh.locator("main")).to_contain_text("Đã chấp nhận số liệu")

    # 18. It accepts the report.
    binh.goto("/dossiers/review/")
    look(binh)
    binh.click("form[action$='/accept/'] button")
    expect(binh.locator("main")).to_contain_text("đơn vị đã được báo")


def follow(open_as, look):
    # 19. The board: the school has its report done, the other owes all; it is reminded.
    binh = open_as("binh", password=OWN)
    binh.goto("/monitoring/board/?year=2023&show=owing")
    expect(binh.locator("tr", has_text="Trường THPT Đồi Thông Mẫu")).to_contain_text("Quá 69 ngày")
    look(binh)
    binh.click("main .sendbar a.btn-primary")
    expect(binh.locator("main")).to_contain_text("Kế hoạch thi đua của đơn vị năm 2023: Quá hạn")
    look(binh)
    binh.click("main form button.btn-primary")
    expect(binh.locator("main")).to_contain_text("Đã nhắc")

    # 20. One duty is extended, one excused.
    other = binh.locator("tr", has_text="Trường THPT Đồi Thông Mẫu")
    other.locator("a", has_text="Quá 2 ngày").first.click()
    look(binh)
    binh.fill("[name=until]", "15/11/2023")
    binh.fill("form[action$='/extend/'] [name=reason]", "Trường bị ngập sau bão.")
    binh.click("form[action$='/extend/'] button")
    binh.click("dialog button.btn-primary")
    expect(binh.locator("main")).to_contain_text("15/11/2023")
    binh.goto("/monitoring/board/?year=2023")
    other.locator("a", has_text="Quá 69 ngày").first.click()
    binh.fill("form[action$='/excuse/'] [name=reason]", "Trường thành lập tháng 9.")
    binh.click("form[action$='/excuse/'] button")
    binh.click("dialog button.btn-primary")
    look(binh)


def read(open_as, look, slips):
    # 21. Who was reminded reads it under the bell.
    dung = first_sign_in(open_as, slips, "dung")
    dung.goto("/people/letters/")
    expect(dung.locator("main")).to_contain_text("2023")
    look(dung)

    # 22. Leadership reads the overview and the trail.
    leader = first_sign_in(open_as, slips, "ha")
    look(leader)
    leader.goto("/overview/?year=2023")
    expect(leader.locator("main")).to_contain_text("1 / 2")
    look(leader)
    leader.goto("/trail/")
    excused = leader.locator("main tr").filter(has_text="Số liệu: Ký số văn bản gửi Sở (2023)")
    expect(excused.first).to_contain_text("Trường THPT Đồi Thông Mẫu")
    look(leader)


def conclude(open_as, look):
    from thidua.summaries import tasks
    from thidua.summaries.models import Report

    # 23. The office has the consolidated report written.
    binh = open_as("binh", password=OWN)
    binh.goto("/summaries/?year=2023")
    look(binh)
    binh.click("form[action*='/prepare/'] button")
    binh.wait_for_url("**/summaries/*/")
    tasks.complete(Report.objects.get().pk)
    expect(binh.locator("main .actions")).to_contain_text("Word")
    look(binh)

    # 24. Word and Excel hold the true numbers.
    word = Document(io.BytesIO(download(binh, "word")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    text = " ".join(" ".join([each.text for each in word.paragraphs] + cells).split())
    assert "Có 1/2 đơn vị (50%) đăng ký" in text
    assert any("96%" in row and "48 / 50" in row for row in rows_of(word))
    book = openpyxl.load_workbook(io.BytesIO(download(binh, "annexes")))
    registrations, results = ([list(row) for row in book.worksheets[n].values] for n in (0, 1))
    assert any(TITLE in row for row in registrations)
    assert any("Mỗi phụ huynh đến trường một lần." in row for row in results)


def rows_of(word) -> list[str]:
    return [" ".join(cell.text for cell in row.cells) for table in word.tables for row in table.rows]


def download(page, part: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(f"main .actions a[href$='/{part}/']")
    return waiting.value.path().read_bytes()
