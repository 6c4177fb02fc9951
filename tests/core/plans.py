"""Plan files for the tests of core: the shipped one, and a small one with and without a form."""

from importlib import resources

SHIPPED_PLANS = {
    file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
    for file in sorted(resources.files("thidua").joinpath("plans").iterdir(), key=lambda each: each.name)
    if file.name.endswith(".toml")
}
SHIPPED = SHIPPED_PLANS["cchc-2023-2025"]

SMALL = """
id = "nho"
name = "Phong trào nhỏ"
short_name = "Nhỏ"
first_year = 2023
last_year = 2023
organisation = "Sở Mẫu"
legal_bases = []
purposes = []
requirements = []
kinds = []
letterhead = { superior = "Cấp trên", abbreviation = "SM", place = "Nơi", authority = "GIÁM ĐỐC" }
forms = []

[[audiences]]
id = "schools"
name = "Các trường"
kinds = ["school"]

[[rounds]]
id = "dot-1"
year = 2023
name = "Đợt 1"
kind = "register"
opens_on = 2023-08-07
closes_on = 2023-08-25

[[criteria]]
id = "signed"
audiences = ["schools"]
wording = "Ký số"
short = "Ký số"
kind = "ratio"
threshold = 1
source = "declared"
denominator = "Văn bản ký số / văn bản"

[[obligations]]
id = "figure-signed"
year = 2023
name = "Số liệu ký số"
kind = "figure"
audiences = ["schools"]
opens_on = 2023-08-25
due_on = 2023-10-31
criterion = "signed"
"""

FORM = """
[[forms]]
id = "bao-cao"
name = "Báo cáo"
kind = "report"
audiences = ["schools"]
slug = "bc"

[[forms.sections]]
id = "ket-qua"
title = "Kết quả"

[[forms.sections.questions]]
id = "done"
label = "Đã xong chưa"
type = "yes_no"

[[forms.sections.questions]]
id = "why"
label = "Vì sao"
type = "text"
show_if = ["done", "no"]
"""
WITH_FORM = SMALL.replace("forms = []\n", "") + FORM

REGISTRATION = """
[[forms]]
id = "dang-ky"
name = "Đăng ký"
kind = "registration"
audiences = ["schools"]
slug = "dk"

[[forms.sections]]
id = "viec"
title = "Việc"

[[forms.sections.questions]]
id = "viec-gi"
label = "Việc gì"
type = "text"
plays = "title"

[[forms.sections.questions]]
id = "mang"
label = "Mảng"
type = "choice"
plays = "field"
"""
FIELDS = """
[[fields]]
id = "mot"
label = "Mảng một"

[[fields]]
id = "hai"
label = "Mảng hai"
"""
WITH_REGISTRATION = SMALL.replace("forms = []\n", "") + FIELDS + REGISTRATION
