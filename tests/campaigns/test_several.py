"""Several campaigns at once: what an address says, where one that does not say it leads, and who is told of all."""

import uuid

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.campaigns.several import ALIKE, EMPTY, OF_ONE_DAY, make_several, publish
from tests.fixtures import IN_TIME, accepted, begun, moment, submitted

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign, Obligation
from thidua.dossiers import actions as dossiers
from thidua.dossiers.models import Dossier
from thidua.exchange import tasks as excel
from thidua.exchange.models import Export
from thidua.monitoring import actions as monitoring
from thidua.people import actions as people
from thidua.people.models import Letter

NOW = moment("2023-08-21 09:00")
OWN, ALIKE_NAME = "Cải cách hành chính 2023–2025", "Trường học hạnh phúc"
SHIPPED = "campaign=cchc-2023-2025&year=2023"
OTHER = "campaign=truong-hanh-phuc-2023&year=2023"


@pytest.fixture
def world(db, time_machine):
    time_machine.move_to(NOW)
    return make_several()


@pytest.fixture
def look(client):
    def open_as(person, address: str):
        client.force_login(person)
        return client.get(address)

    return open_as


def told(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode().split("<main")[1]


def happy(world, at=IN_TIME) -> Dossier:
    """A registration of the school in the other campaign, by the same key."""
    return dossiers.begin(
        campaign=world.alike, key="register-2023", unit=world.school, token=uuid.uuid4(), by=world.an, at=at,
        answers={"title": "Góc thư giãn"},
    )  # fmt: skip


# Addresses


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("", OTHER),  # An's school is late there
        ("?show=owing&year=2024", f"{OTHER}&show=owing"),
        ("?campaign=cchc-2023-2025", SHIPPED),
        ("?campaign=cchc-2023-2025&year=2031", SHIPPED),
        ("?campaign=cchc-2023-2025&year=²", SHIPPED),
    ],
)
def test_an_address_that_does_not_say_all_leads_to_the_one_that_does(world, look, asked, led_to):
    answer = look(world.an, f"/monitoring/board/{asked}")
    assert (answer.status_code, answer["Location"]) == (302, f"/monitoring/board/?{led_to}")


def test_who_owes_nothing_is_led_to_the_campaign_that_ends_last(world, look):
    assert look(world.binh, "/overview/")["Location"] == f"/overview/?{SHIPPED}"
    assert look(world.binh, "/overview/?campaign=nam-hoc-2023-2024&year=2024").status_code == 200


@pytest.mark.parametrize("code", ["khong-co", "x" * 5000, "'", "nháp"])
def test_a_campaign_that_is_not_there_is_404_with_a_sentence(world, look, code):
    answer = look(world.binh, f"/overview/?campaign={code}&year=2023")
    assert answer.status_code == 404
    assert f"Không có phong trào “{code[:60]}”"[:40].replace("'", "&#x27;") in answer.content.decode()


def test_a_draft_is_no_campaign_of_an_address(world, look):
    Campaign.objects.filter(pk=world.empty.pk).update(current=None)
    assert look(world.an, "/overview/?campaign=nam-hoc-2023-2024&year=2023").status_code == 404


def test_a_form_that_does_not_say_which_does_nothing(world, client):
    client.force_login(world.binh)
    answer = client.post("/monitoring/board/remind/", {"unit": [world.school.pk]})
    assert answer.status_code == 404
    assert "không ghi phong trào và năm" in answer.content.decode()
    assert not Letter.objects.filter(kind="monitoring.remind").exists()


def test_one_campaign_alone_is_never_asked_for(db, client, time_machine):
    from tests.fixtures import make_world

    time_machine.move_to(NOW)
    world = make_world()
    client.force_login(world.binh)
    answer = client.get("/monitoring/board/?show=owing")
    assert answer.status_code == 200
    assert f"/monitoring/board/excel/?{SHIPPED}&amp;show=owing".replace("&y", "&amp;y") in answer.content.decode()
    assert OWN not in told(client.get("/dossiers/review/"))


