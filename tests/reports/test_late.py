"""What the plan refuses when late is refused for figures and people's results, unless the unit got more time."""

import dataclasses
import io

import openpyxl
import pytest
from tests.fixtures import moment, person

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation, PlanVersion
from thidua.core.refusals import DeadlinePassed
from thidua.core.units import PostKind
from thidua.people.models import Person
from thidua.reports import actions, bulk
from thidua.reports.actions import Answer
from thidua.reports.models import Figure, PersonalResult

IN_TIME, LATE, EXTENDED = (moment(f"2023-{day} 09:00") for day in ("10-10", "11-05", "11-15"))
CARD = "/reports/units/hoa-sen/?year=2023"
DECLARE = "/reports/units/hoa-sen/documents-signed/?year=2023"
PEOPLE = "/reports/people/hoa-sen/?year=2023"
CLOSED = "Đã đóng từ ngày 31/10/2023"


@pytest.fixture
def strict(world, monkeypatch):
    """The plan in force, with every figure and every personal result refused when late."""
    plan = world.campaign.current.plan
    late = [
        dataclasses.replace(each, late="refused") if each.kind in {"figure", "personal"} else each
        for each in plan.obligations
    ]
    monkeypatch.setattr(PlanVersion, "plan", dataclasses.replace(plan, obligations=tuple(late)))
    return world


def declare(world, at, **more):
    values = {"numerator": 3, "denominator": 4, "nothing_arose": False, "explanation": "Sổ văn thư", **more}
    return actions.declare(
        campaign=world.campaign,
        year=2023,
        unit=world.school,
        criterion="documents-signed",
        scope="",
        by=world.an,
        at=at,
        **values,
    )


def record(world, who, value, at, criterion="discipline"):
    answers = {(who.pk, criterion): Answer(value)}
    return actions.record(campaign=world.campaign, year=2023, unit=world.school, answers=answers, by=world.an, at=at)


def extend(world, obligation):
    until = moment("2023-11-10 23:59")
    campaigns.extend(obligation=obligation, until=until, reason="Bão", by=world.binh, at=moment("2023-11-01 09:00"))


def owed(world, criterion, who=None):
    return Obligation.objects.get(unit=world.school, year=2023, criterion=criterion, person=who)


def page(client, time_machine, who, address, at=LATE):
    time_machine.move_to(at)
    client.force_login(Person.objects.get(pk=who.pk))
    return client.get(address)


# Figures


def test_a_late_figure_is_refused_new_or_changed(strict):
    declare(strict, IN_TIME)
    with pytest.raises(DeadlinePassed, match="31/10/2023"):
        declare(strict, LATE, numerator=4)
    assert Figure.objects.get().numerator == 3


def test_until_the_last_second_it_is_taken(strict):
    assert declare(strict, moment("2023-10-31 23:59")).pk


def test_where_late_is_only_marked_a_figure_is_taken(world):
    assert declare(world, LATE).pk


def test_an_extended_unit_may_still_declare_until_the_new_day(strict):
    extend(strict, owed(strict, "documents-signed"))
    assert declare(strict, LATE).pk
    with pytest.raises(DeadlinePassed, match="10/11/2023"):
        declare(strict, EXTENDED, numerator=4)


def test_an_extension_of_one_unit_is_not_anothers(strict):
    extend(strict, owed(strict, "documents-signed"))
    with pytest.raises(DeadlinePassed):
        actions.declare(
            campaign=strict.campaign, year=2023, unit=strict.other, criterion="documents-signed", scope="", numerator=1,
            denominator=1, nothing_arose=False, explanation="Sổ", by=strict.dung, at=LATE,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["an", "hanh"])
def test_the_unit_sees_the_button_shut_and_why(strict, client, time_machine, who):
    for address in (CARD, DECLARE):
        text = page(client, time_machine, getattr(strict, who), address).content.decode()
        assert CLOSED in text, address
        assert " disabled" in text, address
    assert CLOSED not in page(client, time_machine, strict.an, CARD, at=IN_TIME).content.decode()


def test_the_office_reads_why_it_does_not_declare_and_not_that_it_is_late(strict, client, time_machine):
    text = page(client, time_machine, strict.binh, CARD).content.decode()
    assert CLOSED not in text
    assert "Chỉ chính đơn vị được khai số liệu của mình." in text


