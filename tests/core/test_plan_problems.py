"""What the reader says about bad input: the place, the kind of problem and a sentence. It never raises."""

import datetime as dt
import difflib
import json
import time
import unicodedata
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.plans import FORM, SHIPPED, SMALL, WITH_FORM

from thidua.core import bounds
from thidua.core.plan.data import as_data, from_data
from thidua.core.plan.diff import differences
from thidua.core.plan.reader import how_many, read
from thidua.core.plan.show import show
from thidua.core.words import Sentence, _

FIGURE = "obligations.figure-signed"
WHY = "forms.bao-cao.sections.ket-qua.questions.why"
NOT_A_SHARE = "A share lies between 0 and 1 (0.98 is 98%); {} does not."
OUTSIDE = "The year lies outside the campaign."
NOT_BEFORE = "It depends on a question that does not come before it."

# name: what stands in the small plan, what is written instead, code, path, sentence
BAD = {
    "syntax": ('name = "Phong trào nhỏ"', "name = Phong trào", "syntax", "",
               "plan.toml is not valid TOML: Invalid value (at line 3, column 8)."),
    "key twice": ('name = "Phong trào nhỏ"', 'name = "a"\nname = "b"', "syntax", "",
                  "plan.toml is not valid TOML: Cannot overwrite a value (at line 4, column 11)."),
    "no such day": ("opens_on = 2023-08-07", "opens_on = 2023-02-30", "syntax", "",
                    "plan.toml is not valid TOML: Invalid date or datetime (at line 25, column 12)."),
    "day as text": ("opens_on = 2023-08-07", 'opens_on = "07/08/2023"', "type", "rounds.dot-1.opens_on",
                    "“rounds.dot-1.opens_on” must be a date like 2023-08-25."),
    "near key": ("threshold = 1", "treshold = 1\nthreshold = 1", "unknown-key", "criteria.signed.treshold",
                 "The key “treshold” is unknown; did you mean “threshold”?"),
    "unknown key": ('name = "Đợt 1"', 'name = "Đợt 1"\ncolour = "red"', "unknown-key", "rounds.dot-1.colour",
                    "The key “colour” is unknown."),
    "missing key": ('wording = "Ký số"\n', "", "missing", "criteria.signed.wording",
                    "“wording” is missing in “criteria.signed”."),
    "wrong type": ("first_year = 2023", 'first_year = "2023"', "type", "first_year",
                   "“first_year” must be a whole number."),
    "yes for a number": ("threshold = 1", "threshold = true", "type", "criteria.signed.threshold",
                         "“criteria.signed.threshold” must be a number."),
    "no number": ("threshold = 1", "threshold = nan", "type", "criteria.signed.threshold",
                  "“criteria.signed.threshold” must be a number."),
    "number without end": ("threshold = 1", f"threshold = 1{'0' * 400}", "type", "criteria.signed.threshold",
                           "“criteria.signed.threshold” must be a number."),
    "year without end": ("first_year = 2023", f"first_year = 0x{'f' * 6000}", "type", "first_year",
                         "“first_year” must be a whole number."),
    "no list": ('kinds = ["school"]', 'kinds = "school"', "type", "audiences.schools.kinds",
                "“audiences.schools.kinds” must be a list."),
    "no table": ("kinds = []", 'kinds = ["x"]', "type", "kinds.1", "“kinds.1” must be a table."),
    "control character": ('name = "Các trường"', r'name = "a\u0000b"', "text", "audiences.schools.name",
                          "“audiences.schools.name” holds a control character; write plain text only."),
    "empty name": ('name = "Phong trào nhỏ"', 'name = " "', "empty", "name", "This is still empty."),
    "long name": ('short_name = "Nhỏ"', f'short_name = "{"x" * 121}"', "length", "short_name",
                  "This is longer than 120 characters."),
    "id": ('id = "nho"', 'id = "phong trào"', "id", "id",
           "The id “phong trào” must be made of letters without marks, digits, “-” and “_”, at most 60."),
    "time zone": ("first_year", 'timezone = "Mars/Base"\nfirst_year', "timezone", "timezone",
                  "There is no time zone “Mars/Base”."),
    "duplicate id": ("[[rounds]]", '[[audiences]]\nid = "schools"\nname = "Nữa"\nkinds = ["centre"]\n\n[[rounds]]',
                     "duplicate", "audiences.schools", "“schools” stands 2 times."),
    "unknown audience": ('audiences = ["schools"]\nopens_on', 'audiences = ["pupils"]\nopens_on', "reference",
                         f"{FIGURE}.audiences", "There is no audience “pupils”."),
    "unknown criterion": ('criterion = "signed"', 'criterion = "sealed"', "reference", f"{FIGURE}.criterion",
                          "“sealed” is not in the plan."),
    "unknown round": ('criterion = "signed"', 'criterion = "signed"\nround = "dot-9"', "reference", f"{FIGURE}.round",
                      "“dot-9” is not in the plan."),
    "unknown form": ('criterion = "signed"', 'criterion = "signed"\nform = "mau-9"', "reference", f"{FIGURE}.form",
                     "“mau-9” is not in the plan."),
    "threshold above one": ("threshold = 1", "threshold = 98", "threshold", "criteria.signed.threshold",
                            NOT_A_SHARE.format("98.0")),
    "threshold below zero": ("threshold = 1", "threshold = -0.1", "threshold", "criteria.signed.threshold",
                             NOT_A_SHARE.format("-0.1")),
    "near above one": ("threshold = 1", "threshold = 1\nnear = 2", "threshold", "criteria.signed.near",
                       NOT_A_SHARE.format("2.0")),
    "negative count": ('kind = "ratio"\nthreshold = 1', 'kind = "count"\nthreshold = -1', "threshold",
                       "criteria.signed.threshold", "A count cannot be negative."),
    "no denominator": ('denominator = "Văn bản ký số / văn bản"', 'denominator = ""', "missing",
                       "criteria.signed.denominator", "A rate needs its denominator in words."),
    "nothing passes": ('kind = "ratio"', 'kind = "personal"', "missing", "criteria.signed.passing",
                       "A personal criterion names the answers that pass."),
    "long answer": ('kind = "ratio"', f'kind = "ratio"\nchoices = ["{"x" * 201}"]', "length", "criteria.signed.choices",
                    "This is longer than 200 characters."),
    "post of a unit": ('kind = "ratio"', 'kind = "ratio"\nposts = ["head"]', "posts", "criteria.signed.posts",
                       "Only a personal criterion names posts."),
    "post": ('kind = "ratio"', 'kind = "personal"\nposts = ["boss"]', "word", "criteria.signed.posts",
             "“boss” is not one of: head, deputy, focal_point, member."),
    "personal obligation of nothing": ('kind = "figure"\naudiences = ["schools"]\nopens_on = 2023-08-25\n'
                                       'due_on = 2023-10-31\ncriterion = "signed"',
                                       'kind = "personal"\naudiences = ["schools"]\nopens_on = 2023-08-25\n'
                                       'due_on = 2023-10-31', "missing", f"{FIGURE}.criterion",
                                       "A personal obligation needs its criterion."),
    "personal obligation of units": ('kind = "figure"', 'kind = "personal"', "personal", f"{FIGURE}.audiences",
                                     "The audience “schools” means units, not the people in them."),
    "personal obligation of a rate": ('kind = "figure"', 'kind = "personal"', "personal", f"{FIGURE}.criterion",
                                      "“signed” is no personal criterion."),
    "figure of people": ('kind = "ratio"', 'kind = "personal"', "personal", f"{FIGURE}.criterion",
                         "“signed” is a personal criterion, so the kind must be “personal”."),
    "figure asked of people": ('kinds = ["school"]', 'kinds = ["school"]\npersonal = true', "personal",
                               f"{FIGURE}.audiences", "The audience “schools” means people, not units."),
    "rest of nothing": ('kind = "ratio"', 'kind = "ratio"\nrest_of = "sealed"', "reference", "criteria.signed.rest_of",
                        "“sealed” is not in the plan."),
    "rest of itself": ('kind = "ratio"', 'kind = "ratio"\nrest_of = "signed"', "reference", "criteria.signed.rest_of",
                       "“signed” is not in the plan."),
    "passing unknown": ('kind = "ratio"', 'kind = "personal"\nchoices = ["Đạt"]\npassing = ["Tốt"]', "reference",
                        "criteria.signed.passing", "“Tốt” is not in the plan."),
    "criterion of nobody": ('audiences = ["schools"]\nwording', "audiences = []\nwording", "audience",
                            "criteria.signed.audiences", "The criterion names no audience."),
    "owed by nobody": ('audiences = ["schools"]\nopens_on', "audiences = []\nopens_on", "audience",
                       f"{FIGURE}.audiences", "It names no audience, so nobody owes it."),
    "audience of nobody": ('kinds = ["school"]', "kinds = []", "missing", "audiences.schools.kinds",
                           "An audience names its kinds of units."),
    "round ends first": ("closes_on = 2023-08-25", "closes_on = 2023-08-01", "dates", "rounds.dot-1.closes_on",
                         "The round ends before it starts."),
    "due before open": ("due_on = 2023-10-31", "due_on = 2023-08-01", "dates", f"{FIGURE}.due_on",
                        "It is due before it opens."),
    "round outside": ('year = 2023\nname = "Đợt', 'year = 2026\nname = "Đợt', "year", "rounds.dot-1.year", OUTSIDE),
    "due outside": ('year = 2023\nname = "Số', 'year = 2026\nname = "Số', "year", f"{FIGURE}.year", OUTSIDE),
    "theme outside": ("kinds = []\n", 'themes = { 2030 = "Số" }\nkinds = []\n', "year", "themes.2030", OUTSIDE),
    "years turned": ("last_year = 2023", "last_year = 2022", "years", "last_year",
                     "The last year lies before the first."),
    "years without end": ("last_year = 2023", "last_year = 2190", "years", "last_year",
                          "A campaign lasts at most 30 years."),
    "no year": ("last_year = 2023", "last_year = 20233", "years", "last_year", "20233 is no year of a campaign."),
    "word": ('kind = "ratio"', 'kind = "rate"', "word", "criteria.signed.kind",
             "“rate” is not one of: ratio, count, task, personal."),
    "kind of unit": ('kinds = ["school"]', 'kinds = ["schol"]', "word", "audiences.schools.kinds",
                     "“schol” is not one of: department, division, school, centre, institution, group."),
    "none asked": ('criterion = "signed"', 'criterion = "signed"\nat_least = 0', "count", f"{FIGURE}.at_least",
                   "At least one is to be handed in."),
    "many asked": ('criterion = "signed"', 'criterion = "signed"\nat_least = 5000', "count", f"{FIGURE}.at_least",
                   "At most 1000 can be asked for."),
    "figure of nothing": ('criterion = "signed"\n', "", "missing", f"{FIGURE}.criterion",
                          "A figure needs its criterion."),
    "no form": ('kind = "figure"', 'kind = "unit_plan"', "form", f"{FIGURE}.audiences",
                "There is no form of this kind for the audience “schools”."),
    "depends on a later one": ('type = "yes_no"', 'type = "yes_no"\nshow_if = ["why", "no"]', "show-if",
                               "forms.bao-cao.sections.ket-qua.questions.done.show_if", NOT_BEFORE),
    "depends on none": ('show_if = ["done", "no"]', 'show_if = ["dne", "no"]', "show-if", f"{WHY}.show_if",
                        NOT_BEFORE),
    "depends on no answer": ('show_if = ["done", "no"]', 'show_if = ["done"]', "show-if", f"{WHY}.show_if",
                             NOT_BEFORE),
    "nothing to choose": ('type = "text"', 'type = "choice"', "missing", f"{WHY}.choices",
                          "A choice needs its options."),
    "a file for nothing": ('type = "text"', 'type = "text"\nor_file = true', "missing", f"{WHY}.or_file",
                           "The form has no question for files."),
    "question twice": ('id = "why"', 'id = "done"', "duplicate",
                       "forms.bao-cao.sections.ket-qua.questions.done", "“done” stands 2 times."),
}  # fmt: skip


