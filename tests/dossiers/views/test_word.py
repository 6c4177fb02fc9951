"""Registration and report in Word: in the template of their kind, with the answers that the reader may see."""

import datetime as dt
import io

import pytest
from docx import Document
from tests.fixtures import IN_TIME, accepted, begun, declared, reported, submitted

from thidua.dossiers import actions


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
    assert "Chạy thử (15/09/2023)" in text
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
