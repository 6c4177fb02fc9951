"""Who a citizen is stays nowhere: whatever was handed in, broken or not, by whatever way, and whatever was answered."""

import datetime as dt
import io
import json
import logging
import tempfile
import traceback
import uuid
from pathlib import Path

import pyarrow.parquet
import pytest
import time_machine
import xlsxwriter
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DataError, connection, transaction
from tests.analytics.making import AT, HEADINGS, csv_bytes, row
from tests.analytics.test_api import CSV, Program, dossier
from tests.analytics.test_pages import Page
from tests.surveys.test_surveys import opened

from thidua.analytics import checking, cleaning, spool, tasks
from thidua.analytics.models import Batch, KnownHeadings, Upload
from thidua.core.vietnamese import fold
from thidua.host.postgres import socket_folder
from thidua.ledger import jobs
from thidua.surveys import actions as surveys
from thidua.surveys.models import Answer

NAME, PHONE, IDENTITY, HOME = "Nguyễn Thị Kín", "0987654321", "079123456789", "12 Ngõ Kín"
SECRETS = [fold(each) for each in (NAME, PHONE, IDENTITY, HOME)]
OF_CITIZENS = ["Họ tên người nộp", "Số điện thoại", "Số CCCD", "Địa chỉ"]
CITIZEN = [NAME, PHONE, IDENTITY, HOME]
NAMED = f"Ghi chú {NAME} {PHONE}"  # a heading that somebody wrote
FILE = f"HS {NAME} {PHONE}.csv"


def told() -> list[list]:
    """Right rows, and wrong ones whose wrong cells hold what names a citizen."""
    head = [*HEADINGS, *OF_CITIZENS, NAMED, "Đơn vị"]
    wrong = [row(2, due=NAME), row(3, received=PHONE), row(4, status=f"{NAME} {PHONE}"), row(5, returned=IDENTITY)]
    rows = [[*each, *CITIZEN, "Cấp bản sao", "Trường THPT Hoa Sen Mẫu"] for each in (row(1), *wrong)]
    return [head, *rows, [*row(6), *CITIZEN, "Cấp bản sao", NAME]]


def workbook(rows) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("HS")
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return content.getvalue()


def kept_in_tables() -> dict[str, str]:
    """Every table as text. A batch keeps what its unit called the file, without numbers of people."""
    texts = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {connection.ops.quote_name(name)} t")
            texts[name] = cursor.fetchone()[0]
    names = Batch.objects.values_list("file_name", flat=True)
    assert not any(PHONE in name for name in names)
    for name in names:
        texts["analytics_batch"] = texts["analytics_batch"].replace(name, "")
    return texts


def kept_in_files(*folders: Path) -> dict[str, str]:
    texts = {}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        is_table = path.suffix == ".parquet"
        content = str(pyarrow.parquet.read_table(path).to_pylist()) if is_table else path.read_bytes().decode("latin-1")
        texts[str(path)] = content + path.name
    return texts


def naming(texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(where, each) for where, text in texts.items() for each in SECRETS if each in fold(text)]


@pytest.fixture
def office(importer, world, client, tmp_path, settings, monkeypatch, caplog):
    """An signed in; all that is written goes below folders that are looked through at the end."""
    cache.clear()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level(logging.INFO)
    with time_machine.travel(AT, tick=False):
        client.force_login(world.an)
        yield client
        assert naming(kept_in_tables() | kept_in_files(settings.HOME, temporary)) == []
        letters = {f"mail {n}": str(each.message()) for n, each in enumerate(mail.outbox)}
        assert naming({"log": caplog.text, **letters}) == []


def handed_in(client, content, name=FILE) -> Page:
    file = SimpleUploadedFile(name, content)
    asked = {"dataset": "dossiers", "unit": "hoa-sen", "period": "2023", "file": file}
    assert client.post("/records/import/", asked).status_code == 303
    return Page(client)


def a_day_later() -> None:
    with time_machine.travel(AT + dt.timedelta(days=1), tick=False):
        tasks.remove_old()
    assert not Upload.objects.exists()


@pytest.mark.parametrize("make", [csv_bytes, workbook], ids=["csv", "xlsx"])
def test_of_a_file_on_a_page_only_what_is_declared_stays(office, make):
    page = handed_in(office, make(told()))
    assert page.upload.outcome["rows"] == {"read": 6, "accepted": 2, "refused": 4, "duplicates": 0}
    problems = json.dumps(page.upload.outcome["problems"], ensure_ascii=False)
    assert naming({"problems": problems}) == []
    page.post("check", **{"column-L": "procedure"})  # the column whose heading somebody wrote
    page.work().post("confirm", what="valid")
    assert page.work().upload.state == "imported"
    assert set(KnownHeadings.objects.get().columns.values()) == {"procedure"}
    assert FILE.replace(PHONE, "…") in office.get("/records/").content.decode()
    assert naming({"trail": office.get("/trail/").content.decode()}) == []
    a_day_later()


