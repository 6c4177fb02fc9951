"""What is given out is called by what it is, in one place (ui.downloads), whatever its sender called it."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures import IN_TIME, begun

import thidua
from thidua.core.files import called
from thidua.dossiers import actions as dossiers

SOURCES = [path for path in Path(thidua.__file__).parent.rglob("*.py") if path.name != "downloads.py"]

LAID_BY_THE_WORKER = {("analytics", "views.py")}  # the coloured file
OF_COMMANDS = {("analytics", "workbook.py")}  # thidua records export


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_one_place_names_a_download(path):
    words = re.compile(r"Content-Disposition|FileResponse\(|as_attachment|X-Sendfile", re.IGNORECASE)
    assert not words.search(path.read_text(encoding="utf-8"))


def test_workbooks_are_made_by_one_room():
    """It has long ones written by the worker. What is called by its ending elsewhere lies on the disk already."""
    words = re.compile(r"download\(.*\"xlsx\"|\bworkbook\.write\(")
    found = {(path.parent.name, path.name) for path in SOURCES if words.search(path.read_text(encoding="utf-8"))}
    assert found == {("exchange", "http.py"), ("exchange", "views.py"), *LAID_BY_THE_WORKER, *OF_COMMANDS}


@pytest.mark.parametrize(
    ("name", "ending", "kept"),
    [
        ("Báo cáo quý III.pdf", "pdf", "Báo cáo quý III.pdf"),
        ("minh chứng.exe", "pdf", "minh chứng.pdf"),
        ("minh chứng.pdf.exe", "docx", "minh chứng.pdf.docx"),
        ("ảnh.jpeg", "jpg", "ảnh.jpg"),
        ("BÁO CÁO.PDF", "pdf", "BÁO CÁO.pdf"),
        ("Họp 31.10", "pdf", "Họp 31.10.pdf"),
        ("hồ sơ\u202efdp.exe", "pdf", "hồ sơfdp.pdf"),
        ("a\u200f\u2066b\u0000c.pdf", "pdf", "abc.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\An\\tệp.docx", "docx", "tệp.docx"),
        ('a"; filename="b.exe\r\nSet-Cookie: x=1.pdf', "pdf", "a ; filename= b.exe Set-Cookie x=1.pdf"),
        ("", "pdf", "tep.pdf"),
        (".pdf", "pdf", "pdf.pdf"),
        ("...", "png", "tep.png"),
        ("Trường " * 60 + ".pdf", "pdf", ("Trường " * 20).strip() + ".pdf"),
        ("ế" * 300, "pdf", "ế" * 60 + ".pdf"),
    ],
)
def test_a_file_is_called_by_what_it_is(name, ending, kept):
    found = called(name, ending)
    assert found == kept or (len(name) > 300 and found.startswith("Trường") and len(found.encode()) <= 184)


def test_a_name_is_read_in_a_time_that_grows_with_it():
    assert called("." * 5_000_000 + "/" * 5_000_000, "pdf") == "tep.pdf"


@pytest.mark.parametrize("name", ["báo cáo.exe", "hồ sơ\u202efdp.exe", "a\r\nb.pdf", 'x".html'])
def test_evidence_goes_out_as_what_it_is(client, world, name):
    dossier = begun(world)
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")
    upload._name = name  # past what Django would take off it
    (kept,) = dossiers.attach(dossier=dossier, question="files", uploads=[upload], by=world.an, at=IN_TIME)
    client.force_login(world.an)
    answer = client.get(f"/dossiers/files/{kept.pk}/")
    assert answer["Content-Type"] == "application/pdf"
    assert re.search(r"\.pdf\"?$", answer["Content-Disposition"])
    assert "exe" not in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert kept.name == called(name, "pdf")
    answer.close()
