"""The trail speaks the reader's language, not that of the code."""

import io
import re
from importlib import resources

import pytest
import python_calamine
from django.utils import translation
from tests.fixtures import IN_TIME, moment, submitted

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation
from thidua.desk.trail import GROUPS, VERBS, told
from thidua.dossiers import actions as dossiers
from thidua.dossiers.queries import VERBS as OF_DOSSIERS
from thidua.exchange import rules as exports
from thidua.ledger.models import Entry
from thidua.people import actions as people

RECORDED = re.compile(r'verb="(\w+\.\w+)"')


def test_every_verb_that_is_recorded_has_words():
    recorded = set()
    for room in resources.files("thidua").iterdir():
        for name in ("actions.py", "bulk.py"):
            if room.joinpath(name).is_file():
                recorded |= set(RECORDED.findall(room.joinpath(name).read_text(encoding="utf-8")))
    assert recorded
    assert recorded <= set(VERBS)


@pytest.mark.django_db
def test_names_states_and_days_are_told_as_people_say_them(world):
    submitted(world)
    owed = Obligation.objects.get(key="report-2023", unit=world.school)
    until = moment("2023-11-15 23:59")
    campaigns.extend(obligation=owed, until=until, reason="Bão", by=world.binh, at=moment("2023-11-02 09:00"))
    with translation.override("vi"):
        newest = told(Entry.objects.order_by("-id")[:1], [world.campaign])[0]
        submit = told(Entry.objects.filter(verb="dossiers.submit"), [world.campaign])[0]
        assert (str(newest.what), newest.thing) == ("Gia hạn", "Báo cáo kết quả năm 2023")
        assert newest.unit == "Trường THPT Hoa Sen Mẫu"
        until = newest.changes[0]
        assert (str(until.name), until.was, until.now) == ("Hạn mới", "", "23:59 15/11/2023")
        state = submit.changes[0]
        assert (str(state.name), str(state.was), str(state.now)) == ("Trạng thái", "Bản nháp", "Chờ thẩm tra")


def test_a_day_is_told_as_people_write_it(world):
    people.close_unit(unit=world.other, ends_on=IN_TIME.date(), reason="Sáp nhập", by=world.binh, at=IN_TIME)
    assert told(Entry.objects.filter(verb="people.close_unit"), [world.campaign])[0].changes[0].now == "20/08/2023"


def test_every_verb_stands_in_one_group():
    grouped = [verb for _name, verbs in GROUPS.values() for verb in verbs]
    assert len(grouped) == len(set(grouped))
    assert {f"dossiers.{verb}" for verb in OF_DOSSIERS} <= set(grouped)


@pytest.fixture
def told_days(world):
    """Registered on 20 August by An and Hạnh, decided on the 22nd by Bình, extended on the 23rd by the system."""
    dossier = submitted(world)
    for author in dossier.authors.select_related("person"):
        dossiers.confirm(author=author, by=author.person, at=IN_TIME)
    dossiers.accept(dossier=dossier, by=world.binh, at=moment("2023-08-22 00:05"))
    owed = Obligation.objects.get(key="report-2023", unit=world.school)
    until = moment("2023-11-15 23:59")
    campaigns.extend(obligation=owed, until=until, reason="Bão", by=world.binh, at=moment("2023-08-23 09:00"))
    return dossier


def verbs(client, address: str) -> set[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return {row.entry.verb for row in answer.context["rows"]}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("verb=decisions", {"dossiers.accept"}),
        ("verb=dossiers.submit", {"dossiers.submit"}),
        ("verb=obligations", {"campaigns.extend"}),
        ("who=hoang+lan+hanh", {"dossiers.submit"}),
        ("who=hệ+thống&since=20/08/2023", set()),
        ("who=hệ+thống", {"campaigns.load", "campaigns.publish"}),
        ("q=bao+cao+ket+qua", {"campaigns.extend"}),
        ("q=hoa+sen&who=binh", {"dossiers.accept", "campaigns.extend"}),
        ("q=doi+thong", set()),
        ("q=hoc+ba&since=21/08/2023", {"dossiers.accept"}),
        ("since=22/08/2023&until=2023-08-22", {"dossiers.accept"}),
        ("since=22/08/2023&until=22/08/2023&verb=papers", set()),
    ],
)
def test_the_address_narrows_the_trail(client, world, told_days, asked, found):
    client.force_login(world.binh)
    assert verbs(client, f"/trail/?{asked}") == found


def test_rows_stand_under_their_day_and_the_filters_stay(client, world, told_days):
    client.force_login(world.binh)
    text = client.get("/trail/?q=hoa+sen&since=20/08/2023").content.decode()
    days = [text.index(day) for day in ("Thứ Tư, 23/08/2023", "Thứ Ba, 22/08/2023", "Chủ nhật, 20/08/2023")]
    assert days == sorted(days)
    assert text.count("Chủ nhật, 20/08/2023") == 1
    assert 'value="20/08/2023"' in text
    assert "/trail/excel/?q=hoa+sen&amp;since=20%2F08%2F2023" in text
    assert f'href="/dossiers/{told_days.pk}/"' in text


def test_a_day_that_cannot_be_read_is_said_and_narrows_nothing(client, world, told_days):
    client.force_login(world.binh)
    answer = client.get("/trail/?since=32/08/2023")
    assert "Từ ngày: " in answer.content.decode()
    assert len(answer.context["rows"]) == Entry.objects.count()


def test_a_unit_narrows_only_what_it_sees(client, world, told_days):
    client.force_login(world.dung)
    assert verbs(client, "/trail/?q=hoa+sen") == set()
    client.force_login(world.hanh)
    assert verbs(client, "/trail/?who=binh") == {"dossiers.accept", "campaigns.extend"}


def sheet(answer) -> list[list]:
    assert answer.status_code == 200
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def test_the_workbook_holds_what_the_filters_show(client, world, told_days):
    client.force_login(world.binh)
    _heading, *rows = sheet(client.get("/trail/excel/?verb=decisions"))
    assert [row[1:8] for row in rows] == [
        [
            "Lê Văn Bình", "Bộ phận Thường trực", "Đã chấp nhận", "Trả học bạ qua mã QR", "Trường THPT Hoa Sen Mẫu",
            "Trạng thái: Chờ thẩm tra", "Trạng thái: Đã chấp nhận",
        ]
    ]  # fmt: skip
    client.force_login(world.dung)
    assert len(sheet(client.get("/trail/excel/?q=hoa+sen"))) == 1


def test_a_workbook_too_large_is_refused_with_the_way_out(client, world, told_days, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    client.force_login(world.binh)
    assert "Một tệp Excel chứa tối đa 3 dòng" in client.get("/trail/").content.decode()
    assert client.get("/trail/excel/").status_code == 403
    assert len(sheet(client.get("/trail/excel/?verb=decisions"))) == 2


def test_queries_of_the_trail_stay_flat_whatever_is_asked(client, world, told_days, django_assert_max_num_queries):
    client.force_login(world.binh)
    address = "/trail/?q=hoa+sen&who=binh&verb=decisions&since=01/01/2023&until=31/12/2023&verify=1"
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)
    with django_assert_max_num_queries(12):
        assert len(sheet(client.get("/trail/excel/"))) == Entry.objects.count() + 1


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001"])
@pytest.mark.parametrize("end", ["since", "until"])
@pytest.mark.parametrize("page", ["/trail/", "/trail/excel/"])
def test_the_first_and_the_last_day_of_all_narrow_as_any_other(world, told_days, client, page, end, day):
    client.force_login(world.binh)
    answer = client.get(page, {end: day})
    answer.close()
    assert answer.status_code == 200
