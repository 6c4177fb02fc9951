"""Records on pages: a file dropped, checked, imported, taken back; and the figure that follows from it."""

import datetime as dt
import io
import json
import os
import zipfile

import openpyxl
import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.fixtures import moment, person

from thidua.analytics import actions, checking, tasks
from thidua.analytics.models import Batch, Upload
from thidua.core.refusals import Away, Denied
from thidua.core.units import PostKind
from thidua.exchange import http
from thidua.exchange import tasks as exchange
from thidua.exchange.models import Export
from thidua.host.bounded import Busy, Ended
from thidua.ledger import care
from thidua.ledger.models import Entry, FailedJob
from thidua.reports import tasks as reports

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


def sent(client, file, **more):
    """Hands the file in; gives the answer."""
    data = {"dataset": "dossiers", "unit": "van-phong", "period": "2023", "file": file, **more}
    return client.post("/records/import/", data)


class Page:
    """The page of the newest upload, whose jobs this plays the worker for."""

    def __init__(self, client):
        self.client, self.upload = client, Upload.objects.latest("pk")
        self.work()

    def work(self):
        """Does the job that was asked for last, as the worker would."""
        job = ProcrastinateJob.objects.filter(task_name="analytics.read").latest("id")
        tasks.read(**job.args)
        self.upload.refresh_from_db()
        return self

    @property
    def text(self):
        return self.client.get(self.upload.get_absolute_url()).content.decode()

    def post(self, verb, **data):
        return self.client.post(f"{self.upload.get_absolute_url()}{verb}/", data)


def handed_in(client, file, **more) -> Page:
    answer = sent(client, file, **more)
    page = Page(client)
    assert (answer.status_code, answer["Location"]) == (303, page.upload.get_absolute_url())
    return page


def imported(client, file, what="valid", **more) -> Page:
    page = handed_in(client, file, **more)
    assert page.post("confirm", what=what).status_code == 303
    return page.work()


def in_spool() -> list[str]:
    from django.conf import settings

    return [path.name for path in (settings.HOME / "spool").iterdir()]


def test_a_file_is_checked_without_being_kept(signed_in):
    page = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "lúc nào đó")))
    assert "chưa ghi gì" in page.text
    assert "Họ tên người nộp" in page.text  # among the columns left out
    assert "Nguyễn Văn Mẫu" not in page.text
    assert "lúc nào đó" not in page.text + json.dumps(page.upload.outcome, ensure_ascii=False)  # no cell is quoted
    assert not Batch.objects.exists()


def test_dataset_and_year_are_chosen_and_the_only_unit_is(world, signed_in):
    """A file of 2022 that nobody meant for this year is not taken for it."""
    page = signed_in.get("/records/import/").content.decode()
    assert page.count('<option value="" selected>Hãy chọn…</option>') == 2
    assert sent(signed_in, export(row(1, "09/03/2023")), dataset="").status_code == 422
    refused = sent(signed_in, export(row(1, "09/03/2023")), period="").content.decode()
    assert refused.count("1 ô cần xem lại") == 1
    assert not Upload.objects.exists()


def test_a_file_of_another_dataset_says_what_to_look_at(signed_in):
    page = handed_in(signed_in, export(row(1, "09/03/2023")), dataset="payments")
    assert "Hãy xem đã chọn đúng bộ dữ liệu chưa" in page.text
    assert "/records/import/?unit=van-phong&amp;period=2023" in page.text


def test_that_the_year_may_be_the_wrong_one_is_said_before_it_is_confirmed(signed_in):
    text = handed_in(signed_in, export(row(1, "09/03/2023")), period="2024").text
    warning = text.index("chỉ có 0 dòng có ngày thuộc năm 2024")
    assert warning < text.index('value="valid"')


