"""Records on pages: a file dropped, checked, imported, taken back; and the figure that follows from it."""

import datetime as dt
import io

import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures import moment, person

from thidua.analytics.models import Batch
from thidua.core.units import PostKind
from thidua.ledger.models import Entry
from thidua.reports import tasks

NOW = moment("2024-01-10 08:00")
HEAD = ("STT", "Mã HS", "Họ tên người nộp", "Lĩnh vực", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả")


def export(*rows, head=HEAD) -> SimpleUploadedFile:
    """As a one-stop system gives it: a national heading, the table from row 4."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Báo cáo")
        sheet.write(0, 0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        sheet.write_row(3, 0, head)
        for number, row in enumerate(rows, start=4):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("xuat-mot-cua.xlsx", content.getvalue())


def row(number: int, returned: str, due="10/03/2023") -> tuple:
    return (number, f"HS-{number}", "Nguyễn Văn Mẫu", "Giáo dục trung học", "01/03/2023", due, returned)


@pytest.fixture
def clerk(world):
    return person("phuc", "Đỗ Hồng Phúc", unit=world.division, post=PostKind.FOCAL_POINT)


@pytest.fixture
def signed_in(client, clerk):
    with time_machine.travel(NOW, tick=False):
        client.force_login(clerk)
        yield client


def sent(client, file, what="valid", **more):
    data = {"dataset": "dossiers", "unit": "van-phong", "period": "2023", "what": what, "file": file, **more}
    return client.post("/records/import/", data)


def test_a_file_is_checked_without_being_kept(signed_in):
    page = sent(signed_in, export(row(1, "09/03/2023"), row(2, "lúc nào đó")), what="check")
    text = page.content.decode()
    assert page.status_code == 200
    assert "chưa ghi gì" in text
    assert "Họ tên người nộp" in text  # among the columns left out
    assert "Nguyễn Văn Mẫu" not in text
    assert "lúc nào đó" not in text  # no cell is quoted
    assert not Batch.objects.exists()


def test_a_file_becomes_a_figure_on_the_scorecard(world, signed_in):
    assert sent(signed_in, export(row(1, "09/03/2023"), row(2, "15/03/2023"))).status_code == 200
    batch = Batch.objects.get()
    assert (batch.rows, batch.rows_refused, batch.imported_by.username) == (2, 0, "phuc")
    tasks.compute(batch.pk)
    page = signed_in.get("/reports/units/van-phong/?year=2023").content.decode()
    assert "1 / 2" in page
    assert "50 %" in page


def test_a_valid_row_is_taken_and_a_wrong_one_named(signed_in):
    page = sent(signed_in, export(row(1, "09/03/2023"), row(2, "30/02/2023")))
    assert page.status_code == 200
    assert (Batch.objects.get().rows, Batch.objects.get().rows_refused) == (1, 1)
    assert "Ngày trả kết quả" in page.content.decode().partition("<table")[2]


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("rong.xlsx", b"x"),
        export(row(1, "09/03/2023"), head=("A", "B", "C", "D", "E", "F", "G")),
    ],
    ids=["no workbook", "no headings"],
)
def test_a_file_that_is_none_is_refused_with_its_reason(signed_in, file):
    page = sent(signed_in, file)
    assert page.status_code == 422
    assert 'class="refusal"' in page.content.decode()
    assert not Batch.objects.exists()


def test_a_batch_is_had_out_and_taken_back(signed_in):
    sent(signed_in, export(row(1, "09/03/2023")))
    batch = Batch.objects.get()
    assert "Đang tính" in signed_in.get("/records/").content.decode()
    assert b"".join(signed_in.get(f"/records/{batch.pk}/export/")).startswith(b"PK")
    assert signed_in.post(f"/records/{batch.pk}/withdraw/").status_code == 302
    batch.refresh_from_db()
    assert batch.withdrawn_at is not None
    assert {"analytics.import_records", "analytics.export", "analytics.withdraw"} <= set(
        Entry.objects.values_list("verb", flat=True)
    )


def test_others_neither_import_nor_see_the_records_of_a_unit(world, client, signed_in):
    sent(signed_in, export(row(1, "09/03/2023")))
    batch = Batch.objects.get()
    for stranger in (world.an, world.dung):
        client.force_login(stranger)
        assert client.get("/records/").status_code == 200
        assert f"/records/{batch.pk}/" not in client.get("/records/").content.decode()
        assert client.post(f"/records/{batch.pk}/withdraw/").status_code == 404
        assert client.get(f"/records/{batch.pk}/export/").status_code == 404
        assert sent(client, export(row(1, "09/03/2023"))).status_code == 422  # not a unit to choose
    client.force_login(world.leader)
    assert client.get("/records/import/").status_code == 200
    assert sent(client, export(row(1, "09/03/2023"))).status_code == 422
    assert client.post(f"/records/{batch.pk}/withdraw/").status_code == 403
    assert Batch.objects.count() == 1


def test_the_list_costs_the_same_for_one_batch_as_for_three(world, signed_in, django_assert_max_num_queries):
    for number in range(3):
        sent(signed_in, export(*(row(each, "09/03/2023") for each in range(number + 1))))
        with django_assert_max_num_queries(12):
            signed_in.get("/records/")
    assert Batch.objects.filter(imported_at__lte=NOW + dt.timedelta(1)).count() == 3
