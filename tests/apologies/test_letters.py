"""Letters of apology: who owes one, in time or late, numbered once, in Word, and nobody else's business."""

import datetime as dt
import io
import re

import docx
import pytest
import time_machine
from tests.batches import batch
from tests.campaigns.several import ALIKE, publish
from tests.fixtures import moment, person, unit

from thidua.analytics import storage
from thidua.apologies import actions, tasks
from thidua.apologies.models import Letter, Run
from thidua.core.units import PostKind, UnitKind
from thidua.ledger.models import Entry
from thidua.ledger.store import open_stored
from thidua.reports.datasets import DOSSIERS

NOW = "2024-03-15 09:00"  # a Friday; the next working day is Monday, 18 March
RETURNED, PENDING, SOON = (
    "/apologies/?year=2024",
    "/apologies/?year=2024&show=pending",
    "/apologies/?year=2024&show=soon",
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def dossier(code: str, due: str, returned: str | None = None, **more) -> dict:
    return {
        "code": code, "procedure": "Cấp bản sao văn bằng", "field": "Văn bằng, chứng chỉ",
        "received": day("2024-02-01"), "due": day(due), "returned": returned and day(returned), **more,
    }  # fmt: skip


@pytest.fixture
def late(world):
    with time_machine.travel(moment(NOW), tick=False):
        world.clerk = person("phuc", "Đỗ Hồng Phúc", unit=world.division, post=PostKind.FOCAL_POINT)
        world.rows = [
            dossier("TRE-1", "2024-03-04", "2024-03-06"),
            dossier("TRE-2", "2024-03-04", "2024-03-07"),
            dossier("CO-THU", "2024-03-04", "2024-03-06", letter="7/TXL"),
            dossier("DUNG", "2024-03-04", "2024-03-04"),
            dossier("QUA-HAN", "2024-03-12"),
            dossier("HOM-NAY", "2024-03-15"),
            dossier("SAP-DEN", "2024-03-18"),
            dossier("CON-LAU", "2024-03-19"),
            dossier("DON", "2024-03-01", "2024-03-09", field="Giải quyết khiếu nại"),
            dossier("RUT", "2024-03-12", status="withdrawn"),
        ]
        world.batch = batch(DOSSIERS, world.division, world.rows, at=moment(NOW), year=2024)
        yield world


def text(response, status=200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return " ".join(response.content.decode().split())


def named(page: str) -> set[str]:
    codes = ("TRE-1", "TRE-2", "CO-THU", "DUNG", "QUA-HAN", "HOM-NAY", "SAP-DEN", "CON-LAU", "DON", "RUT")
    return {code for code in codes if re.search(f"> ?{code} ?<", page)}


def paragraphs(run: Run) -> str:
    with open_stored(run.word) as file:
        paper = docx.Document(io.BytesIO(file.read()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in paper.paragraphs), *cells])


@pytest.mark.parametrize(
    ("address", "codes"),
    [(RETURNED, {"TRE-1", "TRE-2"}), (PENDING, {"QUA-HAN", "HOM-NAY"}), (SOON, {"SAP-DEN"})],
)
def test_who_owes_a_letter(late, client, address, codes):
    client.force_login(late.clerk)
    assert named(text(client.get(address))) == codes


def test_letters_are_made_in_one_go_numbered_and_marked(late, client):
    client.force_login(late.clerk)
    answer = client.post(PENDING, {"what": "all", "reason": "Thiếu hồ sơ gốc.", "new_due": "20/03/2024"})
    assert answer.status_code == 302
    client.post(SOON, {"what": "all", "reason": "Chờ xác minh"})
    found = {each.dossier: (each.number, each.is_late, each.new_due) for each in Letter.objects.all()}
    assert found["SAP-DEN"] == (3, False, None)
    assert {found["QUA-HAN"], found["HOM-NAY"]} == {(1, True, day("2024-03-20")), (2, True, day("2024-03-20"))}
    assert Entry.objects.get(verb="apologies.issue", after__to=2).after == {"letters": 2, "from": 1, "to": 2}
    assert "Số 3 ngày 15/03/2024" in text(client.get(SOON))


def test_the_word_file_has_a_page_for_each_letter(late, client):
    client.force_login(late.clerk)
    client.post(RETURNED, {"what": "all", "reason": "Thiếu hồ sơ gốc."})
    run = Run.objects.get()
    assert "Đang soạn thư" in text(client.get(run.get_absolute_url()))
    tasks.complete(run.pk)
    tasks.complete(run.pk)  # once is enough
    run.refresh_from_db()
    written = paragraphs(run)
    assert written.count("PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ") == 2
    assert "Số: 01/PXL" in written
    assert "Mẫu số 04 (Thông tư số 01/2018/TT-VPCP)" in written
    assert "trả ngày 06/03/2024, chậm 2 ngày" in written
    assert "Lý do: Thiếu hồ sơ gốc." in written
    assert "phiếu này lập sau hạn" not in written  # a remark of the office, not for the citizen
    assert b"".join(client.get(f"{run.get_absolute_url()}word/").streaming_content).startswith(b"PK")


def test_only_those_ticked_get_a_letter_and_none_gets_two(late, client):
    client.force_login(late.clerk)
    client.post(RETURNED, {"what": "chosen", "dossier": ["van-phong TRE-2"], "reason": "Chậm"})
    assert [each.dossier for each in Letter.objects.all()] == ["TRE-2"]
    client.post(RETURNED, {"what": "all", "reason": "Chậm"})
    assert sorted(Letter.objects.values_list("dossier", "number")) == [("TRE-1", 2), ("TRE-2", 1)]
    refused = client.post(RETURNED, {"what": "all", "reason": "Chậm"})
    assert "Các hồ sơ này đều đã có thư." in text(refused, 403)
    assert "Hãy chọn ít nhất một hồ sơ." in text(client.post(RETURNED, {"what": "chosen", "reason": "Chậm"}), 403)


def test_without_a_reason_nothing_is_issued(late, client):
    client.force_login(late.clerk)
    text(client.post(RETURNED, {"what": "all", "reason": " "}), 422)
    assert not Letter.objects.exists()


def test_the_office_writes_for_all_units_and_a_unit_sees_its_own_run_only(late, client):
    other = unit("phong-b", "Phòng Bồ Đề Mẫu", UnitKind.DIVISION, late.department)
    batch(DOSSIERS, other, [dossier("TRE-1", "2024-03-04", "2024-03-05")], at=moment(NOW), year=2024)
    client.force_login(late.binh)
    client.post(RETURNED, {"what": "all", "reason": "Chậm"})
    assert sorted(Letter.objects.values_list("unit__code", "dossier", "number")) == [
        ("phong-b", "TRE-1", 1),
        ("van-phong", "TRE-1", 1),
        ("van-phong", "TRE-2", 2),
    ]
    run = Run.objects.get()
    client.force_login(late.clerk)
    assert client.get(run.get_absolute_url()).status_code == 404  # it holds letters of another unit too
    page = text(client.get("/apologies/?year=2024&show=made"))
    assert "2/PXL" in page
    assert "Bồ Đề" not in page


def test_strangers_and_the_closed_see_nothing_and_issue_nothing(late, client):
    client.force_login(late.dung)
    assert named(text(client.get(RETURNED))) == set()
    assert client.get(f"{RETURNED}&unit=van-phong").status_code == 404
    assert client.post(RETURNED, {"what": "all", "reason": "Chậm"}).status_code == 403
    assert not Letter.objects.exists()


def test_where_a_file_of_records_is_gone_the_page_says_so(late, client):
    client.force_login(late.clerk)
    storage.path_of(late.batch).unlink()
    rows = "/reports/explorer/apology-letters/rows/"
    unit = f"?year=2024&unit={late.division.code}"
    addresses = (RETURNED, f"/apologies/excel/{unit}", f"{rows}{unit}", f"{rows}excel/{unit}")
    for address in (*addresses, f"/records/{late.batch.pk}/export/"):
        assert "không còn trong kho lưu trữ" in text(client.get(address), 503), address


def test_the_list_in_excel(late, client):
    client.force_login(late.clerk)
    answer = client.get("/apologies/excel/?year=2024&show=pending")
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_records_without_letters_say_what_to_do(world, client):
    client.force_login(world.binh)
    assert "Nhập dữ liệu" in text(client.get(RETURNED))


def issued(late, code: str, campaign=None):
    rows = [{**dossier(code, "2024-03-04", "2024-03-06"), "new_due": None, "_unit": "van-phong"}]
    return actions.issue(
        campaign=campaign or late.campaign, year=2024, rows=rows, batches=[late.batch], reason="Chậm", new_due=None,
        by=late.clerk, at=moment(NOW),
    )  # fmt: skip


def test_letters_are_headed_as_the_campaign_says_that_they_were_issued_in(late, client):
    other = publish(ALIKE.replace("Sở Giáo dục và Đào tạo", "Sở Khác"))
    for of, head in ((late.campaign, "SỞ GIÁO DỤC"), (other, "SỞ KHÁC")):
        run = issued(late, of.code, of)
        tasks.complete(run.pk)
        run.refresh_from_db()
        with open_stored(run.word) as file:
            words = "\n".join(cell.text for table in docx.Document(file).tables for cell in table._cells)
        assert head in words.upper(), words
    client.force_login(late.clerk)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Trường học hạnh phúc" in page.split("<summary")[1].split("</summary>")[0]


def test_a_number_is_never_given_twice(late):
    issued(late, "A")
    issued(late, "B")
    assert sorted(Letter.objects.values_list("number", flat=True)) == [1, 2]
    assert actions.MOST == 500
