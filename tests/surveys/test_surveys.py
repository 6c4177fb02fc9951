"""A survey: opened for units, answered on a phone without an account, counted with its margin, closed."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.test import Client
from tests.fixtures import moment

from thidua.core.refusals import Denied
from thidua.core.satisfaction import Formula
from thidua.ledger.models import Entry, Spent
from thidua.surveys import actions, queries
from thidua.surveys.models import Answer, Place, Survey

OPENED = moment("2023-09-01 08:00")
DURING = moment("2023-09-10 08:00")
ASKED = [
    {"group": "access", "text": "Giấy tờ cần có được hướng dẫn rõ?"},
    {"group": "results", "text": "Trả đúng hẹn?"},
]


def opened(world, *, unit=None, units=None, by=None, formula=Formula.SHARE, **changed) -> Survey:
    return actions.open_(
        **{
            "name": "Phụ huynh, học sinh có hài lòng không?",
            "year": 2023,
            "unit": unit,
            "units": units if units is not None else [world.school, world.other],
            "asked": ASKED,
            "formula": formula,
            "asks_words": True,
            "opens_on": dt.date(2023, 9, 1),
            "closes_on": dt.date(2023, 9, 30),
            "by": by or world.binh,
            "at": OPENED,
            **changed,
        }
    )


def answered(place: Place, *levels, words="") -> None:
    actions.answer(place=place, levels=levels, words=words, form=uuid.uuid4(), on=DURING.date())


@pytest.fixture
def survey(world):
    return opened(world)


@pytest.fixture
def place(world, survey):
    return survey.places.select_related("survey", "unit").get(unit=world.school)


@pytest.fixture
def phone(place):
    """A browser without a session, in the days of the survey."""
    with time_machine.travel(DURING, tick=False):
        yield Client()


def stamp_of(response) -> str:
    return re.search(r'name="stamp" value="([^"]+)"', response.content.decode()).group(1)


def test_the_office_opens_a_survey_with_a_link_for_each_unit(world, survey):
    assert {place.unit for place in survey.places.all()} == {world.school, world.other}
    assert len({place.token for place in survey.places.all()}) == 2
    assert Entry.objects.get(verb="surveys.open_").after["units"] == 2


def test_a_unit_opens_one_of_its_own_and_no_other(world):
    own = opened(world, unit=world.school, by=world.an)
    assert [place.unit for place in own.places.all()] == [world.school]
    for person, unit in ((world.an, world.other), (world.linh, world.school), (world.leader, None), (world.an, None)):
        with pytest.raises(Denied):
            opened(world, unit=unit, by=person)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"asked": []}, "question"),
        ({"units": []}, "unit"),
        ({"closes_on": dt.date(2023, 8, 1)}, "before"),
        ({"closes_on": dt.date(2026, 8, 1)}, "year"),
    ],
)
def test_what_cannot_be_a_survey_is_refused(world, changed, sentence):
    with pytest.raises(Denied) as refusal:
        opened(world, **changed)
    assert sentence in refusal.value.sentence.message
    assert not Survey.objects.exists()


def test_somebody_answers_question_by_question_without_cookie_of_a_session(place, phone):
    address = place.get_absolute_url()
    first = phone.get(address)
    assert "Giấy tờ cần có" in first.content.decode()
    second = phone.post(address, {"stamp": stamp_of(first), "q0": "5"})
    assert "Trả đúng hẹn?" in second.content.decode()
    last = phone.post(address, {"stamp": stamp_of(second), "q0": "5", "q1": ""})
    thanks = phone.post(
        address, {"stamp": stamp_of(last), "q0": "5", "q1": "", "words": "Rất\u0301 tốt", "send": "1"}, follow=True
    )
    assert thanks.status_code == 200
    kept = Answer.objects.get()
    assert (kept.levels, kept.words, kept.on) == ([5, None], "Rất́ tốt", DURING.date())
    assert "sessionid" not in phone.cookies


def test_one_goes_back_to_a_question(place, phone):
    address = place.get_absolute_url()
    stamp = stamp_of(phone.get(address))
    for nonsense in ("²", "9" * 5000, "-1"):
        assert phone.post(address, {"stamp": stamp, "q0": "5", "again": nonsense}).status_code == 200
    again = phone.post(address, {"stamp": stamp, "q0": "5", "q1": "2", "again": "0"})
    page = again.content.decode()
    assert '<h2 class="survey-q" id="asked">Giấy tờ' in page
    assert 'name="q1" value="2"' in page


def test_the_same_form_sent_twice_is_one_answer(place, phone):
    address = place.get_absolute_url()
    data = {"stamp": stamp_of(phone.get(address)), "q0": "4", "q1": "4", "send": "1"}
    assert [phone.post(address, data).status_code for _time in range(2)] == [302, 302]
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"q0": "4", "q1": "4", "stamp": "made-up"},
        {"q0": "", "q1": ""},
        {"q0": "9", "q1": "4"},
        {"q0": "4", "q1": "4", "words": "x" * 1001},
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence_and_what_was_chosen_stays(place, phone, data):
    address = place.get_absolute_url()
    answer = phone.post(address, {"stamp": stamp_of(phone.get(address)), "send": "1", **data})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Answer.objects.exists()


def test_a_stamp_of_another_unit_is_refused(world, survey, place, phone):
    other = survey.places.get(unit=world.other)
    stamp = stamp_of(phone.get(other.get_absolute_url()))
    answer = phone.post(place.get_absolute_url(), {"stamp": stamp, "q0": "4", "q1": "4", "send": "1"})
    assert answer.status_code == 422
    assert not Answer.objects.exists()


def test_a_form_that_lay_too_long_is_refused(place, survey):
    with time_machine.travel(DURING, tick=False):
        phone = Client()
        stamp = stamp_of(phone.get(place.get_absolute_url()))
    with time_machine.travel(DURING + dt.timedelta(hours=7), tick=False):
        answer = phone.post(place.get_absolute_url(), {"stamp": stamp, "q0": "4", "q1": "4", "send": "1"})
    assert answer.status_code == 422


def test_before_after_and_once_closed_nothing_is_taken(world, survey, place, client):
    for day in ("2023-08-31 10:00", "2023-10-01 10:00"):
        with time_machine.travel(moment(day), tick=False):
            assert client.get(place.get_absolute_url()).status_code == 410
    actions.close(survey=survey, by=world.binh, at=DURING)
    with time_machine.travel(DURING, tick=False):
        assert client.post(place.get_absolute_url(), {"q0": "4", "send": "1"}).status_code == 410
    with pytest.raises(Denied):
        actions.close(survey=survey, by=world.binh, at=DURING)


def test_a_flood_from_one_address_is_stopped_and_no_address_is_kept(place, phone, settings):
    settings.LIMITS = settings.LIMITS | {"surveys.answer": (2, 600)}
    address = place.get_absolute_url()
    answers = [
        phone.post(address, {"stamp": stamp_of(phone.get(address)), "q0": "4", "q1": "4", "send": "1"})
        for _time in range(3)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert int(answers[2]["Retry-After"]) > 500
    assert "10 phút" in answers[2].text
    assert Answer.objects.count() == 2
    assert {field.name for field in Answer._meta.get_fields()} == {"id", "place", "on", "levels", "words", "form"}
    assert "127.0.0.1" not in str(list(Spent.objects.values_list()))


def test_results_by_unit_and_by_question(world, survey, place):
    other = survey.places.select_related("survey").get(unit=world.other)
    answered(place, 5, 4)
    answered(place, 4, 2, words="Chờ lâu.")
    answered(other, 1, None)
    results = queries.results(world.binh, survey)
    assert (results.whole.people, results.whole.valid, results.whole.value) == (3, 5, 0.6)
    by_unit = {each.place.unit: each.result for each in results.places}
    assert (by_unit[world.school].people, by_unit[world.school].value) == (2, 0.75)
    assert (by_unit[world.other].people, by_unit[world.other].value) == (1, 0.0)
    assert [each.result.value for each in results.questions] == [pytest.approx(2 / 3), 0.5]
    assert [each.words for each in queries.words_of(world.binh, survey)] == ["Chờ lâu."]


def test_a_unit_sees_its_own_results_alone(world, survey, place):
    other = survey.places.select_related("survey").get(unit=world.other)
    answered(place, 5, 5)
    answered(other, 1, 1, words="Của trường khác.")
    seen = queries.results(world.an, survey)
    assert [each.place.unit for each in seen.places] == [world.school]
    assert seen.whole.value == 1
    assert not queries.words_of(world.an, survey)


@pytest.mark.parametrize("who", ["binh", "an", "hanh", "leader", "dung"])
def test_pages_open_for_those_who_see_the_survey(world, client, survey, place, who):
    answered(place, 5, 4, words="Tốt.")
    client.force_login(getattr(world, who))
    assert client.get("/surveys/").status_code == 200
    for part, start in (("", b"<!doctype"), ("excel/", b"PK"), ("words/excel/", b"PK"), ("posters/", b"%PDF")):
        assert b"".join(client.get(f"/surveys/{survey.pk}/{part}")).startswith(start)


def test_a_strangers_unit_does_not_see_a_units_own_survey(world, client):
    own = opened(world, unit=world.school, by=world.an)
    client.force_login(world.dung)
    assert client.get(f"/surveys/{own.pk}/").status_code == 404
    assert client.post(f"/surveys/{own.pk}/close/").status_code == 404
    client.logout()
    assert client.get(f"/surveys/{own.pk}/").status_code == 302


def test_the_office_opens_one_in_the_browser(world, client):
    client.force_login(world.binh)
    page = client.get("/surveys/open/")
    form = page.context["form"]
    asked = {name: str(form.fields[name].initial) for name in ("access", "facilities", "environment")}
    data = {
        "name": "Hài lòng năm 2023",
        "opens_on": "01/09/2023",
        "closes_on": "30/09/2023",
        "formula": "mean",
        "kinds": ["school"],
        "asks_words": "on",
        **asked,
    }
    assert client.post("/surveys/open/", {**data, "closes_on": "hôm nay"}).status_code == 422
    assert client.post("/surveys/open/", data).status_code == 302
    made = Survey.objects.get()
    assert [each.group for each in made.questions] == ["access", "facilities", "environment"]
    assert made.places.count() == 2


def test_a_unit_opens_one_in_the_browser(world, client):
    client.force_login(world.hanh)
    data = {
        "name": "Hài lòng của phụ huynh",
        "opens_on": "01/09/2023",
        "closes_on": "30/09/2023",
        "formula": "share",
        "unit": world.school.pk,
        "results": "Trả đúng hẹn?",
    }
    assert client.post("/surveys/open/", {**data, "unit": world.other.pk}).status_code == 422
    assert client.post("/surveys/open/", data).status_code == 302
    assert Survey.objects.get().unit == world.school


@pytest.mark.parametrize("units", [1, 2])
def test_the_page_asks_the_database_the_same_whatever_the_units(world, client, django_assert_max_num_queries, units):
    survey = opened(world, units=[world.school, world.other][:units])
    for place in survey.places.select_related("survey"):
        answered(place, 4, 4)
    client.force_login(world.binh)
    with django_assert_max_num_queries(12):
        assert client.get(f"/surveys/{survey.pk}/").status_code == 200


def test_a_phone_costs_one_question_to_the_database_and_an_answer_three(place, phone, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = phone.get(place.get_absolute_url())
    with django_assert_num_queries(3):
        phone.post(place.get_absolute_url(), {"stamp": stamp_of(page), "q0": "4", "q1": "4", "send": "1"})
    assert Answer.objects.get(place=place).levels[:2] == [4, 4]


def test_a_poster_is_a_page_of_pdf_for_each_unit(world, client, survey):
    client.force_login(world.binh)
    whole = client.get(f"/surveys/{survey.pk}/posters/").getvalue()
    one = client.get(f"/surveys/{survey.pk}/posters/?unit=hoa-sen").getvalue()
    assert whole.startswith(b"%PDF")
    assert (whole.count(b"/Type /Page\n") or whole.count(b"/Type/Page")) >= (one.count(b"/Type/Page"))
    assert client.get(f"/surveys/{survey.pk}/posters/?unit=khong-co").status_code == 403


@pytest.mark.parametrize("who", ["leader", "admin", "linh"])
def test_who_may_not_open_a_survey_reads_why_and_sees_no_form(world, client, who):
    client.force_login(getattr(world, who))
    page = client.get("/surveys/open/").content.decode()
    assert 'class="refusal"' in page
    assert 'name="opens_on"' not in page