def as_written(problem) -> str:
    return in_english(problem.sentence)


def in_english(sentence: Sentence) -> str:
    """The message itself, whatever catalogue another test has set."""
    values = {key: in_english(each) if isinstance(each, Sentence) else each for key, each in sentence.values.items()}
    return sentence.message % values if values else sentence.message


@pytest.mark.parametrize("text", [SMALL, WITH_FORM], ids=["without", "with a form"])
def test_the_small_plan_is_good(text):
    plan, problems = read(text, "plan.toml")
    assert plan is not None
    assert problems == ()


@pytest.mark.parametrize(("old", "new", "code", "path", "sentence"), BAD.values(), ids=BAD)
def test_bad_input_has_its_problem(old, new, code, path, sentence):
    assert old in WITH_FORM or old in SMALL
    text = (SMALL if old in SMALL else WITH_FORM).replace(old, new, 1)
    plan, problems = read(text, "plan.toml")
    assert plan is None
    assert (code, path, sentence) in [
        (problem.code, problem.path, as_written(problem)) for problem in problems if problem.level == "error"
    ]


def test_two_forms_cannot_share_a_short_link():
    plan, problems = read(WITH_FORM + FORM.replace('"bao-cao"', '"bao-cao-2"'), "plan.toml")
    assert plan is None
    assert [(each.path, as_written(each)) for each in problems] == [
        ("forms.bao-cao-2.slug", "“bc” stands 2 times."),
    ]


