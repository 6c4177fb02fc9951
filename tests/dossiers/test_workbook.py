"""The Excel list of dossiers: what it holds, who reads what, and that it takes few questions to the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fixtures import IN_TIME, accepted, answers, moment, submitted

from thidua.dossiers import actions as dossiers
from thidua.dossiers import workbook
from thidua.dossiers.models import Dossier
from thidua.people.models import Person


def lines(person):
    person = Person.objects.get(pk=person.pk)
    columns, rows = workbook.sheet(Dossier.objects.visible_to(person).order_by("pk"), person=person)
    return [dict(zip([column.heading for column in columns], row, strict=True)) for row in rows]


def test_a_registration_in_words(world):
    done = accepted(world, scope="nganh")
    (line,) = lines(world.binh)
    assert line["Mã số"] == done.pk
    assert line["Mã đơn vị"] == "hoa-sen"
    assert line["Đơn vị cấp trên"] == "Sở Giáo dục và Đào tạo Mẫu"
    assert line["Loại"] == "Giải pháp"
    assert line["Lĩnh vực cải cách hành chính"] == "Cải cách thủ tục hành chính"
    assert line["Tác giả"] == "Nguyễn Thị An (60%); Bùi Khánh Linh (40%)"
    assert line["Tỷ lệ chưa xác nhận"] == 0
    assert line["Người ký nộp"] == "Hoàng Lan Hạnh"
    assert line["Người quyết định"] == "Lê Văn Bình"
    assert (line["Mốc thực hiện"], line["Đã làm (%)"]) == (1, 0)
    assert (line["Trước"], line["Dự kiến"]) == ("3", "1")
    assert f"{line['Đã nộp']:%d/%m/%Y %H:%M}" == "20/08/2023 10:00"


def test_the_office_reads_what_was_handed_in_and_the_unit_its_own_text(world):
    back = submitted(world)
    after = moment("2023-08-22 08:00")
    dossiers.return_(dossier=back, notes={}, message="Sửa", correct_by=after.date(), by=world.binh, at=IN_TIME)
    dossiers.save(
        dossier=back, answers=answers(world, solution="Đang viết lại."), revision=back.revision, by=world.an, at=after
    )
    heading = "Nội dung giải pháp"
    assert lines(world.binh)[0][heading] == "Hẹn giờ trước bằng mã QR."
    assert lines(world.an)[0][heading] == "Đang viết lại."


@pytest.mark.parametrize("count", [1, 4])
def test_few_questions_whatever_the_number_of_rows(client, world, count):
    for number in range(count):
        submitted(world, title=f"Giải pháp số {number}")
    client.force_login(Person.objects.get(pk=world.binh.pk))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/dossiers/excel/?year=2023")
        assert b"".join(answer.streaming_content).startswith(b"PK")
    assert len(queries) <= 8
