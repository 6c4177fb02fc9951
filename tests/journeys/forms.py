"""What a focal point types into an empty registration, but for its title, and as figures of the report."""

from tests.journeys import lists

TITLE = "Trả học bạ qua mã QR"
# Numerator, and denominator where there is one.
FIGURES = {"electronic-payment": ["7"], "documents-signed": ["49", "50"], "project-06": ["8", "8"]}


def fill_in(page):
    page.check("input[name=kind][value=giai-phap]")
    page.check("input[name=field][value=thu-tuc]")
    page.select_option("#authors-0-person", label="Nguyễn Thị An")
    page.fill("#authors-0-share", "60")
    page.select_option("#authors-1-person", label="Bùi Khánh Linh")
    page.fill("#authors-1-share", "40")
    page.fill("#situation", "Phụ huynh đến trường ba lần cho một việc.")
    page.fill("#solution", "Hẹn giờ trước.")
    page.fill("#milestones-0-title", "Chạy thử với khối 10")
    page.fill("#milestones-0-due_on", "15/09/2023")
    page.fill("#indicator-label", "Số lần phụ huynh đến trường")
    page.fill("#indicator-before", "3")
    page.fill("#indicator-after", "1")


def declare(an, criterion: str, numbers: list[str], look):
    """One figure from inside the form of the report, and back to it."""
    an.click(f"#q-figures button[value*='/{criterion}/']")
    an.wait_for_url(f"**/{criterion}/**")
    an.fill("[name=numerator]", numbers[0])
    if numbers[1:]:
        an.fill("[name=denominator]", numbers[1])
    an.fill("[name=explanation]", "Sổ theo dõi của nhà trường")
    an.set_input_files("[name=upload]", lists.photo(f"{criterion}.jpg"))
    if criterion == "documents-signed":
        look(an)
    an.click("main form button.btn-primary")
    an.wait_for_url("**/form/**")