def test_of_two_forms_the_one_to_use_is_named():
    text = WITH_FORM.replace('kind = "figure"', 'kind = "report"') + FORM.replace('"bao-cao"', '"bao-cao-2"').replace(
        '"bc"', '"bc-2"'
    )
    _plan, problems = read(text, "plan.toml")
    assert [as_written(each) for each in problems] == [
        "The audience “schools” has several forms of this kind; name the one to use."
    ]
    plan, _problems = read(text.replace('criterion = "signed"', 'form = "bao-cao-2"'), "plan.toml")
    assert plan is not None


WARNINGS = {
    "rounds meet": ("[[criteria]]", '[[rounds]]\nid = "dot-2"\nyear = 2023\nname = "Đợt 2"\nkind = "report"\n'
                    "opens_on = 2023-08-25\ncloses_on = 2023-10-31\n\n[[criteria]]", "rounds.dot-2.opens_on",
                    "Rounds “Đợt 1” and “Đợt 2” meet on 25/08/2023; the day belongs to both."),
    "shorter than the period": ("last_year = 2023", "last_year = 2025", "last_year",
                                "The last thing is due before the campaign's last year."),
    "idle audience": ("[[rounds]]", '[[audiences]]\nid = "centres"\nname = "Trung tâm"\nkinds = ["centre"]\n\n'
                      "[[rounds]]", "audiences.centres", "The plan asks nothing of this audience."),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "sentence"), WARNINGS.values(), ids=WARNINGS)