def test_what_is_wrong_is_said_in_the_language_of_the_reader(signed_in):
    page = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "lúc nào đó")))
    assert "“Ngày trả kết quả” không phải là ngày" in page.text
    signed_in.cookies["language"] = "en"
    assert "is no day; write day/month/year." in page.text


def test_while_nobody_reads_the_page_says_so(signed_in):
    sent(signed_in, export(row(1, "09/03/2023")))
    upload = Upload.objects.get()
    assert "<progress" in signed_in.get(upload.get_absolute_url()).content.decode()
    assert "Chưa có gì bắt đầu đọc" not in signed_in.get(upload.get_absolute_url()).content.decode()
    with time_machine.travel(NOW + dt.timedelta(seconds=11), tick=False):
        assert "Chưa có gì bắt đầu đọc" in signed_in.get(upload.get_absolute_url()).content.decode()
    assert signed_in.post(f"{upload.get_absolute_url()}drop/").status_code == 403  # only once it is read
    Page(signed_in)
    fragment = signed_in.get(upload.get_absolute_url(), headers={"HX-Request": "true"})
    assert fragment["HX-Refresh"] == "true"


def test_a_file_becomes_a_figure_on_the_scorecard(world, signed_in):
    page = imported(signed_in, export(row(1, "09/03/2023"), row(2, "15/03/2023")))
    batch = Batch.objects.get()
    assert (batch.rows, batch.rows_refused, batch.imported_by.username) == (2, 0, "phuc")
    assert "Đã nhập" in page.text
    reports.compute(batch.pk)
    scorecard = signed_in.get("/reports/units/van-phong/?year=2023").content.decode()
    assert "1 / 2" in scorecard
    assert "50%" in scorecard


def test_valid_rows_or_none(signed_in):
    page = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "30/02/2023")))
    assert "1 dòng không được nhận" in page.text
    assert not Batch.objects.exists()
    assert page.post("confirm", what="valid").status_code == 303
    assert "Ngày trả kết quả" in page.work().text.partition("<table")[2]
    assert "/reports/units/van-phong/?campaign=cchc-2023-2025&amp;year=2023" in page.text
    assert (Batch.objects.get().rows, Batch.objects.get().rows_refused) == (1, 1)


def test_nothing_arose_is_said_on_the_page(signed_in):
    page = handed_in(signed_in, export())
    assert page.upload.outcome["reason"]["code"] == "no_rows"
    assert "--nothing-arose" not in page.text
    page.post("confirm", what="nothing")
    page.work()
    assert Batch.objects.get().nothing_arose


UNKNOWN = (*HEAD[:5], "Hạn nội bộ", HEAD[6])


def test_a_column_is_chosen_and_remembered_for_the_next_file(signed_in, world):
    page = handed_in(signed_in, export(row(1, "09/03/2023"), head=UNKNOWN))
    assert page.upload.outcome["reason"]["code"] == "missing_column"
    assert "--map" not in page.text
    page.post("check", **{"column-F": "due"})
    assert page.work().upload.state == "checked"
    page.post("confirm", what="valid")
    page.work()
    again = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "09/03/2023"), head=UNKNOWN))
    assert (again.upload.state, again.upload.columns) == ("checked", {})
    assert "như đã chọn lần trước" in again.text
    again.post("check", **{"column-F": "-"})  # and what is said now wins
    assert again.work().upload.outcome["reason"]["code"] == "missing_column"


def test_the_sheet_is_chosen_on_the_page(signed_in):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for n, name in enumerate(("Quý I", "Quý II"), start=1):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, row(n, "09/03/2023"))
    page = handed_in(signed_in, SimpleUploadedFile("hai.xlsx", content.getvalue()))
    assert page.upload.outcome["reason"]["code"] == "ambiguous_sheet"
    assert "--sheet" not in page.text
    assert page.post("check", sheets=["Không có"]).status_code == 422
    page.post("check", sheets=["Quý I", "Quý II"])
    assert page.work().upload.outcome["rows"]["accepted"] == 2