def test_a_column_that_names_citizens_is_not_taken_in_by_hand(office):
    page = handed_in(office, csv_bytes(told()))
    page.post("check", **{"column-H": "field", "column-C": "-"})
    page.work()
    assert page.upload.outcome["reason"]["code"] == "names_citizens"
    assert "nêu tên người dân" in page.text
    page.post("check", **{"column-H": "-", "column-C": "field"})
    assert page.work().upload.state == "checked"
    page.post("drop")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("content", [workbook(told())[:900], f"{NAME};{PHONE}\n".encode() * 9, NAME.encode("utf-16")])
def test_of_a_file_that_is_none_nothing_stays(office, content):
    page = handed_in(office, content, f"{NAME}.xlsx")
    assert page.upload.state == "refused"
    assert naming({"reason": json.dumps(page.upload.outcome, ensure_ascii=False)}) == []
    a_day_later()


def by_the_program(*args):
    raise ValueError(f"invalid literal for int() with base 10: '{NAME}'")


def by_the_engine(connection, *args):
    connection.execute(f"select cast('{NAME} {PHONE}' as integer)")


@pytest.mark.parametrize("fault", [by_the_program, by_the_engine])
def test_a_fault_in_the_middle_is_told_without_words_of_the_file(office, monkeypatch, fault):
    with monkeypatch.context() as patched:
        patched.setattr(cleaning.loading, "load", fault)
        patched.setattr(checking, "check", lambda wanted, limits, tell: checking.look(wanted, tell))
        with pytest.raises(jobs.Final) as raised:
            handed_in(office, csv_bytes(told()))
        tasks._give_up(Upload.objects.get().pk)
    said = "".join(traceback.format_exception(raised.value))  # as the worker logs it
    assert fault.__name__ in said
    assert naming({"said": said}) == []
    upload = Upload.objects.get()
    assert upload.state == "refused"
    assert not list(spool._root().glob("import-*"))
    a_day_later()


def test_of_a_file_of_the_command_line_and_of_a_program_nothing_stays(office, world, importer, capsys):
    file = importer.file(csv_bytes(told()), FILE)
    words = ["records", "import", "dossiers", str(file), "--unit", "hoa-sen", "--period", "2023"]
    out = io.StringIO()
    call_command(*words, json=True, stdout=out, stderr=out)
    with pytest.raises(SystemExit):
        call_command(*words, map=["Họ tên người nộp=field"], dry_run=True, json=True, stdout=out, stderr=out)
    assert "names_citizens" in out.getvalue()
    file.unlink()
    program = Program(world)
    answers = [
        program.push([dossier(7), dossier(8, due=NAME), dossier(9, status=PHONE)], "a"),
        program.push([dossier(7, **{NAME: PHONE})], "b"),
        program.push(f'[{{"code": "{NAME}"'.encode(), "c"),
        program.push(csv_bytes(told()), "d", CSV),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 422, 200]
    assert naming({"api": answers[0].content.decode() + answers[2].content.decode()}) == []


def test_of_numbers_in_an_answer_nothing_stays(office, world):
    place = opened(world).places.select_related("survey", "unit").get(unit=world.school)
    words = f"Chờ lâu. Gọi lại {PHONE} hoặc 0987 654 321, CCCD {IDENTITY}."
    surveys.answer(place=place, levels=[5, 5], words=words, form=uuid.uuid4(), on=dt.date(2023, 9, 10))
    assert Answer.objects.get().words == "Chờ lâu. Gọi lại … hoặc …, CCCD …."


def test_the_database_keeps_no_values_in_its_log(db):
    """Statements of its own are made of values; a fault is logged without them."""
    from tests.conftest import HOME as home

    if connection.settings_dict["HOST"] != str(socket_folder(home)):
        pytest.skip("a database that is not ours")
    with transaction.atomic(), connection.cursor() as cursor, pytest.raises(DataError), transaction.atomic():
        cursor.execute("select %s::date", [f"{NAME} {PHONE}"])
    assert PHONE not in (home / "postgres.log").read_text()


def test_ten_files_of_a_person_wait_and_no_more(office, world):
    for _each in range(10):
        handed_in(office, csv_bytes([HEADINGS, row(1)]), "hs.csv")
    file = SimpleUploadedFile("hs.csv", csv_bytes([HEADINGS, row(1)]))
    asked = {"dataset": "dossiers", "unit": "hoa-sen", "period": "2023", "file": file}
    refused = office.post("/records/import/", asked)
    assert refused.status_code == 422
    assert "10 tệp của bạn đang chờ quyết định" in refused.content.decode()
    assert Upload.objects.count() == 10
    Upload.objects.latest("pk").delete()
    file.seek(0)
    assert office.post("/records/import/", asked).status_code == 303
