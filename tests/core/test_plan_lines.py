"""Every problem of a plan file names the line on which it stands."""

import tomllib

import pytest
from tests.core.plans import SHIPPED

from thidua.core.plan.lines import Lines
from thidua.core.plan.reader import read

SHIPPED_LINES = Lines(SHIPPED, tomllib.loads(SHIPPED))

TRICKY = """
# [[rounds]]
long = '''
id = "not a key"
[[rounds]]
'''
list = [
  "a = 1",  # year = 1
  "[[rounds]]",
]
"odd key" = 1
dotted.key = 2
quotes = "a \\" ]["
[table]  # with a remark
year = 1
[[rounds]]
id = "a"
[[rounds.parts]]
year = 2
[[rounds.parts]]
year = 3
[[rounds]]
id = "b"
[[rounds.parts]]
year = 4
[last]
year = 5
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("long", "long = '''"),
        ("list", "list = ["),
        ("odd key", '"odd key" = 1'),
        ("dotted.key", "dotted.key = 2"),
        ("table.year", "year = 1"),
        ("rounds.a.parts.1.year", "year = 2"),
        ("rounds.a.parts.2.year", "year = 3"),
        ("rounds.b.parts.1.year", "year = 4"),
        ("last.year", "year = 5"),
    ],
)
def test_a_key_is_found_past_texts_lists_and_remarks(path, line):
    found = Lines(TRICKY, tomllib.loads(TRICKY)).line_of(path)
    assert TRICKY.split("\n")[found - 1] == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("organisation", 'organisation = "Sở Giáo dục và Đào tạo"'),
        ("themes.2024", '2024 = "Theo chủ đề công tác năm 2024 của Ủy ban nhân dân Thành phố"'),
        ("criteria.dossiers-on-time.threshold", "threshold = 0.98"),
        ("rounds.register-2023.name", 'name = "Đợt 1 năm 2023: đăng ký"'),
        ("obligations.register-2023.name", 'name = "Đăng ký mô hình, giải pháp, sáng kiến năm 2023"'),
        ("duties.7.due_on", "due_on = 2023-11-15"),
        ("criteria.satisfaction.evidence", "[[criteria]]"),
    ],
)
def test_the_keys_of_the_shipped_plan(path, line):
    """A round and an obligation may share an id; a key that is not there stands at the head of its entry."""
    assert SHIPPED.split("\n")[SHIPPED_LINES.line_of(path) - 1] == line


def test_a_file_without_the_key_has_no_line():
    assert SHIPPED_LINES.line_of("nothing.here") is None


def test_the_problem_of_an_entry_is_not_told_of_its_namesake():
    text = SHIPPED.replace('name = "Đăng ký mô hình, giải pháp, sáng kiến năm 2024"', "name = 2024")
    _plan, problems = read(text, "plan.toml")
    assert [text.split("\n")[each.line - 1] for each in problems] == ["name = 2024"]
