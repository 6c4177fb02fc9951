"""What is uploaded where a list, a plan or a template is expected: 422 with a sentence, nothing changed, never 500."""

import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.documents.test_templates import template

from thidua.ledger.models import Entry


def workbook(*cells: object) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        book.add_worksheet().write_row(0, 0, cells)
    return buffer.getvalue()


def rewritten(content: bytes, part: str, change) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            read = old.read(info)
            new.writestr(info.filename, change(read) if info.filename == part else read)
    return buffer.getvalue()


def with_wrong_sum(content: bytes, part: bytes) -> bytes:
    at = content.rindex(part) - 46 + 16  # the sum of the entry in the list at the end
    return content[:at] + bytes(4) + content[at + 4 :]


def many_entries(count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n in range(count):
            archive.writestr(f"xl/{n}", "")
    return buffer.getvalue()


BOOK, SHEET = workbook("Họ tên", "Mã đơn vị"), "xl/worksheets/sheet1.xml"
DAMAGED = {
    "empty": b"",
    "zeros": bytes(3000),
    "cut": BOOK[: len(BOOK) // 2],
    "end-cut": BOOK[:-25],
    "wrong-sum": with_wrong_sum(BOOK, SHEET.encode()),
    "xml-cut": rewritten(BOOK, SHEET, lambda xml: xml[: len(xml) // 2]),
    "no-sheet": rewritten(BOOK, "xl/workbook.xml", lambda xml: b"<workbook/>"),
    "bomb": rewritten(BOOK, SHEET, lambda xml: bytes(30 * 2**20)),
    "entries": many_entries(20_000),
    "old-excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
    "utf-16-half": b"\xff\xfeH\x00\xd8\xd8\x00",
    "bytes": bytes(range(256)) * 40,
    "huge-cell": workbook("a" * 32_000, "Mã đơn vị"),
    "huge-field": b'"' + b"a" * 300_000 + b'"\n',
    "open-quote": b'"a,b\n' * 2000,
    "wide": b"," * 50_000,
    "null": b"a\x00b,c\n",
    "toml-deep": b"a=" + b"[" * 20_000,
    "toml-half": b'title = "',
    "page": b"<html><script>alert(1)</script></html>",
}
PLACES = {
    "/people/units/import/": "ds.xlsx",
    "/people/people/import/": "ds.xlsx",
    "/reports/people/hoa-sen/import/": "ds.xlsx",
    "/campaigns/versions/load/": "ke-hoach.toml",
    "/documents/consolidated/replace/": "mau.docx",
}


@pytest.mark.parametrize("address", PLACES)
def test_a_damaged_file_is_refused_with_a_sentence_and_nothing_changes(client, world, address):
    client.force_login(world.an if "/reports/" in address else world.binh)
    before, wrong = Entry.objects.count(), []
    client.raise_request_exception = False
    names = {PLACES[address], *(["ds.csv"] if "import" in address else [])}
    for name in names:
        for what, content in DAMAGED.items():
            answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
            if answer.status_code != 422 or (
                'role="alert"' not in answer.text and "invalid-feedback" not in answer.text
            ):
                wrong.append(f"{address} {name} {what}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert Entry.objects.count() == before


def test_a_good_template_is_taken_still(client, world):
    client.force_login(world.binh)
    answer = client.post("/documents/consolidated/replace/", {"file": template("{{ year }}")})
    assert answer.status_code == 302