def test_a_workbook_written_later_is_of_the_campaign_that_was_shown(world, client, monkeypatch):
    from thidua.exchange import http

    submitted(world)
    monkeypatch.setattr(http, "CELLS_AT_ONCE", 0)
    client.force_login(world.binh)
    client.get(f"/dossiers/excel/?{SHIPPED}")
    export = Export.objects.get()
    excel.write(export.pk)
    export.refresh_from_db()
    assert (export.address, export.fault if hasattr(export, "fault") else "") == (f"/dossiers/excel/?{SHIPPED}", "")
    assert export.completed_at


def test_a_page_of_an_object_speaks_of_its_campaign(world, look):
    page = look(world.an, happy(world).get_absolute_url() + "form/").content.decode()
    assert ALIKE_NAME in page.split("<summary")[1].split("</summary>")[0]


# The switch


def urls(answer) -> dict[tuple[str, int], str]:
    switch = answer.context["campaign_switch"]
    return {(of["name"], each["name"]): each["url"] for of in switch["campaigns"] for each in of["years"]}


@pytest.mark.parametrize(
    ("page", "there"),
    [
        ("/monitoring/board/?show=owing&", "/monitoring/board/?"),
        ("/reports/units/hoa-sen/?", "/reports/units/hoa-sen/?"),
        ("/reports/criteria/documents-signed/?", "/reports/criteria/documents-signed/?"),
        ("/reports/criteria/satisfaction/?", "/overview/?"),  # the other plan has no such criterion
        ("/reports/explorer/dossiers-on-time/?", "/overview/?"),
        ("/apologies/?", "/overview/?"),
        ("/dossiers/begin/?key=register-2023&unit=1&", "/overview/?"),
    ],
)
def test_the_switch_stays_where_the_other_campaign_has_such_a_page(world, look, page, there):
    page = page.replace("unit=1&", f"unit={world.school.pk}&")
    found = urls(look(world.binh, page + SHIPPED))
    assert found[ALIKE_NAME, 2023] == there + OTHER
    assert set(found) == {(OWN, 2023), (OWN, 2024), (OWN, 2025), (ALIKE_NAME, 2023), ("Năm học 2023–2024", 2023),
                          ("Năm học 2023–2024", 2024)}  # fmt: skip
    assert look(world.binh, found[ALIKE_NAME, 2023]).status_code == 200


def test_pages_of_no_campaign_lead_back_to_the_one_shown_last(world, look, client):
    assert "/overview/?" + OTHER.replace("&", "&amp;") in look(world.an, "/people/units/").content.decode()
    look(world.an, "/overview/?campaign=cchc-2023-2025&year=2024")
    page = look(world.an, "/people/units/").content.decode()
    assert "/overview/?campaign=cchc-2023-2025&amp;year=2024" in page
    for cookie in ("x", "cchc-2023-2025.1999", "khong.2023", "cchc-2023-2025."):
        client.cookies["campaign"] = cookie
        assert look(world.an, "/people/units/").status_code == 200


# First pages, notices, letters, search


def test_first_pages_speak_of_every_campaign_that_runs_and_name_each(world, look):
    submitted(world)
    happy(world)
    for who in ("an", "hanh", "binh", "leader", "admin"):
        home = told(look(getattr(world, who), "/"))
        for name in (OWN, ALIKE_NAME, "Năm học 2023–2024"):
            assert name in home, (who, name)


def test_what_two_campaigns_call_by_one_key_are_two_things_to_do(world, look):
    dossiers.present(dossier=begun(world, NOW), by=world.an, at=NOW)
    home = told(look(world.an, "/"))
    assert "Đăng ký việc làm hạnh phúc" in home
    assert f"/dossiers/begin/?{OTHER}&key=register-2023".replace("&", "&amp;") in home
    assert f"/dossiers/begin/?{SHIPPED}&key=register-2023".replace("&", "&amp;") not in home  # it lies with the head


def test_numbers_of_the_first_page_open_what_they_counted(world, look):
    submitted(world)
    answer = look(world.leader, "/")
    waiting, running = answer.context["waiting"], answer.context["running"]
    assert [(each.of.campaign, each.count) for each in waiting] == [(world.campaign, 1)]
    listed = look(world.leader, waiting[0].of.address("dossiers:list", state="submitted"))
    assert listed.context["listing"].count == 1
    for each in running:
        board = look(world.leader, each.of.address("monitoring:board", show="owing"))
        assert (board.context["shown"], board.context["board"].owed_things) == (each.owing, each.owed_things)
    assert {each.of.campaign.pk: each.owing for each in running}[world.alike.pk] == 2