def test_wrong_cells_come_coloured_to_the_uploader_alone_and_go_with_the_file(world, client, signed_in):
    page = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "30/02/2023")))
    address = f"{page.upload.get_absolute_url()}coloured/"
    assert address in page.text
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(signed_in.get(address)))).active
    assert sheet["G6"].fill.fgColor.rgb == "FFF8D7DA"
    client.force_login(world.leader)
    for each in (address, page.upload.get_absolute_url()):
        assert client.get(each).status_code == 404
    assert client.post(f"{page.upload.get_absolute_url()}confirm/").status_code == 404
    client.force_login(page.upload.handed_in_by)
    page.post("confirm", what="valid")
    page.work()
    assert client.get(address).status_code == 404
    assert page.upload.folder not in in_spool()


def test_names_and_cells_that_excel_does_not_take_come_back_coloured(signed_in):
    """Other programs name sheets as they like; a cell of a CSV file may be longer than one of Excel."""
    odd = io.BytesIO()
    with zipfile.ZipFile(export(row(1, "hôm nào"))) as made, zipfile.ZipFile(odd, "w") as target:
        for name in made.namelist():
            target.writestr(name, made.read(name).replace("Báo cáo".encode(), b"&apos;a/b[1]"))
    page = handed_in(signed_in, SimpleUploadedFile("hs.xlsx", odd.getvalue()))
    made = signed_in.get(f"{page.upload.get_absolute_url()}coloured/")
    assert b"".join(made.streaming_content).startswith(b"PK")
    lines = [",".join(HEAD), *(",".join(map(str, row(n, "hôm nào"))) for n in range(60))]
    lines.append(lines[-1].replace("HS-59", "HS-60").replace("Nguyễn Văn Mẫu", "x" * 200_000))
    page = handed_in(signed_in, SimpleUploadedFile("hs.csv", "\n".join(lines).encode()))
    assert page.upload.outcome["problem_count"] == 61


@pytest.mark.parametrize("fault", [Ended(), Busy(), OSError(28, "No space left on device"), ValueError("H29")])
def test_where_it_cannot_come_coloured_the_page_says_so(signed_in, monkeypatch, fault):
    run = checking.nursery.run

    def no_painting(work, *given, **named):
        if work.endswith(":paint"):
            raise fault
        return run(work, *given, **named)

    monkeypatch.setattr(checking.nursery, "run", no_painting)
    page = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "30/02/2023")))
    assert page.upload.state == "checked"
    assert "Không tạo được bảng tính có tô màu" in page.text


def test_a_worker_that_was_killed_while_it_coloured_keeps_nobody_waiting(signed_in, monkeypatch):
    monkeypatch.setattr(tasks.workbook, "colour", lambda *given: None)
    page = handed_in(signed_in, export(row(1, "09/03/2023"), row(2, "30/02/2023")))
    assert "Đang tạo bảng tính" in page.text
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        assert "Không tạo được bảng tính có tô màu" in page.text


def test_a_file_is_dropped_by_hand_or_after_a_day(signed_in):
    dropped, old, young = (handed_in(signed_in, export(row(n, "09/03/2023"))).upload for n in range(3))
    assert signed_in.post(f"{dropped.get_absolute_url()}drop/").status_code == 303
    assert dropped.folder not in in_spool()
    Upload.objects.filter(pk=old.pk).update(settled_at=NOW - dt.timedelta(hours=23))
    tasks.remove_old()
    assert list(Upload.objects.all()) == [young]
    assert old.folder not in in_spool()
    assert young.folder in in_spool()


def test_a_confirmed_import_waits_for_the_worker_for_days(signed_in, settings):
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    page.post("confirm", what="valid")
    folder = settings.HOME / "spool" / page.upload.folder
    later = NOW + dt.timedelta(days=3)
    os.utime(folder, (NOW.timestamp(), NOW.timestamp()))
    with time_machine.travel(later, tick=False):
        tasks.remove_old()
        assert page.work().upload.state == "imported"
    assert Batch.objects.count() == 1


