"""Figures from elsewhere: somebody answers a survey on a phone without an account; an export becomes a figure."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
EXPORT = """\
Mã hồ sơ;Họ tên;Lĩnh vực;Ngày tiếp nhận;Ngày hẹn trả;Ngày trả kết quả;Thư xin lỗi
HS-1;Nguyễn Văn Mẫu;Giáo dục trung học;01/03/2023;10/03/2023;09/03/2023;
HS-2;Trần Thị Mẫu;Giáo dục trung học;01/03/2023;10/03/2023;15/03/2023;không
HS-3;Lê Văn Mẫu;Giáo dục trung học;01/03/2023;10/03/2023;hôm sau;
"""


@pytest.fixture
def look(accessible, speaks):
    def check(page):
        accessible(page, 360)
        speaks(page, "vi")

    return check


def test_a_survey_from_opening_to_result(people, open_as, browser, live_server, look):
    # 1. The office opens a survey for schools.
    binh = open_as("binh")
    binh.goto("/surveys/open/")
    look(binh)
    binh.fill("[name=name]", "Phụ huynh, học sinh có hài lòng không?")
    binh.fill("[name=opens_on]", "21/08/2023")
    binh.fill("[name=closes_on]", "30/09/2023")
    binh.check("[name=kinds][value=school]")
    binh.locator("main form button[type=submit]").click()
    expect(binh.locator("h1")).to_have_text("Phụ huynh, học sinh có hài lòng không?")
    look(binh)
    row = binh.locator("tr", has_text=people.school.name)
    address = row.locator("a[href^='/surveys/a/']").get_attribute("href")

    # 2. A parent taps through it on a phone.
    context = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
    phone = context.new_page()
    phone.goto(address)
    look(phone)
    for _question in range(5):
        phone.get_by_role("button", name="Rất hài lòng", exact=True).click()
    look(phone)
    phone.fill("[name=words]", "Trả kết quả sớm.")
    phone.get_by_role("button", name="Gửi câu trả lời").click()
    expect(phone.locator("h1")).to_contain_text("Xin cảm ơn")
    look(phone)
    assert not [each for each in context.cookies() if each["name"] == "sessionid"]
    context.close()

    # 3. The office reads the result.
    binh.reload()
    expect(row).to_contain_text("100%")
    expect(binh.locator("main")).to_contain_text("Trả kết quả sớm.")
    look(binh)
    binh.goto("/surveys/")
    look(binh)


def the_worker_reads():
    from procrastinate.contrib.django.models import ProcrastinateJob

    from thidua.analytics import tasks

    tasks.read(**ProcrastinateJob.objects.filter(task_name="analytics.read").latest("id").args)


def test_an_export_becomes_a_figure(people, open_as, look):
    from thidua.analytics.models import Batch
    from thidua.apologies import tasks as letters
    from thidua.apologies.models import Run
    from thidua.reports import tasks

    # 1. The file is dropped; one row is wrong and named, the others are taken.
    binh = open_as("binh")
    binh.goto("/records/")
    look(binh)
    binh.goto("/records/import/")
    look(binh)
    file = {"name": "xuat.csv", "mimeType": "text/csv", "buffer": EXPORT.encode()}
    binh.select_option("[name=dataset]", "dossiers")
    binh.select_option("[name=unit]", "van-phong")
    binh.select_option("[name=period]", "2023")
    binh.set_input_files("[name=file]", file)
    binh.locator("main form button[type=submit]").click()
    expect(binh.locator("main")).to_contain_text("Tệp đã được nhận")
    look(binh)
    the_worker_reads()
    expect(binh.locator("#outcome-h")).to_contain_text("chưa ghi gì")  # the page asked again by itself
    expect(binh.locator("main")).not_to_contain_text("Trần Thị Mẫu")
    look(binh)
    binh.get_by_role("button", name="Nhập các dòng hợp lệ").click()
    expect(binh.locator("main")).to_contain_text("Tệp đã được nhận")
    the_worker_reads()
    expect(binh.locator("#outcome-h")).to_have_text("Đã nhập")
    look(binh)

    # 2. The figure stands on the scorecard.
    tasks.compute(Batch.objects.get().pk)
    binh.goto("/reports/units/van-phong/?year=2023")
    expect(binh.locator("main")).to_contain_text("1 / 2")
    look(binh)
    binh.goto("/records/")
    expect(binh.locator("main")).to_contain_text("Đang có hiệu lực")
    look(binh)

    # 3. The number of all units opens down to the late dossier.
    binh.goto("/reports/explorer/?year=2023")
    look(binh)
    binh.get_by_role("link", name="50%").first.click()
    look(binh)
    binh.get_by_role("link", name="Xem dòng").first.click()
    expect(binh.locator("main")).to_contain_text("HS-2")
    expect(binh.locator("main")).not_to_contain_text("HS-1")
    look(binh)

    # 4. Its letter of apology is issued and had in Word.
    binh.goto("/reports/explorer/apology-letters/?year=2023")
    binh.get_by_role("link", name="Hồ sơ cần thư xin lỗi").click()
    expect(binh.locator("main")).to_contain_text("HS-2")
    look(binh)
    binh.fill("[name=reason]", "Phải tra cứu hồ sơ gốc")
    binh.locator("button[value=all]").click()
    expect(binh.locator("main")).to_contain_text("Đang soạn thư")
    look(binh)
    letters.complete(Run.objects.get().pk)
    with binh.expect_download() as download:
        binh.get_by_role("link", name="Tải thư (Word)").click()  # the page asked again by itself
    assert download.value.suggested_filename.endswith(".docx")
    look(binh)
