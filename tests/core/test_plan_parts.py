"""What a question plays for pages and papers, and what a plan says once and means in many places."""

import dataclasses

import pytest
from tests.core.plans import SHIPPED, SMALL, WITH_REGISTRATION

from thidua.core.plan.data import as_data, from_data
from thidua.core.plan.editions import with_measures
from thidua.core.plan.lists import spelt_out
from thidua.core.plan.reader import read
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _

MANG = '[[forms.sections.questions]]\nid = "mang"'
DOSSIERS = Dataset(
    "dossiers", _("Dossiers"), key="", columns=(Column("field", ColumnType.TEXT, _("Field"), _("Field")),)
)


def plan_of(text: str):
    plan, problems = read(text, "plan.toml")
    assert plan is not None, problems
    return plan


def as_written(problem) -> str:
    return problem.sentence.message % problem.sentence.values if problem.sentence.values else problem.sentence.message


def asked(id: str, type: str, more: str = "") -> str:
    return f'[[forms.sections.questions]]\nid = "{id}"\nlabel = "Nữa"\ntype = "{type}"\n{more}\n\n'


def test_the_plan_says_which_question_plays_what():
    plan = plan_of(WITH_REGISTRATION)
    form = plan.form("dang-ky")
    assert (form.playing("title").id, form.playing("field").id, form.playing("kind")) == ("viec-gi", "mang", None)
    assert (plan.word_for("field"), plan.word_for("kind"), plan.word_for("effect", of="report")) == ("Mảng", "", "")


def test_a_question_that_plays_the_field_offers_the_list_of_the_plan():
    plan = plan_of(WITH_REGISTRATION)
    assert plan.form("dang-ky").question("mang").choices == plan.fields
    assert from_data(as_data(plan)) == plan


def test_a_form_of_a_plan_before_is_read_by_the_ids_of_its_questions():
    text = WITH_REGISTRATION.replace('plays = "title"\n', "").replace('plays = "field"\n', "")
    text = text.replace('"viec-gi"', '"title"').replace('id = "mang"', 'id = "field"')
    text = text.replace('type = "choice"', 'type = "choice"\nchoices = [{ id = "mot", label = "Mảng một" }]')
    plan = plan_of(text)
    form = plan.form("dang-ky")
    assert (form.playing("title").id, form.playing("field").id) == ("title", "field")
    old = as_data(plan)  # as the database kept it before there were parts and lists
    del old["lists"], old["year_names"]
    for question in old["forms"][0]["sections"][0]["questions"]:
        del question["plays"]
    assert from_data(old) == plan


QUESTIONS = "forms.dang-ky.sections.viec.questions"
BAD = {
    "no title": ('plays = "title"\n', "", "missing", "forms.dang-ky",
                 "A registration needs its name: one question of the type “text” with plays = “title”."),
    "of another type": ('type = "text"\nplays', 'type = "date"\nplays', "plays", f"{QUESTIONS}.viec-gi.type",
                        "What plays “title” is of the type: text."),
    "unknown": ('plays = "title"', 'plays = "titel"', "word", f"{QUESTIONS}.viec-gi.plays",
                "“titel” is not one of: “”, title, kind, field, effect, difficulties, lessons, proposals."),
    "twice": (MANG, asked("nua", "text", 'plays = "title"') + MANG, "duplicate", f"{QUESTIONS}.nua.plays",
              "“title” stands 2 times."),
    "authors twice": (MANG, asked("ai", "authors") + asked("ai-nua", "authors") + MANG, "duplicate",
                      f"{QUESTIONS}.ai-nua.type", "“authors” stands 2 times."),
    "not of the list": ('plays = "field"', 'plays = "field"\nchoices = [{ id = "ba", label = "Ba" }]', "reference",
                        f"{QUESTIONS}.mang.choices", "The list of the plan does not hold: ba."),
    "an empty list": ("[[rounds]]", "[lists]\ntrong = []\n\n[[rounds]]", "empty", "lists.trong",
                      "This is still empty."),
    "a year outside": ("[[rounds]]", '[year_names]\n2030 = "năm học"\n\n[[rounds]]', "year", "year_names.2030",
                       "The year lies outside the campaign."),
    "letters without a measure": ('kind = "ratio"', 'kind = "ratio"\nplays = "letters"', "measure",
                                  "criteria.signed.plays",
                                  "Letters of apology need a measure that counts “pending_overdue” apart."),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "path", "sentence"), BAD.values(), ids=BAD)
def test_what_a_page_would_miss_is_told_with_its_line(old, new, code, path, sentence):
    assert old in WITH_REGISTRATION
    plan, problems = read(WITH_REGISTRATION.replace(old, new, 1), "plan.toml")
    assert plan is None
    assert (code, path, sentence) in [(each.code, each.path, as_written(each)) for each in problems]
    assert all(each.line for each in problems)


def test_an_empty_letterhead_is_a_warning():
    text = "\n".join(line for line in SMALL.splitlines() if not line.startswith("letterhead"))
    plan, (problem,) = read(text, "plan.toml")
    assert plan is not None
    assert "superior, abbreviation, place, authority" in as_written(problem)


def test_a_named_list_is_spelt_out_in_conditions():
    text = "names(field, {don-thu}) or field = 'x'"
    spelt = "names(field, 'khiếu nại', 'ông ''A''') or field = 'x'"
    assert spelt_out(text, {"don-thu": ("khiếu nại", "ông 'A'")}) == spelt
    assert spelt_out(text, {}) == text


def test_a_list_that_is_not_there_is_told():
    measure = (
        '\n[[measures]]\nid = "m"\ncriterion = "signed"\ndataset = "dossiers"\nnumerator = "names(field, {sai})"\n'
    )
    text = SMALL.replace('source = "declared"', 'source = "records"') + measure
    plan, problems = read(text, "plan.toml", datasets={"dossiers": DOSSIERS})
    assert plan is None
    assert [as_written(each) for each in problems] == ["There is no list “sai”."]


def test_the_criterion_of_letters_is_said_or_told_by_its_columns():
    plan = plan_of(SHIPPED)
    said = plan.served_by_letters()
    assert said.plays == "letters"
    before = dataclasses.replace(plan, criteria=tuple(dataclasses.replace(each, plays="") for each in plan.criteria))
    assert before.served_by_letters().id == said.id
    assert plan_of(SMALL).served_by_letters() is None


def test_measures_of_an_edition_come_with_their_lists_spelt_out():
    shipped = '[lists]\na = ["x", "y"]\n\n[[measures]]\ncriterion = "one"\nnumerator = "names(field, {a})"\n'
    text = with_measures("id = 1", shipped, {"one"})
    assert text == "id = 1\n\n[[measures]]\ncriterion = \"one\"\nnumerator = \"names(field, 'x', 'y')\"\n"


def test_a_year_has_a_name_of_its_own_where_the_plan_says_one():
    plan = plan_of(SMALL.replace("[[rounds]]", '[year_names]\n2023 = "năm học 2023–2024"\n\n[[rounds]]', 1))
    assert str(plan.year_name(2023)) == "năm học 2023–2024"
    assert plan_of(SMALL).year_name(2023).values == {"year": 2023}
