"""What is wrong with an answer, and which milestone a row speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua.core.answers import CHECKS, day_of, problem_of, share_of, weight_of, with_ids
from thidua.core.plan.schema import Option, Question


def question(type, required=False):
    return Question("q", "Câu hỏi", type, required=required, choices=(Option("a", "A"), Option("b", "B")))


def author(person, share):
    return {"person": person, "share": share}


@pytest.mark.parametrize(
    ("type", "answer", "right"),
    [
        ("authors", [author("1", "60"), author("2", "40")], True),
        ("authors", [author("1", "33.33"), author("2", "66.67")], True),
        ("authors", [author("1", "60"), author("1", "40")], False),
        ("authors", [author("1", "abc")], False),
        ("authors", [author("1", "nan")], False),
        ("authors", [author("1", "33.333"), author("2", "66.667")], False),
        ("authors", [author("1", "60"), author("2", "39")], False),
        ("milestones", [{"title": "A", "due_on": "15/09/2023", "weight": ""}], True),
        ("milestones", [{"title": "A", "due_on": "45/13/2023", "weight": "1"}], False),
        ("milestones", [{"title": "A", "due_on": "", "weight": "abc"}], False),
        ("milestones", [{"title": "A", "due_on": "", "weight": "99999"}], False),
        ("choice", "a", True),
        ("choice", "c", False),
        ("choices", ["a", "b"], True),
        ("choices", ["a", "c"], False),
        ("yes_no", "yes", True),
        ("yes_no", "maybe", False),
        ("date", "31/10/2023", True),
        ("date", "31/02/2023", False),
        ("number", "1.234,5", True),
        ("number", "nhiều", False),
        ("indicator", {"label": "Số lần", "before": "3", "after": ""}, False),
        ("indicator", {"label": "", "before": "", "after": ""}, True),
    ],
)
def test_a_wrong_answer_is_named_and_a_right_one_passes(type, answer, right):
    assert (problem_of(question(type), answer) is None) is right


@pytest.mark.parametrize("type", ["text", *CHECKS])
@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_answer_is_wrong_only_where_it_is_demanded(type, empty):
    assert problem_of(question(type), empty) is None
    assert str(problem_of(question(type, required=True), empty))


@given(st.text())
def test_no_text_raises(text):
    for read in (share_of, weight_of, day_of):
        read(text)
    for type in ("choice", "yes_no", "date", "number"):
        problem_of(question(type), text)
    problem_of(question("authors"), [author("1", text)])
    problem_of(question("milestones"), [{"title": "A", "due_on": text, "weight": text}])
    assert share_of("50") == 50


A, B, C = ({"title": title} for title in "ABC")


@pytest.mark.parametrize(
    ("rows", "before", "names"),
    [
        ([A, B], [], ["m1", "m2"]),
        ([B], [A, B], ["m2"]),
        ([C, A, B], [A, B], ["m3", "m1", "m2"]),
        ([{"title": "A đổi tên", "id": "m1"}, B], [A, B], ["m1", "m2"]),
        ([{"title": "A", "id": "m1"}, {"title": "A", "id": "m1"}], [A], ["m1", "m2"]),
        ([{"title": "A", "id": "lạ"}], [], ["m1"]),
    ],
    ids=["new", "first taken away", "one before", "renamed", "the same name twice", "a name never given"],
)
def test_a_milestone_keeps_its_name(rows, before, names):
    assert [row["id"] for row in with_ids(rows, before)] == names


@given(st.lists(st.sampled_from("ABCD")), st.lists(st.sampled_from("ABCD")))
def test_names_are_never_given_twice(rows, before):
    named = [row["id"] for row in with_ids([{"title": each} for each in rows], [{"title": each} for each in before])]
    assert len(set(named)) == len(named) == len(rows)
