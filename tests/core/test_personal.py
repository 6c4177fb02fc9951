"""Whom a personal criterion is about, and what is taken as an answer."""

import pytest
from tests.core.plans import SHIPPED

from thidua.core.personal import choice_meant, concerns, meets, personal_criteria, personal_obligations
from thidua.core.plan.reader import read
from thidua.core.refusals import Denied

PLAN = read(SHIPPED, "plan.toml")[0]
HEAD, RATING = PLAN.criterion("exemplary-head"), PLAN.criterion("yearly-rating")


@pytest.mark.parametrize("kind", ["division", "school", "centre", "institution"])
def test_six_criteria_are_about_the_people_of_every_unit_each_year(kind):
    assert len(personal_criteria(PLAN, kind)) == 6
    for year in PLAN.years:
        owed = personal_obligations(PLAN, kind, year)
        assert {each.criterion for each in owed} == {each.id for each in personal_criteria(PLAN, kind)}


def test_a_kind_of_unit_that_the_plan_does_not_name_owes_nothing():
    assert personal_criteria(PLAN, "department") == personal_obligations(PLAN, "department", 2023) == []


@pytest.mark.parametrize(
    ("criterion", "posts", "answer"),
    [(HEAD, {"head"}, True), (HEAD, {"member", "head"}, True), (HEAD, {"deputy"}, False), (HEAD, (), False),
     (RATING, {"member"}, True), (RATING, (), False)],
)  # fmt: skip
def test_whom_a_criterion_is_about(criterion, posts, answer):
    assert concerns(criterion, posts) is answer


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("", ""),
        ("Hoàn thành tốt nhiệm vụ", "Hoàn thành tốt nhiệm vụ"),
        ("hoan thanh tot nhiem vu", "Hoàn thành tốt nhiệm vụ"),
    ],
)
def test_an_answer_is_known_without_marks(text, choice):
    assert choice_meant(RATING, text) == choice


def test_another_answer_is_refused_with_the_choices():
    with pytest.raises(Denied, match="Hoàn thành xuất sắc nhiệm vụ"):
        choice_meant(RATING, "Tốt")


def test_which_answers_meet_the_criterion():
    assert [meets(RATING, choice) for choice in RATING.choices] == [True, True, False, False]
    assert not meets(RATING, "")
