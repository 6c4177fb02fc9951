"""Who owes what: the states, the command line, reminders, extensions and excuses."""

import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from tests.fixtures import IN_TIME, accepted, moment, submitted, unit

from thidua.campaigns import actions as campaigns
from thidua.campaigns.chosen import Chosen
from thidua.campaigns.models import Obligation
from thidua.core.days import end_of_day
from thidua.core.refusals import Denied
from thidua.core.units import UnitKind
from thidua.dossiers import actions as dossiers
from thidua.monitoring import actions, queries

AFTER = moment("2023-09-01 08:00")


def board_json(**options):
    out = io.StringIO()
    call_command("board", campaign="cchc-2023-2025", year=2023, json=True, stdout=out, **options)
    return {(row["unit"], row["obligation"]): row for row in json.loads(out.getvalue())}


def registration(world, unit):
    return Obligation.objects.get(unit=unit, key="register-2023")


def test_publishing_makes_what_each_kind_of_unit_owes(world):
    school = set(Obligation.objects.filter(unit=world.school, year=2023).values_list("key", flat=True))
    division = set(Obligation.objects.filter(unit=world.division, year=2023).values_list("key", flat=True))
    assert "figure-electronic-payment-2023" in school - division
    assert "figure-dossiers-on-time-2023" in division - school
    assert {"register-2023", "report-2023", "unit-plan-2023"} <= school & division


def test_the_board_on_a_day(world):
    submitted(world)
    before = board_json(on=IN_TIME.date())
    assert before["hoa-sen", "register-2023"]["state"] == "submitted"
    assert before["doi-thong", "register-2023"]["state"] == "due"
    assert before["doi-thong", "report-2023"]["state"] == "not_due"
    after = board_json(on=AFTER.date())
    assert after["doi-thong", "register-2023"] == {
        "unit": "doi-thong",
        "person": None,
        "obligation": "register-2023",
        "due": "2023-08-25",
        "state": "late",
        "done_on": None,
        "days_late": 7,
        "reason": None,
    }


def test_the_board_of_one_unit(world):
    assert {unit for unit, _key in board_json(unit="hoa-sen")} == {"hoa-sen"}


def test_an_extension_moves_the_state_and_never_the_due_date(world):
    late = registration(world, world.other)
    until = end_of_day(moment("2023-09-05 00:00").date(), "Asia/Ho_Chi_Minh")
    campaigns.extend(obligation=late, until=until, reason="Chuyển trụ sở", by=world.binh, at=AFTER)
    late.refresh_from_db()
    assert late.on(AFTER).state == "due"
    assert late.due_at == moment("2023-08-25 23:59").replace(second=59)


def test_the_database_refuses_to_move_a_due_date(world):
    late = registration(world, world.other)
    with pytest.raises(DatabaseError, match="moves with the version"), transaction.atomic():
        Obligation.objects.filter(pk=late.pk).update(due_at=AFTER)


def test_an_excuse_needs_the_office_and_a_reason(world):
    late = registration(world, world.other)
    for by, reason in ((world.dung, "Chuyển trụ sở"), (world.binh, "  ")):
        with pytest.raises(Denied):
            campaigns.excuse(obligation=late, reason=reason, by=by, at=AFTER)
    campaigns.excuse(obligation=late, reason="Chuyển trụ sở", by=world.binh, at=AFTER)
    assert board_json(on=AFTER.date())["doi-thong", "register-2023"]["state"] == "excused"


def test_a_reminder_goes_to_exactly_those_who_owe(world):
    submitted(world)
    everybody = {world.school.pk, world.other.pk, world.division.pk}
    board = queries.board(world.binh, world.campaign, 2023, now=AFTER)
    owing = {row.unit.pk for row in board.owing}
    count = actions.remind(campaign=world.campaign, year=2023, unit_ids=everybody, by=world.binh, at=AFTER)
    assert count == len(owing)
    assert world.dung.letters.filter(kind="monitoring.remind").count() == 1
    assert not world.binh.letters.exists()


@pytest.mark.parametrize("now", [IN_TIME, AFTER, moment("2023-12-31 08:00")])
def test_the_first_page_counts_what_the_board_shows(world, now):
    submitted(world)
    back = submitted(world, title="Giải pháp thứ hai")
    dossiers.return_(dossier=back, notes={}, message="Sửa", correct_by=AFTER.date(), by=world.binh, at=IN_TIME)
    until = end_of_day(moment("2023-09-05 00:00").date(), "Asia/Ho_Chi_Minh")
    late = registration(world, world.other)
    campaigns.extend(obligation=late, until=until, reason="Chuyển trụ sở", by=world.binh, at=IN_TIME)
    campaigns.excuse(obligation=registration(world, world.division), reason="Giải thể", by=world.binh, at=IN_TIME)
    board = queries.board(world.binh, world.campaign, 2023, now=now)
    assert queries.owing(world.binh, [Chosen(world.campaign, 2023)], now=now) == {
        world.campaign.pk: (len(board.owing), board.owed_things)
    }


def test_only_the_office_reminds(world):
    with pytest.raises(Denied):
        actions.remind(campaign=world.campaign, year=2023, unit_ids={world.other.pk}, by=world.an, at=AFTER)


def test_the_board_drills_down_the_tree_and_to_one_obligation(client, world):
    group = unit("to-hoa-sen", "Tổ Văn phòng Hoa Sen Mẫu", UnitKind.SCHOOL, world.school)
    campaigns.catch_up(campaign=world.campaign, at=moment("2023-08-02 08:00"))
    client.force_login(world.binh)
    whole = client.get("/monitoring/board/?year=2023").content.decode()
    assert "1 đơn vị trực thuộc" in whole
    branch = client.get("/monitoring/board/?year=2023&under=hoa-sen").content.decode()
    assert group.name in branch
    assert world.other.name not in branch
    assert "Sở Giáo dục và Đào tạo Mẫu" in branch  # the way back up
    one = client.get("/monitoring/board/?year=2023&what=register-2023").content.decode()
    assert one.count('role="columnheader" scope="col"') < whole.count('role="columnheader" scope="col"')


def test_counts_by_kind_of_unit_lead_to_their_rows(client, world):
    accepted(world)
    client.force_login(world.binh)
    now = moment("2023-08-30 08:00")
    whole = queries.only(queries.board(world.binh, world.campaign, 2023, now=now), {"register-2023"})
    found = {
        tally.kind: (tally.units, tally.owing, tally.states["done"], tally.states["late"])
        for tally in queries.tallies(whole.rows)
    }
    assert found == {UnitKind.DIVISION: (1, 1, 0, 1), UnitKind.SCHOOL: (2, 1, 1, 1)}
    page = client.get("/monitoring/board/?year=2023&what=register-2023").content.decode()
    assert "kind=school" in page


def test_the_excel_holds_what_the_filters_show(client, world):
    client.force_login(world.binh)
    answer = client.get("/monitoring/board/excel/?year=2023&what=register-2023&kind=division")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["van-phong"]
