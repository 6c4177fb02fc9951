"""The explorer: parts that add up to the number, down to the rows, with Excel at each step, closed to strangers."""

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.db.models import F
from tests.batches import batch
from tests.fixtures import IN_TIME, moment, person, unit

from thidua.core.figures import Verdict
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.core.values import Amount
from thidua.ledger.models import Entry
from thidua.reports import actions
from thidua.reports.datasets import DOSSIERS, PAYMENTS
from thidua.reports.models import Result
from thidua.reports.queries import explorer
from thidua.reports.queries.explorer import Slice

MARCH, MAY = dt.date(2023, 3, 10), dt.date(2023, 5, 10)
LATE = dt.timedelta(1)
COUNTED = moment("2024-01-10 08:00")
ON_TIME = "/reports/explorer/dossiers-on-time/"


def dossiers(field: str, on_time: int, late: int, *, day=MARCH) -> list[dict]:
    return [
        {"code": f"{field[:2]}{day.month}-{n}", "field": field, "received": day, "due": day,
         "returned": day if n < on_time else day + LATE}
        for n in range(on_time + late)
    ]  # fmt: skip


@pytest.fixture
def city(world):
    world.other = unit("phong-b", "Phòng Bồ Đề Mẫu", UnitKind.DIVISION, world.department)
    batch(
        DOSSIERS, world.division,
        [*dossiers("Giáo dục trung học", 38, 2), *dossiers("Tổ chức cán bộ", 10, 0, day=MAY)], at=IN_TIME,
    )  # fmt: skip
    batch(DOSSIERS, world.other, dossiers("GIÁO DỤC TRUNG HỌC", 7, 1), at=IN_TIME)
    batch(PAYMENTS, world.school, [{"code": "1", "paid": MARCH, "means": "electronic"}], at=IN_TIME)
    for measure in world.campaign.current.plan.measures:
        actions.compute(campaign=world.campaign, measure=measure, year=2023, by=None, at=COUNTED)
    return world


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:3000]
    return " ".join(response.content.decode().split())


def sheet(response) -> list[tuple]:
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.active.iter_rows(values_only=True, min_row=2))


def test_every_number_of_the_city_stands_on_the_first_page(city, client):
    client.force_login(city.binh)
    page = text(client.get("/reports/explorer/?year=2023"))
    assert "55 / 58" in page
    assert "94,8%" in page
    assert "0 / 2" in page  # units that meet it in every field


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("", [("phong-b", 7, 8), ("van-phong", 48, 50)]),
        ("&by=field", [("Giáo dục trung học", 45, 48), ("Tổ chức cán bộ", 10, 10)]),
        ("&by=month", [("03/2023", 45, 48), ("05/2023", 10, 10)]),
        ("&unit=van-phong", [("Giáo dục trung học", 38, 40), ("Tổ chức cán bộ", 10, 10)]),
        ("&unit=van-phong&field=tổ chức cán bộ", [("05/2023", 10, 10)]),
        ("&field=Giáo dục trung học&by=unit", [("phong-b", 7, 8), ("van-phong", 38, 40)]),
        ("&month=2023-05", [("van-phong", 10, 10)]),
        ("&by=unit&q=bo de", [("phong-b", 7, 8)]),
    ],
)
def test_the_parts_of_each_step_in_excel(city, client, query, parts):
    client.force_login(city.binh)
    found = sheet(client.get(f"{ON_TIME}excel/?year=2023{query}"))
    first = [row[0] for row in found]
    numbers = [row[3:5] if row[0] in ("phong-b", "van-phong") else row[1:3] for row in found]
    assert [(name, *pair) for name, pair in zip(first, numbers, strict=True)] == parts
    page = text(client.get(f"{ON_TIME}?year=2023{query}"))
    for _name, numerator, denominator in parts:
        assert f"{numerator} / {denominator}" in page


