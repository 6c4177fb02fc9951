"""What each key of a plan file means, with an example line: docs/plan.md is printed from it and from the schema.

``tests/house/test_plans.py`` refuses a key of the schema that is not here, and an example that is no such key.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple

from thidua.core.measures.schema import Measure
from thidua.core.plan import schema
from thidua.core.plan.data import field_types


class Key(NamedTuple):
    meaning: str
    example: str


MANUAL: dict[type, dict[str, Key]] = {
    schema.Plan: {
        "id": Key("Code of the campaign, in addresses and commands; never changes.", 'id = "day-tot-2024"'),
        "name": Key("Full name, as papers write it.", 'name = "Phong trào thi đua “Dạy tốt, học tốt” năm 2024"'),
        "short_name": Key("For the switcher and lists.", 'short_name = "Dạy tốt, học tốt 2024"'),
        "first_year": Key("First year of the campaign.", "first_year = 2024"),
        "last_year": Key(
            "Last year. A school year is one year of the campaign, called by the one in which it begins.",
            "last_year = 2024",
        ),
        "organisation": Key("Who runs it; stands at the head of papers.", 'organisation = "Sở Giáo dục và Đào tạo"'),
        "legal_bases": Key("Papers that it rests on, in their order.", "[[legal_bases]]"),
        "purposes": Key("One text a purpose.", 'purposes = ["Giữ nền nếp dạy và học."]'),
        "requirements": Key("One text a requirement.", 'requirements = ["Số liệu lấy từ sổ của đơn vị."]'),
        "audiences": Key("Who is meant: everything else names them by id.", "[[audiences]]"),
        "rounds": Key("Windows of time, drawn on the overview.", "[[rounds]]"),
        "obligations": Key("Who owes what by when.", "[[obligations]]"),
        "criteria": Key("Targets. A campaign may have none.", "[[criteria]]"),
        "forms": Key("What units fill in.", "[[forms]]"),
        "kinds": Key(
            'Kinds of registrations: the answers of the question with `plays = "kind"`. None: no table by kind.',
            "[[kinds]]",
        ),
        "fields": Key(
            'Fields of registrations: the answers of the question with `plays = "field"`. None: no table by field.',
            "[[fields]]",
        ),
        "lists": Key(
            "Named lists of values; the conditions of measures say `{name}` for them.",
            'lists = { don-thu = ["khiếu nại", "tố cáo"] }',
        ),
        "letterhead": Key("Head and foot of papers.", "[letterhead]"),
        "timezone": Key("In which a due day ends.", 'timezone = "Asia/Ho_Chi_Minh"'),
        "themes": Key("The theme of each year.", 'themes = { 2024 = "Mỗi giờ học là một niềm vui" }'),
        "year_names": Key(
            "What a year is called where it is no calendar year.", 'year_names = { 2024 = "năm học 2024–2025" }'
        ),
        "indices": Key("Published indices that the campaign follows.", "[[indices]]"),
        "awards": Key("Forms of commendation.", "[[awards]]"),
        "duties": Key("Who does what in the campaign.", "[[duties]]"),
        "recipients": Key("Where the plan goes, in order; the last is the archive.", "[[recipients]]"),
        "report_recipients": Key(
            "Where the yearly report goes, in order; the last is the archive. Without it: the body above.",
            "[[report_recipients]]",
        ),
        "measures": Key("How criteria are counted from records.", "[[measures]]"),
    },
    schema.LegalBasis: {
        "symbol": Key("Number and symbol.", 'symbol = "45/KH-SGDĐT"'),
        "issued_on": Key("Its day.", "issued_on = 2023-08-31"),
        "issuer": Key("Who issued it.", 'issuer = "Sở Giáo dục và Đào tạo"'),
        "subject": Key("What about, as it says itself.", 'subject = "Tổ chức phong trào thi đua năm 2024"'),
    },
    schema.Letterhead: {
        "superior": Key("The body above.", 'superior = "Ủy ban nhân dân Thành phố"'),
        "abbreviation": Key("Letters in the symbol of a paper.", 'abbreviation = "SGDĐT"'),
        "place": Key("Before the day.", 'place = "Thành phố Hồ Chí Minh"'),
        "authority": Key("Above the signature.", 'authority = "GIÁM ĐỐC"'),
    },
    schema.Option: {
        "id": Key("Kept in the data; letters without marks, digits, “-” and “_”.", 'id = "sang-kien"'),
        "label": Key("What people read.", 'label = "Sáng kiến"'),
        "hint": Key("A few words below it.", 'hint = "Mới, đã áp dụng hoặc áp dụng thử"'),
    },
    schema.Audience: {
        "id": Key("Named by rounds, obligations, criteria and forms.", 'id = "truong"'),
        "name": Key("What people read.", 'name = "Các trường, trung tâm trực thuộc"'),
        "kinds": Key("Kinds of units: `division`, `school`, `centre`, `institution`.", 'kinds = ["school"]'),
        "personal": Key("true: the people in these units are meant.", "personal = true"),
    },
    schema.Round: {
        "id": Key("Named by obligations.", 'id = "dang-ky-2024"'),
        "year": Key("Year of the campaign.", "year = 2024"),
        "name": Key("What people read.", 'name = "Đợt 1: đăng ký"'),
        "kind": Key("`register`, `carry_out` or `report`.", 'kind = "register"'),
        "opens_on": Key("First day.", "opens_on = 2024-01-02"),
        "closes_on": Key("Last day; it belongs to the round.", "closes_on = 2024-03-29"),
        "audiences": Key("Whom it is about.", 'audiences = ["truong"]'),
    },
    schema.Obligation: {
        "id": Key("Never changes: what was handed in hangs on it.", 'id = "dang-ky-2024"'),
        "year": Key("Year of the campaign that it counts for, whatever the year of its due day.", "year = 2024"),
        "name": Key("What people read in their list.", 'name = "Đăng ký việc làm mới"'),
        "kind": Key(
            "`registration`, `report`, `unit_plan` (a form is filled in), `figure` (numbers of a criterion) or "
            "`personal` (results of the unit's people).",
            'kind = "registration"',
        ),
        "audiences": Key("Who owes it.", 'audiences = ["truong"]'),
        "opens_on": Key("From this day it can be done.", "opens_on = 2024-01-02"),
        "due_on": Key("Until the end of this day.", "due_on = 2024-03-29"),
        "form": Key("Which form, where an audience has several of the kind.", 'form = "phieu-dang-ky"'),
        "criterion": Key(
            "Of a figure and a personal obligation; of a registration that is counted.", 'criterion = "co-dang-ky"'
        ),
        "round": Key("In which round.", 'round = "dang-ky-2024"'),
        "at_least": Key("How many are to be handed in.", "at_least = 1"),
        "late": Key("After the due day: `marked` (taken, and marked late) or `refused`.", 'late = "refused"'),
    },
    schema.Criterion: {
        "id": Key("Never changes: figures hang on it.", 'id = "tiet-day-thay"'),
        "audiences": Key("Of whom it is asked.", 'audiences = ["truong"]'),
        "wording": Key("Word for word as the plan says it.", 'wording = "Tiết dạy thay không quá 5%"'),
        "short": Key("For tables.", 'short = "Tiết dạy thay"'),
        "kind": Key(
            "`ratio` (a share), `count` (a number), `task` (done of given), `personal` (one answer a person).",
            'kind = "ratio"',
        ),
        "threshold": Key("The target: a share from 0 to 1 (0.98 is 98%), of a count the number.", "threshold = 0.05"),
        "source": Key(
            "`declared`, `records` (a measure counts files), `registrations` (counted here), `survey` or `task`.",
            'source = "declared"',
        ),
        "denominator": Key(
            "What is divided by what, in words.", 'denominator = "Tiết dạy thay / tiết theo thời khóa biểu"'
        ),
        "direction": Key("`at_least`, or `at_most` where less is better.", 'direction = "at_most"'),
        "scopes": Key("Fields in each of which the target is to be met.", 'scopes = ["Văn bằng, chứng chỉ"]'),
        "exclusions": Key("What is not counted, in words.", 'exclusions = ["Văn bản bí mật nhà nước"]'),
        "unit_of_count": Key("What is counted.", 'unit_of_count = "tiết"'),
        "evidence": Key("true: a figure needs a file.", "evidence = true"),
        "near": Key("How far from the target still counts as nearly met.", "near = 0.01"),
        "choices": Key("Answers of a personal criterion.", 'choices = ["Đủ", "Chưa đủ"]'),
        "passing": Key("Those of them that meet it.", 'passing = ["Đủ"]'),
        "posts": Key("Only these posts: `head`, `deputy`, `focal_point`, `member`.", 'posts = ["head"]'),
        "clause": Key("Where the plan on paper says it.", 'clause = "II.2.a"'),
        "plays": Key("`letters`: letters of apology serve this criterion.", 'plays = "letters"'),
        "rest_of": Key(
            "The criterion of which this one's denominator is what misses; where a unit's numbers do not fit, a mark "
            "says so.",
            'rest_of = "ho-so-dung-han"',
        ),
    },
    schema.Question: {
        "id": Key("Never changes: answers hang on it.", 'id = "viec"'),
        "label": Key("The question; also the heading of its column in Excel.", 'label = "Tên việc sẽ làm"'),
        "type": Key(
            "`text`, `long_text`, `choice`, `choices`, `number`, `date`, `yes_no`, `authors` (people and shares), "
            "`milestones`, `indicator` (a measure before and after), `files`, `planned_actual` (what was registered, "
            "beside the report), `figures` (the unit's figures).",
            'type = "text"',
        ),
        "hint": Key("A line below the question.", 'hint = "Ghi việc làm và nơi áp dụng."'),
        "required": Key("true: it cannot be handed in without.", "required = true"),
        "or_file": Key("true: an attached file answers it just as well.", "or_file = true"),
        "show_if": Key("Asked only after this answer to an earlier question.", 'show_if = ["co-kinh-phi", "yes"]'),
        "choices": Key("Answers of a choice.", 'choices = [{ id = "nganh", label = "Toàn ngành" }]'),
        "max_length": Key("Longest text, in characters.", "max_length = 200"),
        "file_types": Key("Endings of files that are taken.", 'file_types = ["pdf", "docx"]'),
        "plays": Key(
            "What pages take it for: `title` (the name of the paper; a registration has one), `kind`, `field`, and of "
            "a report `effect`, `difficulties`, `lessons`, `proposals`.",
            'plays = "title"',
        ),
    },
    schema.Section: {
        "id": Key("Unique in the form.", 'id = "viec-lam"'),
        "title": Key("Heading.", 'title = "Việc làm mới"'),
        "questions": Key("In their order.", "[[forms.sections.questions]]"),
        "hint": Key("A line below the heading.", 'hint = "Một phiếu cho một việc."'),
    },
    schema.Form: {
        "id": Key("Named by obligations.", 'id = "phieu-dang-ky"'),
        "name": Key("What people read; in brackets what papers leave out.", 'name = "Phiếu đăng ký"'),
        "kind": Key("`registration`, `report` or `unit_plan`.", 'kind = "registration"'),
        "audiences": Key("Who fills it in; one form of a kind for each audience.", 'audiences = ["truong"]'),
        "slug": Key("The short link.", 'slug = "dang-ky"'),
        "sections": Key("Parts of the form.", "[[forms.sections]]"),
    },
    schema.Index: {
        "id": Key("Never changes.", 'id = "par"'),
        "name": Key("What people read.", 'name = "PAR Index"'),
        "description": Key("A line about it.", 'description = "Chỉ số cải cách hành chính"'),
        "unit": Key("Of the score.", 'unit = "điểm"'),
        "better": Key("`higher` or `lower`.", 'better = "higher"'),
        "targets": Key("Target of a year.", "targets = { 2024 = 85.0 }"),
        "target_rank": Key("Among the first so many.", "target_rank = 5"),
    },
    schema.Award: {
        "id": Key("Never changes.", 'id = "giay-khen-tap-the"'),
        "name": Key("What people read.", 'name = "Giấy khen của Giám đốc Sở cho tập thể"'),
        "kind": Key("`collective` or `individual`.", 'kind = "collective"'),
        "quota": Key("How many, in words.", 'quota = "Mỗi khối một tập thể"'),
    },
    schema.Duty: {
        "body": Key("Who.", 'body = "Văn phòng Sở"'),
        "text": Key("Does what.", 'text = "Tổng hợp kết quả."'),
        "due_on": Key("Until when.", "due_on = 2024-11-15"),
    },
    schema.Recipient: {
        "name": Key("Who gets it.", 'name = "Sở Nội vụ"'),
        "purpose": Key("What for.", 'purpose = "để tổng hợp"'),
    },
    Measure: {
        "id": Key("Unique.", 'id = "dung-han"'),
        "criterion": Key("The criterion that it counts.", 'criterion = "dung-han"'),
        "dataset": Key(
            "`dossiers`, `documents`, `payments`, `satisfaction`, `staff`, or `registrations` of this system.",
            'dataset = "dossiers"',
        ),
        "numerator": Key(
            "Rows that meet the target: a condition over the columns of the dataset.", 'numerator = "returned <= due"'
        ),
        "denominator": Key("What rows must be besides, to count at all.", 'denominator = "level between 1 and 5"'),
        "filter": Key("Rows that the measure is about.", 'filter = "not names(field, {don-thu})"'),
        "day": Key("The column whose day must lie in the year.", 'day = "returned"'),
        "scope": Key("The column of the field, of a target in every field.", 'scope = "field"'),
        "mean_of": Key("The mean of this column in place of a share of rows.", 'mean_of = "level"'),
        "out_of": Key("The highest value of `mean_of`.", "out_of = 5"),
        "apart": Key(
            "Rows counted beside the rate. Pages know `pending_overdue`, `withdrawn` and `letters_late`.",
            "apart = { withdrawn = \"status = 'withdrawn'\" }",
        ),
        "needs": Key(
            "Groups of columns of which a file must have one.", 'needs = [["returned"], ["due", "working_days"]]'
        ),
        "version": Key("Counts up when the measure changes.", "version = 2"),
    },
}

# In the order of the page; what stands above a record's lines in the file.
HEADINGS = {
    schema.Plan: "At the beginning of the file",
    schema.Letterhead: "`[letterhead]`: the head of papers",
    schema.LegalBasis: "`[[legal_bases]]`: what the campaign rests on",
    schema.Audience: "`[[audiences]]`: who is meant",
    schema.Option: "`[[kinds]]`, `[[fields]]`, and each of `choices` of a question",
    schema.Round: "`[[rounds]]`: windows of time",
    schema.Obligation: "`[[obligations]]`: who owes what by when",
    schema.Criterion: "`[[criteria]]`: targets",
    schema.Form: "`[[forms]]`: what units fill in",
    schema.Section: "`[[forms.sections]]`",
    schema.Question: "`[[forms.sections.questions]]`",
    Measure: "`[[measures]]`: criteria counted from records",
    schema.Index: "`[[indices]]`: published indices",
    schema.Award: "`[[awards]]`: forms of commendation",
    schema.Duty: "`[[duties]]`: who does what",
    schema.Recipient: "`[[recipients]]`, `[[report_recipients]]`: where the plan and its report go",
}
WRITTEN: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true, false",
    dt.date: "day",
}


def page() -> Iterator[str]:
    """Every key as lines of Markdown, record by record."""
    for kind, heading in HEADINGS.items():
        yield f"### {heading}\n\n| Key | Is | Needed | Means | Example |\n|---|---|---|---|---|"
        types = field_types(kind)
        for each in dataclasses.fields(kind):
            meaning, example = MANUAL[kind][each.name]
            needed = "yes" if each.default is each.default_factory is dataclasses.MISSING else ""
            cells = (f"`{each.name}`", _is(types[each.name]), needed, meaning, f"`{example}`")
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        yield ""


def _is(kind: Any) -> str:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return "tables" if dataclasses.is_dataclass(arguments[0]) else f"list of: {_is(arguments[0])}"
    if origin is dict:
        return f"by name: {_is(arguments[1])}"
    if arguments:  # or nothing
        return _is(arguments[0])
    return WRITTEN.get(kind, "table")