def test_a_notice_and_the_letter_of_the_morning_name_the_campaign(world, look, mailoutbox):
    for of in (world.campaign, world.alike):
        monitoring.remind(
            campaign=of, year=2023, unit_ids={world.school.pk}, by=world.binh, at=moment("2023-09-10 08:00")
        )
    world.an.email = "an@mau.vn"
    world.an.save()
    bell = told(look(world.an, "/people/letters/"))
    assert OWN in bell
    assert ALIKE_NAME in bell
    Letter.objects.update(urgent=False)
    people.mail_digests(at=moment("2023-09-11 07:10"))
    (mail,) = mailoutbox
    assert f"Phong trào: {OWN}" in mail.body
    assert f"Phong trào: {ALIKE_NAME}" in mail.body


def test_a_registration_that_moves_is_told_with_its_campaign(world):
    accepted(world)
    moved = Letter.objects.filter(kind__startswith="dossiers.")
    assert set(moved.values_list("about", flat=True)) == {OWN}
    assert set(Letter.objects.values_list("about", flat=True)) == {OWN, ALIKE_NAME}  # each publishing is told too


def test_the_search_the_desk_and_the_trail_know_both(world, look):
    submitted(world)
    dossiers.submit(dossier=happy(world), by=world.hanh, at=IN_TIME)
    for address in ("/search/?q=hoa sen", "/dossiers/review/"):
        found = told(look(world.binh, address))
        assert OWN in found, address
        assert ALIKE_NAME in found, address
    owed = Obligation.objects.get(campaign=world.alike, unit=world.other)
    actions.extend(obligation=owed, until=moment("2023-12-01 23:59"), reason="Bão", by=world.binh, at=NOW)
    trail = told(look(world.binh, "/trail/?q=việc làm hạnh phúc"))
    assert "Đăng ký việc làm hạnh phúc" in trail
    assert "Bão" in trail


def test_each_list_holds_its_own_campaign_alone(world, look):
    submitted(world)
    dossiers.submit(dossier=happy(world), by=world.hanh, at=IN_TIME)
    for said, own, other in ((SHIPPED, "Trả học bạ", "Góc thư giãn"), (OTHER, "Góc thư giãn", "Trả học bạ")):
        page = told(look(world.binh, f"/dossiers/?{said}"))
        assert own in page
        assert other not in page
        assert told(look(world.binh, f"/reports/criteria/documents-signed/?{said}"))
    assert "Lớp có quy tắc ứng xử" in told(look(world.binh, f"/reports/criteria/documents-signed/?{OTHER}"))


# Short links


def test_a_short_link_of_two_campaigns_asks_or_says_which(world, look):
    asked = told(look(world.an, "/dossiers/f/dk-don-vi/"))
    assert "Phong trào nào?" in asked
    answer = look(world.an, "/dossiers/f/dk-don-vi/?campaign=truong-hanh-phuc-2023")
    begin = f"/dossiers/begin/?{OTHER}&key=register-2023&unit={world.school.pk}"
    assert answer["Location"] == begin
    assert "Đăng ký việc làm hạnh phúc" in told(look(world.an, begin))
    assert look(world.an, "/dossiers/f/dk-don-vi/?campaign=khong-co").status_code == 404
    links = look(world.binh, f"/dossiers/links/?{OTHER}").content.decode()
    assert "/dossiers/f/dk-don-vi/?campaign=truong-hanh-phuc-2023" in links
    assert 'dk-phong/"' in look(world.binh, f"/dossiers/links/?{SHIPPED}").content.decode()  # as short as it can be


def test_a_short_link_leads_to_the_campaign_that_runs(world, look, time_machine):
    time_machine.move_to(moment("2025-03-03 09:00"))
    answer = look(world.an, "/dossiers/f/dk-don-vi/")
    assert answer["Location"].startswith("/dossiers/begin/?campaign=cchc-2023-2025&year=2025")


