"""What a focal point types into an empty registration, but for its title."""

TITLE = "Trả học bạ qua mã QR"


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