def test_what_was_typed_stays_when_the_day_passes_meanwhile(strict, client, time_machine):
    page(client, time_machine, strict.an, DECLARE)
    answer = client.post(DECLARE, {"numerator": "3", "denominator": "4", "explanation": "Sổ văn thư đến"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert CLOSED in text
    assert "Sổ văn thư đến" in text
    assert not Figure.objects.exists()


# People


def test_late_results_are_refused_new_changed_or_taken_back(strict):
    record(strict, strict.linh, "Đạt", IN_TIME)
    for who, value in ((strict.an, "Đạt"), (strict.linh, "Chưa đạt"), (strict.linh, "")):
        with pytest.raises(DeadlinePassed, match="31/10/2023"):
            record(strict, who, value, LATE)
    assert PersonalResult.objects.get().value == "Đạt"


def test_where_late_is_only_marked_a_result_is_taken(world):
    assert record(world, world.linh, "Đạt", LATE) == 1


def test_an_extension_for_one_person_opens_that_cell_alone(strict):
    extend(strict, owed(strict, "discipline", strict.linh))
    assert record(strict, strict.linh, "Đạt", LATE) == 1
    with pytest.raises(DeadlinePassed) as refusal:
        record(strict, strict.an, "Đạt", LATE)
    assert set(refusal.value.fields) == {f"{strict.an.pk}/discipline"}
    with pytest.raises(DeadlinePassed):
        record(strict, strict.linh, "Chưa đạt", EXTENDED)


def test_the_grid_is_shut_with_the_sentence(strict, client, time_machine):
    text = page(client, time_machine, strict.an, PEOPLE).content.decode()
    assert CLOSED in text
    assert " disabled" in text
    assert f'name="c-{strict.linh.pk}-discipline"' not in text
    assert CLOSED not in page(client, time_machine, strict.binh, PEOPLE).content.decode()


def test_the_grid_opens_only_what_was_extended(strict, client, time_machine):
    extend(strict, owed(strict, "discipline", strict.linh))
    text = page(client, time_machine, strict.an, PEOPLE).content.decode()
    assert f'name="c-{strict.linh.pk}-discipline"' in text
    assert f'name="c-{strict.an.pk}-discipline"' not in text
    assert text.count(CLOSED) == 1


def test_a_cell_that_closed_while_it_was_typed_is_named_and_its_text_stays(strict, client, time_machine):
    extend(strict, owed(strict, "discipline", strict.linh))
    page(client, time_machine, strict.an, PEOPLE)
    answer = client.post(
        PEOPLE, {f"c-{strict.an.pk}-discipline": "Chưa đạt", f"n-{strict.an.pk}-discipline": "Đi muộn"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'id="c-{strict.an.pk}-discipline"' in text
    assert "Đi muộn" in text
    assert not PersonalResult.objects.exists()


def test_a_stranger_and_the_office_are_refused_for_what_they_are(strict, client, time_machine):
    page(client, time_machine, strict.binh, PEOPLE)
    assert client.post(PEOPLE, {f"c-{strict.an.pk}-discipline": "Đạt"}).status_code == 403
    assert page(client, time_machine, strict.dung, PEOPLE).status_code == 404


def test_a_sheet_names_the_rows_that_closed(strict):
    extend(strict, owed(strict, "discipline", strict.linh))
    book = openpyxl.Workbook()
    for row in (["Tên đăng nhập", "Kỷ luật, kỷ cương"], ["linh", "Đạt"], ["an", "Đạt"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    outcome = bulk.import_results(
        campaign=strict.campaign, year=2023, unit=strict.school, content=file.getvalue(), name="a.xlsx", by=strict.an,
        at=LATE, commit=True,
    )  # fmt: skip
    assert [error.row for error in outcome.errors] == [3]
    assert not PersonalResult.objects.exists()


def test_who_came_after_publishing_closes_with_the_others(strict):
    later = person("moi", "Lê Thị Mới", unit=strict.school, post=PostKind.MEMBER)
    with pytest.raises(DeadlinePassed):
        record(strict, later, "Đạt", LATE)