def test_a_warning_leaves_the_plan_readable(old, new, path, sentence):
    plan, problems = read(SMALL.replace(old, new, 1), "plan.toml")
    assert plan is not None
    assert [(each.level, each.path, as_written(each)) for each in problems] == [("warning", path, sentence)]


def test_a_round_of_one_day_does_not_meet_itself():
    _plan, problems = read(SMALL.replace("closes_on = 2023-08-25", "closes_on = 2023-08-07"), "plan.toml")
    assert problems == ()


def test_a_due_day_off_is_a_warning():
    def off(day: dt.date):
        return _("a public holiday") if day == dt.date(2023, 10, 31) else None

    plan, problems = read(SMALL, "plan.toml", is_day_off=off)
    assert plan is not None
    assert [(each.path, as_written(each)) for each in problems] == [
        (f"{FIGURE}.due_on", "31/10/2023 is a public holiday.")
    ]


def test_another_encoding_is_named_with_its_line():
    plan, problems = read(SMALL.encode("utf-16-le"), "plan.toml")
    assert plan is None
    plan, problems = read(b'id = "a"\nname = "\xc1\xc2"', "plan.toml")
    assert plan is None
    assert [(each.code, each.line, as_written(each)) for each in problems] == [
        ("encoding", 2, "plan.toml is not a text file in UTF-8.")
    ]