def test_what_was_read_after_days_is_decided_on_for_a_day(signed_in):
    sent(signed_in, export(row(1, "09/03/2023")))
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        page = Page(signed_in)
        tasks.remove_old()
        signed_in.force_login(page.upload.handed_in_by)
        page.post("confirm", what="valid")
        assert page.work().upload.state == "imported"


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("rong.xlsx", b"x"),
        export(row(1, "09/03/2023"), head=("A", "B", "C", "D", "E", "F", "G")),
    ],
    ids=["no workbook", "no headings"],
)
def test_a_file_that_is_none_is_refused_with_its_reason(signed_in, file):
    page = handed_in(signed_in, file)
    assert page.upload.state == "refused"
    assert 'class="refusal"' in page.text
    assert not Batch.objects.exists()


def test_a_storage_that_is_away_is_told_and_tried_again(signed_in, monkeypatch):
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    with monkeypatch.context() as patched:
        patched.setattr("thidua.ledger.folder.Folder._save", _full)
        page.post("confirm", what="valid")
        with pytest.raises(Away):
            page.work()
        assert "không lưu hoặc mở được" in page.text
    assert page.work().upload.state == "imported"  # the second try of the same job: nothing was to be confirmed anew


def test_a_confirmed_import_that_was_given_up_is_decided_on_again(signed_in, monkeypatch):
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    with monkeypatch.context() as patched:
        patched.setattr("thidua.analytics.storage.default_storage.save", _full)
        page.post("confirm", what="valid")
        with pytest.raises(Away):
            page.work()
    tasks._give_up(page.upload.pk, dry_run=False)
    assert "Mã HS" in page.text  # what was known of the file is not lost
    page.post("confirm", what="valid")
    assert page.work().upload.state == "imported"


def given_up(page, monkeypatch) -> FailedJob:
    """The import that was confirmed fails for good, and stands in the administrator's list."""
    with monkeypatch.context() as patched:
        patched.setattr("thidua.analytics.storage.default_storage.save", _full)
        page.post("confirm", what="valid")
        with pytest.raises(Away):
            page.work()
    job = ProcrastinateJob.objects.filter(task_name="analytics.read").latest("id")
    tasks._give_up(**job.args)
    return FailedJob.objects.create(
        job_id=job.id, name="analytics.read", arguments=job.args, failed_at=NOW, given_up_at=NOW
    )


def test_a_confirmed_import_that_was_given_up_is_tried_again(signed_in, monkeypatch):
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    care.try_again(job=given_up(page, monkeypatch), by=None, at=NOW)
    assert page.work().upload.state == "imported"


def test_what_is_still_tried_by_itself_is_tried_at_once(signed_in):
    """Nothing was freed, so nothing is put back."""
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    page.post("confirm", what="valid")
    waits = ProcrastinateJob.objects.filter(task_name="analytics.read").latest("id")
    job = FailedJob.objects.create(
        job_id=waits.id, name="analytics.read", arguments=waits.args, failed_at=NOW, next_try_at=NOW
    )
    care.try_again(job=job, by=None, at=NOW)
    assert not ProcrastinateJob.objects.filter(id=waits.id).exists()
    assert page.work().upload.state == "imported"


@pytest.mark.parametrize("since", ["checked", "asked", "dropped"])
def test_what_its_person_decided_since_is_not_tried_again(signed_in, monkeypatch, since):
    """A reading that was given up would import what is now only to be checked."""
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    job = given_up(page, monkeypatch)
    page.post("drop" if since == "dropped" else "check")
    if since == "checked":
        page.work()
    with pytest.raises(Denied, match="gác lại"):
        care.try_again(job=job, by=None, at=NOW)
    assert FailedJob.objects.filter(pk=job.pk).exists()
    assert not Batch.objects.exists()


