"""Registration and report in Word: in the template of their kind, with the answers that the reader may see."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from tests.fixtures import IN_TIME, accepted, begun, declared, reported, submitted

from thidua.dossiers import actions
from thidua.dossiers.models import Attachment
from thidua.ledger import files
from thidua.people.models import Post


def lines(client, dossier) -> list[str]:
    answer = client.get(f"/dossiers/{dossier.pk}/word/")
    assert answer.status_code == 200
    paper = Document(io.BytesIO(answer.getvalue()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [each.text for each in paper.paragraphs] + cells


def test_a_registration_comes_out_with_every_answer(client, world):
    client.force_login(world.binh)
    text = lines(client, submitted(world))
    assert "ĐĂNG KÝ MÔ HÌNH, GIẢI PHÁP, SÁNG KIẾN" in text
    assert "Phụ huynh đến trường ba lần." in text
    assert "Nguyễn Thị An: 60%" in text
    assert "Chạy thử (hạn 15/09/2023, trọng số 1)" in text
    assert any("TRƯỜNG THPT HOA SEN MẪU" in each for each in text)
    assert any("Hoàng Lan Hạnh" in each for each in text)


def test_a_report_shows_what_was_promised_and_the_figures(client, world):
    registration = accepted(world)
    declared(world)
    client.force_login(world.binh)
    text = lines(client, reported(world, registration))
    assert "Nội dung đã đăng ký" in text
    assert any("75% = 3 / 4" in each for each in text)


@pytest.mark.parametrize(("who", "status"), [("an", 200), ("linh", 200), ("dung", 404), ("binh", 404)])
def test_a_draft_is_the_units_own(client, world, who, status):
    client.force_login(getattr(world, who))
    assert client.get(f"/dossiers/{begun(world).pk}/word/").status_code == status


def test_the_office_reads_what_was_handed_in_while_the_unit_corrects_it(client, world):
    dossier = submitted(world)
    actions.return_(dossier=dossier, notes={}, message="Sửa", correct_by=dt.date(2023, 9, 9), by=world.binh, at=IN_TIME)
    client.force_login(world.binh)
    assert "Phụ huynh đến trường ba lần." in lines(client, dossier)


def test_a_deputy_signs_for_the_head_and_each_by_the_post(client, world):
    client.force_login(world.binh)
    dossier = submitted(world)
    Post.objects.filter(person=world.hanh, unit=world.school).update(title="Hiệu trưởng")
    assert any(each.startswith("HIỆU TRƯỞNG\n") for each in lines(client, dossier))
    Post.objects.filter(person=world.hanh, unit=world.school).update(kind="deputy", title="Phó Hiệu trưởng")
    assert any(each.startswith("KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG\n") for each in lines(client, dossier))


def test_the_names_of_attached_files_stand_in_the_paper_and_a_draft_says_so(client, world):
    client.force_login(world.an)
    dossier = begun(world)
    assert "DỰ THẢO" in "".join(lines(client, dossier))
    assert "Tài liệu gửi kèm" not in lines(client, dossier)
    file = files.store(SimpleUploadedFile("anh.jpg", b"\xff\xd8\xff\xe0" + bytes(64)), by=world.an, at=IN_TIME)
    Attachment.objects.create(
        dossier=dossier, question="minh-chung", name="Ảnh bàn một cửa.jpg", file=file, attached_at=IN_TIME,
        attached_by=world.an,
    )  # fmt: skip
    assert "1. Ảnh bàn một cửa.jpg" in lines(client, dossier)
    assert "DỰ THẢO" not in "".join(lines(client, submitted(world, title="Đã nộp")))