def test_units_are_ranked_within_their_kind_and_a_tiny_share_is_not(city, client):
    client.force_login(city.binh)
    assert [(row[0], row[-1]) for row in sheet(client.get(f"{ON_TIME}excel/?year=2023"))] == [
        ("phong-b", None),
        ("van-phong", 1),
    ]
    page = text(client.get(f"{ON_TIME}?year=2023"))
    assert "mẫu nhỏ, không xếp hạng" in page
    assert "52,9" in page  # where Wilson's interval of 7 in 8 begins


def test_where_a_criterion_is_an_at_most_the_lowest_share_is_first(world):
    late = replace(world.campaign.current.plan.criterion("dossiers-on-time"), threshold=0.05, direction="at_most")
    shares = {"Ít": 1, "Vừa": 4, "Nhiều": 9}
    found = explorer.ranked(
        [
            Slice(late, label, label, Amount(Decimal(part), Decimal(100)), Verdict.MET, group=UnitKind.DIVISION)
            for label, part in shares.items()
        ]
    )
    assert [(line.label, line.rank) for line in found] == [("Nhiều", 3), ("Vừa", 2), ("Ít", 1)]


def test_a_unit_that_misses_one_field_misses_the_whole(city, client):
    """48 of 50 is 96%; its field of ten is met. The other field stands at 95%, and the whole is not met."""
    client.force_login(city.binh)
    assert [row[8] for row in sheet(client.get(f"{ON_TIME}excel/?year=2023"))] == ["Chưa đạt", "Chưa đạt"]


def test_a_whole_that_reaches_the_target_says_why_it_is_not_met(client, city):
    client.force_login(city.binh)
    said = "tính chung thì đạt, nhưng còn lĩnh vực chưa đạt"
    assert said not in client.get(f"{ON_TIME}?year=2023").content.decode()  # 93%
    Result.objects.filter(scope=None).update(numerator=F("denominator"))
    assert said in client.get(f"{ON_TIME}?year=2023").content.decode()


def test_the_rows_behind_a_number(city, client):
    client.force_login(city.binh)
    page = text(client.get(f"{ON_TIME}rows/?year=2023&unit=van-phong&field=Giáo dục trung học"))
    assert "Gi3-38" in page
    assert "Gi3-39" in page
    assert "Gi3-37" not in page
    assert "11/03/2023" in page
    assert text(client.get(f"{ON_TIME}rows/?year=2023&unit=van-phong&show=whole&month=2023-05")).count("Tổ5-") == 10
    assert [row[1] for row in sheet(client.get(f"{ON_TIME}rows/excel/?year=2023&unit=van-phong"))] == [
        "Gi3-38",
        "Gi3-39",
    ]
    assert Entry.objects.get(verb="reports.take_rows").after["rows"] == 2


def test_every_row_of_all_units_is_on_some_page(city, client):
    client.force_login(city.binh)
    found = sheet(client.get(f"{ON_TIME}rows/excel/?year=2023&show=whole"))
    assert len(found) == 58
    pages = [text(client.get(f"{ON_TIME}rows/?year=2023&show=whole&page={n}")) for n in (1, 2)]
    assert sum(page.count(", dòng ") for page in pages) == 58


def test_a_unit_sees_its_own_numbers_and_rows_only(city, client):
    clerk = person("phuc", "Đỗ Hồng Phúc", unit=city.division, post=PostKind.FOCAL_POINT)
    client.force_login(clerk)
    assert "48 / 50" in text(client.get("/reports/explorer/?year=2023"))
    assert [row[0] for row in sheet(client.get(f"{ON_TIME}excel/?year=2023"))] == ["van-phong"]
    assert client.get(f"{ON_TIME}?year=2023&unit=phong-b").status_code == 404
    assert "GIÁO DỤC" not in text(client.get(f"{ON_TIME}rows/?year=2023&show=whole"))
    assert len(sheet(client.get(f"{ON_TIME}rows/excel/?year=2023&unit=van-phong"))) == 2