# Campaigns of other kinds


@pytest.mark.parametrize("who", ["an", "binh", "leader"])
def test_a_campaign_that_asks_for_nothing_opens_everywhere(world, look, who):
    publish(OF_ONE_DAY)
    for said in ("campaign=nam-hoc-2023-2024&year=2024", "campaign=ngay-hoi-2025&year=2025"):
        for page in ("/overview/", "/monitoring/board/", "/monitoring/marks/", "/dossiers/", "/campaigns/plan/",
                     "/campaigns/indices/", "/reports/explorer/", "/reports/units/hoa-sen/", "/reports/people/hoa-sen/",
                     "/monitoring/board/excel/", "/dossiers/excel/", "/reports/units/hoa-sen/excel/"):  # fmt: skip
            answer = look(getattr(world, who), f"{page}?{said}")
            assert answer.status_code == 200, (page, said)
            if answer.streaming:
                b"".join(answer.streaming_content)


def test_the_report_of_a_campaign_that_asks_for_nothing_is_written(world, tmp_path):
    call_command(
        "report", "consolidated", campaign=world.empty.code, year=2023, output=tmp_path / "b.docx", json=True,
        annexes=tmp_path / "b.xlsx",
    )  # fmt: skip
    assert (tmp_path / "b.docx").stat().st_size


@pytest.mark.parametrize(("day", "years"), [
    ("2022-05-05", [(OWN, 2023), ("Năm học 2023–2024", 2023), (ALIKE_NAME, 2023)]),
    ("2024-02-01", [(OWN, 2024), ("Năm học 2023–2024", 2024)]),
    ("2025-06-01", [(OWN, 2025)]),
    ("2031-01-01", [(OWN, 2025)]),
])  # fmt: skip
def test_a_campaign_runs_in_its_years_and_opens_the_nearest(world, look, time_machine, day, years):
    time_machine.move_to(moment(f"{day} 09:00"))
    found = look(world.an, "/").context["years"]
    assert sorted((each.campaign.short_name, each.year) for each in found) == sorted(years)


def test_what_is_open_from_the_year_before_stands_on_the_first_page(world, look, time_machine):
    time_machine.move_to(moment("2024-02-01 09:00"))
    home = look(world.an, "/")
    assert "Đăng ký việc làm hạnh phúc" not in told(home)  # that campaign is over
    assert any(task.of.year == 2023 for task in home.context["tasks"])


def test_before_anything_is_published_nothing_leads_to_a_campaign(db, client):
    from tests.fixtures import person

    from thidua.core.units import RoleKind

    client.force_login(person("binh", "Lê Văn Bình", role=RoleKind.OFFICE))
    home = client.get("/")
    assert home.status_code == 200
    assert not home.context["campaign_switch"]
    assert "/overview/" not in home.content.decode()
    answer = client.get("/overview/")
    assert (answer.status_code, "Chưa có phong trào nào" in answer.content.decode()) == (404, True)
    assert client.get("/dossiers/f/dk-don-vi/").status_code == 404
    assert client.get("/trail/").status_code == 200


# Cost


@pytest.mark.parametrize("who", ["an", "hanh", "linh", "binh", "leader", "admin"])
@pytest.mark.parametrize("address", [
    "/", "/search/?q=hoa", "/dossiers/review/", "/trail/", "/people/letters/", "/people/units/",
    f"/overview/?{SHIPPED}",
    f"/monitoring/board/?{SHIPPED}", f"/dossiers/?{SHIPPED}", f"/reports/explorer/?{SHIPPED}",
])  # fmt: skip
def test_queries_do_not_grow_with_campaigns(world, client, who, address):
    submitted(world)
    dossiers.submit(dossier=happy(world), by=world.hanh, at=IN_TIME)
    client.force_login(getattr(world, who))
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(3):
        publish(EMPTY.replace("nam-hoc", f"nam-hoc-{number}"))
        publish(ALIKE.replace("truong-hanh-phuc", f"truong-hanh-phuc-{number}"))
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(many) <= 12, "\n".join(each["sql"][:150] for each in many)