@pytest.mark.parametrize(
    "text", [SMALL.encode(), SMALL.encode("utf-8-sig"), "\ufeff" + SMALL, SMALL.replace("\n", "\r\n")]
)
def test_bytes_marks_and_line_ends_change_nothing(text):
    assert read(text, "plan.toml") == read(SMALL, "plan.toml")


def test_decomposed_letters_are_composed():
    plan, _problems = read(unicodedata.normalize("NFD", SHIPPED), "plan.toml")
    assert plan == read(SHIPPED, "plan.toml")[0]


def test_a_number_of_thousands_of_digits_is_a_problem_of_the_file():
    plan, problems = read(f"first_year = {'9' * 5000}", "plan.toml")
    assert plan is None
    assert [each.code for each in problems] == ["syntax"]


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_the_reader_never_raises_on_text(text):
    plan, problems = read(text, "plan.toml")
    assert plan is None
    assert problems


VALUES = st.sampled_from(
    ['""', '"x"', "0", "-1", "98", "1e400", "nan", "true", "[]", "[1]", '["x"]', "{}", '{id = "x"}', "2023-08-25",
     "2023-08-25T10:00:00", "08:00:00", "99999999999999999999", "9999-12-31", '"""\nx\n"""', r'"\u0000"', '[[["x"]]]']
)  # fmt: skip
KEY_LINES = [n for n, line in enumerate(WITH_FORM.splitlines()) if " = " in line]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEY_LINES), VALUES), min_size=1, max_size=4))
def test_the_reader_never_raises_on_other_values(changes):
    lines = WITH_FORM.splitlines()
    for n, value in changes:
        lines[n] = f"{lines[n].split(' = ')[0]} = {value}"
    plan, problems = read("\n".join(lines), "plan.toml")
    assert (plan is None) is any(problem.level == "error" for problem in problems)
    if plan is not None:
        assert_usable(plan)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WITH_FORM)), st.integers(0, 40), st.text(max_size=10))
def test_the_reader_never_raises_on_a_damaged_plan(start, length, text):
    plan, _problems = read(WITH_FORM[:start] + text + WITH_FORM[start + length :], "plan.toml")
    if plan is not None:
        assert_usable(plan)


def assert_usable(plan):
    """What was read can be shown, stored, compared and dated without a surprise."""
    show(plan)
    assert from_data(json.loads(json.dumps(as_data(plan), allow_nan=False))) == plan
    assert differences(plan, plan) == ()
    assert all(each.due_at(plan.timezone).tzinfo for each in plan.obligations)


def test_of_many_problems_the_first_are_told_and_the_others_counted():
    """A megabyte of nothing took a minute and an answer of 89 MB."""
    began = time.process_time()
    plan, problems = read("[[obligations]]\n" * 62_000, "plan.toml")
    assert plan is None
    assert len(problems) == bounds.PLAN_PROBLEMS + 1
    assert (problems[-1].code, problems[-1].stands_for) == ("more", how_many(problems) - bounds.PLAN_PROBLEMS)
    assert how_many(problems) > 300_000
    assert time.process_time() - began < 20


def test_keys_that_are_near_are_looked_for_while_they_are_told():
    with mock.patch.object(difflib, "get_close_matches", wraps=difflib.get_close_matches) as asked:
        _plan, problems = read("".join(f"tresholdthreshold{n} = 1\n" for n in range(3_000)), "plan.toml")
    assert asked.call_count == bounds.PLAN_PROBLEMS
    assert how_many(problems, "error") > 3_000


def test_a_problem_is_told_in_so_many_words():
    id = "x" * 300_000
    _plan, problems = read(f'[[forms]]\nid = "{id}"\n' + "[[forms.sections]]\n" * 300, "plan.toml")
    assert sum(len(each.path) + len(str(each.sentence)) for each in problems) < 1_000_000