def test_rows_leave_with_the_unit_or_the_office_only(city, client):
    for who in (person("cuong", "Trần Cường", role=RoleKind.DIRECTOR), city.dung):
        client.force_login(who)
        assert client.get(f"{ON_TIME}rows/excel/?year=2023").status_code == 403
    assert not Entry.objects.filter(verb="reports.take_rows").exists()


@pytest.mark.parametrize("query", ["audience=none", "month=2023-13", "month=x", "unit=khong-co"])
def test_an_address_that_names_nothing_is_not_found(city, client, query):
    client.force_login(city.binh)
    assert client.get(f"{ON_TIME}?year=2023&{query}").status_code == 404


def test_a_criterion_without_a_measure_is_explored_without_rows(city, client):
    client.force_login(city.binh)
    assert client.get("/reports/explorer/assigned-tasks/?year=2023").status_code == 200
    assert client.get("/reports/explorer/assigned-tasks/rows/?year=2023").status_code == 404
    assert client.get("/reports/explorer/electronic-payment/?year=2023&by=nothing").status_code == 200


def test_where_nothing_was_handed_in_the_page_says_what_to_do(world, client):
    client.force_login(world.binh)
    assert "Nhập dữ liệu" in text(client.get(f"{ON_TIME}?year=2023"))
    assert "Chưa có số liệu" in text(client.get("/reports/explorer/?year=2023"))


def test_each_step_costs_the_same_queries_however_many_units(city, client, django_assert_max_num_queries):
    for n in range(4):
        made = unit(f"phong-{n}", f"Phòng {n} Mẫu", UnitKind.DIVISION, city.department)
        batch(DOSSIERS, made, dossiers("Giáo dục trung học", 3, 1), at=IN_TIME)
    actions.compute(
        campaign=city.campaign, measure=city.campaign.current.plan.measures[0], year=2023, by=None, at=COUNTED
    )
    client.force_login(city.binh)
    for address in ("", "?by=month", "?unit=van-phong", "?field=Giáo dục trung học&by=unit", "rows/"):
        with django_assert_max_num_queries(14):
            assert client.get(f"{ON_TIME}{address}").status_code == 200


def test_what_is_not_counted_yet_is_told_and_the_page_asks_again(city, client):
    batch(DOSSIERS, city.other, dossiers("Giáo dục trung học", 1, 0), at=IN_TIME)
    client.force_login(city.binh)
    assert "Còn 1 trong 2 lô đang được tính" in text(client.get(f"{ON_TIME}?year=2023"))
    actions.compute(
        campaign=city.campaign, measure=city.campaign.current.plan.measures[0], year=2023, by=None, at=COUNTED
    )
    answer = client.get(f"{ON_TIME}?year=2023", headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert "đang được tính" not in text(answer)


def test_the_form_of_a_figure_says_what_the_records_say_and_begins_with_it(city, client):
    clerk = person("phuc", "Đỗ Hồng Phúc", unit=city.division, post=PostKind.FOCAL_POINT)
    client.force_login(clerk)
    page = text(client.get("/reports/units/van-phong/dossiers-on-time/?year=2023&scope=Giáo dục trung học"))
    assert "= 38 / 40" in page
    assert 'value="38"' in page
    assert "nhập tệp xuất" in text(client.get("/reports/units/van-phong/official-email/?year=2023"))


def test_the_table_of_a_criterion_has_what_records_say(city, client):
    actions.declare(
        campaign=city.campaign, year=2023, unit=city.school, criterion="electronic-payment", scope="",
        numerator=Decimal(7), nothing_arose=False, explanation="Sổ thu", by=city.an, at=IN_TIME,
    )  # fmt: skip
    client.force_login(city.binh)
    page = text(client.get("/reports/criteria/electronic-payment/?year=2023"))
    assert "1 / 1" in page


def test_a_school_is_shown_the_criteria_of_schools(client, world):
    client.force_login(world.an)
    page = text(client.get("/reports/explorer/?year=2023"))
    assert "Thanh toán điện tử" in page
    assert "Hồ sơ đúng hạn" not in page
