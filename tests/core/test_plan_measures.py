"""Measures in a plan file: what ``thidua plan check`` says of them, with the key and the line."""

import pytest
from tests.core.plans import SHIPPED, SMALL

from thidua.core.plan.data import as_data, from_data
from thidua.core.plan.diff import differences
from thidua.core.plan.measures import without_new_version
from thidua.core.plan.reader import read
from thidua.core.plan.show import show
from thidua.core.words import Sentence
from thidua.dossiers.datasets import REGISTRATIONS
from thidua.reports.datasets import DOCUMENTS, DOSSIERS, PAYMENTS, SATISFACTION, STAFF

DATASETS = {each.id: each for each in (DOCUMENTS, DOSSIERS, PAYMENTS, REGISTRATIONS, SATISFACTION, STAFF)}
MEASURE = """
[[measures]]
id = "signed"
criterion = "signed"
dataset = "documents"
day = "issued"
filter = "is_secret is not true"
numerator = "is_signed"
needs = [["is_signed"]]

[measures.apart]
on_paper = "form = 'paper'"
"""
OWN = """
[[measures]]
id = "signed"
criterion = "signed"
dataset = "registrations"
numerator = "state = 'accepted'"
"""
GOOD = SMALL.replace('source = "declared"', 'source = "records"') + MEASURE

# what stands in the good plan, what is written instead, code, path, what the sentence names
BAD = {
    "column": ('"is_signed"\nneeds', '"is_sined"\nneeds', "unknown-column", "numerator", "is_sined"),
    "division": ('"is_signed"\nneeds', '"1 / 0 = 1"\nneeds', "division", "numerator", "1 / 0"),
    "function": ('"is_signed"\nneeds', "\"trim(form) = 'x'\"\nneeds", "unknown-function", "numerator", "trim"),
    "file": ('"is_signed"\nneeds', "\"'/etc/passwd'\"\nneeds", "type", "numerator", "/etc/passwd"),
    "filter": ("is_secret is not true", "is_secret is not tru", "not-allowed", "filter", "tru"),
    "apart": ("form = 'paper'", "form = 'papyrus'", "unknown-value", "apart.on_paper", "papyrus"),
    "name apart": ("on_paper", '"On paper"', "id", "apart.On paper", "On paper"),
    "dataset": ('"documents"', '"document"', "reference", "dataset", "document"),
    "day": ('day = "issued"', 'day = "form"', "type", "day", "form"),
    "no such day": ('day = "issued"', 'day = "isued"', "unknown-column", "day", "isued"),
    "scope": ('day = "issued"', 'day = "issued"\nscope = "issued"', "type", "scope", "issued"),
    "needs": ('[["is_signed"]]', '[["is_sined"]]', "unknown-column", "needs", "is_sined"),
    "needs nothing": ('[["is_signed"]]', "[[]]", "missing", "needs", "empty"),
    "mean of nothing": ('day = "issued"', 'day = "issued"\nout_of = 5', "count", "out_of", "mean"),
    "no numerator": ('"is_signed"\nneeds', '""\nneeds', "missing", "numerator", "empty"),
    "version": ('day = "issued"', 'day = "issued"\nversion = 0', "version", "version", "1"),
    "criterion": ('criterion = "signed"\ndataset', 'criterion = "sealed"\ndataset', "reference", "criterion", "sealed"),
    "unknown key": ('day = "issued"', 'dya = "issued"', "unknown-key", "dya", "did you mean “day”"),
}


def in_english(sentence: Sentence) -> str:
    values = {key: in_english(each) if isinstance(each, Sentence) else each for key, each in sentence.values.items()}
    return sentence.message % values


def errors(text: str) -> list[tuple[str, str, str]]:
    _plan, problems = read(text, "plan.toml", datasets=DATASETS)
    return [(each.code, each.path, in_english(each.sentence)) for each in problems if each.level == "error"]


def test_a_good_measure_has_no_problem_and_comes_back_from_the_database():
    plan, problems = read(GOOD, "plan.toml", datasets=DATASETS)
    assert problems == ()
    assert from_data(as_data(plan)) == plan


@pytest.mark.parametrize(("old", "new", "code", "path", "named"), BAD.values(), ids=BAD)
def test_bad_measures_are_named_with_their_key(old, new, code, path, named):
    assert old in GOOD
    found = [each for each in errors(GOOD.replace(old, new, 1)) if each[:2] == (code, f"measures.signed.{path}")]
    assert found
    assert named in found[0][2]


def test_a_problem_names_the_line():
    text = GOOD.replace('"is_signed"\nneeds', '"is_sined"\nneeds')
    _plan, problems = read(text, "plan.toml", datasets=DATASETS)
    (line,) = (each.line for each in problems if each.level == "error")
    assert text.split("\n")[line - 1] == 'numerator = "is_sined"'


def test_criterion_and_measure_agree_on_the_source():
    assert [each[:2] for each in errors(GOOD.replace('"records"', '"declared"'))] == [
        ("measure", "criteria.signed.source")
    ]
    assert [each[:2] for each in errors(GOOD.removesuffix(MEASURE))] == [("measure", "criteria.signed.source")]


def test_a_criterion_counted_from_what_is_kept_here_says_so():
    own = GOOD[: GOOD.index("[[measures]]")] + OWN
    assert [each[:2] for each in errors(own)] == [("measure", "criteria.signed.source")]
    assert errors(own.replace('source = "records"', 'source = "registrations"')) == []


def test_in_every_field_needs_the_column_of_the_field():
    text = GOOD.replace('kind = "ratio"', 'kind = "ratio"\nscopes = ["A", "B"]')
    assert [each[:2] for each in errors(text)] == [("missing", "measures.signed.scope")]


def test_two_measures_of_one_criterion_are_refused():
    again = MEASURE.replace('id = "signed"', 'id = "signed-2"')
    assert ("duplicate", "measures.signed.criterion") in [each[:2] for each in errors(GOOD + again)]


def test_the_shipped_measures_are_good():
    plan, _problems = read(SHIPPED, "plan.toml", datasets=DATASETS)
    assert errors(SHIPPED) == []
    computed = {each.id for each in plan.criteria if each.source in ("records", "registrations")}
    assert {each.criterion for each in plan.measures} == computed


def test_what_changes_is_shown_and_asks_for_a_new_version():
    old, _problems = read(GOOD, "plan.toml", datasets=DATASETS)
    new, _problems = read(GOOD.replace("is_secret is not true", ""), "plan.toml", datasets=DATASETS)
    assert [each.path for each in differences(old, new)] == ["measures.signed.filter"]
    assert without_new_version(old, new) == ("signed",)
    assert without_new_version(old, old) == ()


def test_people_read_the_measure_with_its_denominator_in_words():
    plan, _problems = read(GOOD, "plan.toml", datasets=DATASETS)
    text = show(plan)
    assert "Văn bản ký số / văn bản" in text
    assert "numerator: is_signed" in text
    assert "apart.on_paper: form = 'paper'" in text