def test_a_file_that_is_read_for_too_long_may_be_dropped(signed_in, monkeypatch):
    """The database was away while the job ended: the file stays "being read", and its person need not wait a day."""
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    Upload.objects.update(state="reading")
    page.post("drop")
    assert Upload.objects.exists()
    with time_machine.travel(NOW + dt.timedelta(minutes=31), tick=False):
        signed_in.force_login(page.upload.handed_in_by)
        assert "Bỏ tệp này" in page.text
        page.post("drop")
    assert not Upload.objects.exists()


def test_nothing_of_a_dropped_file_is_imported_by_a_reading_that_goes_on(signed_in):
    page = handed_in(signed_in, export(row(1, "09/03/2023")))
    page.post("confirm", what="valid")
    upload, keep = page.upload, actions.uploads._take_over

    def dropped_then_kept(*args):
        Upload.objects.filter(pk=upload.pk).delete()
        return keep(*args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(actions.uploads, "_take_over", dropped_then_kept)
        tasks.read(upload.pk, dry_run=False)
    assert not Batch.objects.exists()


def _full(*args, **kwargs):
    raise OSError(28, "No space left on device")


def test_a_batch_is_had_out_and_taken_back(signed_in):
    imported(signed_in, export(row(1, "09/03/2023")))
    batch = Batch.objects.get()
    assert "Đang có hiệu lực" in signed_in.get("/records/").content.decode()
    assert b"".join(signed_in.get(f"/records/{batch.pk}/export/")).startswith(b"PK")
    assert signed_in.post(f"/records/{batch.pk}/withdraw/").status_code == 302
    batch.refresh_from_db()
    assert batch.withdrawn_at is not None
    assert {"analytics.import_records", "analytics.export", "analytics.withdraw"} <= set(
        Entry.objects.values_list("verb", flat=True)
    )


def test_many_rows_are_had_out_by_the_worker(signed_in, monkeypatch):
    monkeypatch.setattr(http, "CELLS_AT_ONCE", 0)
    imported(signed_in, export(row(1, "09/03/2023")))
    had_out = Entry.objects.filter(verb="analytics.export")
    answer = signed_in.get(f"/records/{Batch.objects.get().pk}/export/")
    made = Export.objects.get()
    assert (answer.status_code, answer["Location"], had_out.count()) == (302, made.get_absolute_url(), 0)
    exchange.write(made.pk)
    assert had_out.count() == 1
    content = b"".join(signed_in.get(f"{made.get_absolute_url()}file/"))
    assert "HS-1" in {cell.value for line in openpyxl.load_workbook(io.BytesIO(content)).active for cell in line}


def test_the_list_is_searched_filtered_and_had_out(signed_in):
    imported(signed_in, export(row(1, "09/03/2023")))
    imported(signed_in, export(row(2, "09/03/2023")), period="2022")

    def sheet(query):
        answer = signed_in.get(f"/records/excel/?{query}")
        return openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active

    assert [cell.value for cell in sheet("")["C"]] == ["Năm", "2022", "2023"]
    assert [cell.value for cell in sheet("q=van phong mot-cua&period=2023")["I"]] == ["Trạng thái", "Đang có hiệu lực"]
    assert sheet("q=hoa sen").max_row == 1
    page = signed_in.get("/records/?period=2022").content.decode()
    assert "/withdraw/" in page
    assert ">2023</td>" not in page


def test_others_neither_import_nor_see_the_records_of_a_unit(world, client, signed_in):
    imported(signed_in, export(row(1, "09/03/2023")))
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
        imported(signed_in, export(*(row(each, "09/03/2023") for each in range(number + 1))))
        with django_assert_max_num_queries(12):
            signed_in.get("/records/")
    assert Batch.objects.filter(imported_at__lte=NOW + dt.timedelta(1)).count() == 3
