"""Office files from outside: what loads, runs or carries something by itself is refused with the reason; what officials
send every day is taken."""

import io
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from tests.documents.test_templates import PAPER
from tests.fixtures import IN_TIME, begun

from thidua.core.refusals import Unfit
from thidua.documents import actions as documents
from thidua.dossiers.models import Attachment
from thidua.host import bounded
from thidua.ledger import files, office

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(parts: dict[str, str | bytes], kind="word/document.xml", main="<w/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {kind: main, **parts}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def rels(kind: str, target: str, mode=' TargetMode="External"', of="word/_rels/document.xml.rels") -> dict[str, str]:
    return {of: f'<Relationships><Relationship Id="r1" Type="{REL}{kind}" Target="{target}"{mode}/></Relationships>'}


def field(*codes: str) -> bytes:
    turn = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    body = turn.format("begin") + runs + turn.format("separate") + "<w:t>x</w:t>" + turn.format("end")
    return packed({}, main=f"<w:document {W}><w:body><w:p>{body}</w:p></w:body></w:document>")


def sheet(formula: str) -> bytes:
    cell = f'<worksheet><sheetData><row><c r="A1"><f>{formula}</f><v>1</v></c></row></sheetData></worksheet>'
    return packed({"xl/worksheets/sheet1.xml": cell}, kind="xl/workbook.xml", main="<workbook/>")


def nested() -> bytes:
    inner = packed({"word/embeddings/oleObject1.bin": b"\xd0\xcf"})
    return packed({"ppt/embeddings/Microsoft_Word1.docx": inner}, kind="ppt/presentation.xml", main="<p/>")


BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w>&b;</w>'
HARMFUL = {
    "template": (
        packed(rels("attachedTemplate", "https://x.vn/a.dotm", of="word/_rels/settings.xml.rels")),
        "mẫu đính",
    ),
    "unc": (packed(rels("attachedTemplate", "\\\\10.0.0.1\\a.dotm")), "bên ngoài"),
    "hidden-mode": (packed(rels("image", "https://x.vn/a.png", mode="")), "ảnh liên kết"),
    "attribute-with-bracket": (packed(rels("image", "https://x.vn/>a.png")), "ảnh liên kết"),
    "frame": (packed(rels("frame", "https://x.vn/")), "bên ngoài"),
    "ole-link": (packed(rels("oleObject", "file:///c:/a.xls")), "bên ngoài"),
    "ole": (packed({"word/embeddings/oleObject1.bin": b"\xd0\xcf"}), "OLE"),
    "ole-in-chart": (nested(), "OLE"),
    "activex": (packed({"word/activeX/activeX1.xml": "<x/>"}), "ActiveX"),
    "alt-chunk": (packed(rels("aFChunk", "a.html", mode="")), "OLE"),
    "dde": (field(" DDEAUTO c:\\\\Windows\\\\cmd.exe"), "DDEAUTO"),
    "dde-in-pieces": (field(" DD", "EAU", "TO\tc:\\\\cmd.exe"), "DDEAUTO"),
    "dde-simple": (packed({}, main=f'<w:p {W}><w:fldSimple w:instr=" dde excel a"/></w:p>'), "DDE"),
    "include": (field(' INCLUDEPICTURE "https://x.vn/a.png" \\* MERGEFORMAT'), "INCLUDEPICTURE"),
    "vml": (packed({"word/header1.xml": '<v:imagedata xmlns:v="v" src="https://x.vn/a.png"/>'}), "ảnh liên kết"),
    "macro": (packed({"word/vbaProject.bin": "Sub"}), "macro"),
    "excel-4": (packed({"xl/macrosheets/sheet1.xml": "<x/>"}, kind="xl/workbook.xml"), "macro"),
    "workbook-link": (packed({"xl/externalLinks/externalLink1.xml": "<x/>"}, kind="xl/workbook.xml"), "tệp Excel khác"),
    "connections": (packed({"xl/connections.xml": "<x/>"}, kind="xl/workbook.xml"), "bên ngoài"),
    "web": (sheet("WEBSERVICE(&quot;https://x.vn&quot;)"), "WEBSERVICE"),
    "web-in-entities": (sheet("&#87;EB&#x53;ERVICE (A1)"), "WEBSERVICE"),
    "dde-formula": (sheet("cmd|'/c calc'!A0"), "DDE"),
    "entities": (packed({"word/styles.xml": BOMB}), "không được viết"),
    "utf-16": (packed({"word/styles.xml": "<w/>".encode("utf-16")}), "không được viết"),
    "utf-7": (packed({"word/styles.xml": '<?xml version="1.0" encoding="utf-7"?><w/>'}), "không được viết"),
    "broken-links": (packed({"word/_rels/document.xml.rels": "<Relationships><Relat"}), "không được viết"),
    "many-entries": (packed({f"a{n}": "" for n in range(6000)}), "lớn hơn nhiều"),
    "none-of-them": (packed({}, kind="a.txt"), "không phải"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_what_loads_runs_or_carries_something_is_refused_with_the_reason(name):
    content, words = HARMFUL[name]
    with pytest.raises(Unfit) as refusal:
        files.kind_of(SimpleUploadedFile("tệp.docx", content))
    assert words in str(refusal.value)
    assert "“tệp.docx”" in str(refusal.value)


def damaged():
    good = packed({"word/styles.xml": "<w>" + "a" * 5000 + "</w>"})
    yield good[: len(good) // 2]
    yield good[:-30]
    at = good.index(b"word/styles.xml") + len("word/styles.xml")
    yield good[:at] + bytes([good[at] ^ 0xFF, good[at + 1] ^ 0xFF]) + good[at + 2 :]
    yield b"PK\x03\x04" + bytes(500)
    yield good + b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize("content", damaged(), ids=["cut", "end-cut", "bits", "zeros", "two-ends"])
def test_a_damaged_file_is_refused(content):
    with pytest.raises(Unfit):
        files.kind_of(SimpleUploadedFile("tệp.docx", content))


def everyday():
    paper, buffer = Document(), io.BytesIO()
    paper.add_paragraph("Báo cáo")
    paper.add_table(2, 2)
    paper.part.relate_to("https://so.gov.vn/van-ban", f"{REL}hyperlink", is_external=True)
    paper.save(buffer)
    yield buffer.getvalue()
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_formula("A1", '=IF(B1>0,"a|b",SUM(B1:B3))')
        page.write_url("A2", "https://so.gov.vn")
        page.insert_chart("D1", _chart(book))
    yield buffer.getvalue()
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "=VLOOKUP(A2,B:C,2,FALSE)"
    book.save(buffer)
    yield buffer.getvalue()
    chart = {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": buffer.getvalue()}
    yield packed({**chart, **rels("package", "../embeddings/Microsoft_Excel_Sheet1.xlsx", mode="")})
    yield field(" PAGE \\* MERGEFORMAT")
    yield field(' HYPERLINK "https://so.gov.vn"')


def _chart(book):
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Sheet1!$B$1:$B$3"})
    return chart


@pytest.mark.parametrize("content", everyday(), ids=["word", "excel", "openpyxl", "chart", "page", "hyperlink"])
def test_what_officials_send_every_day_is_taken(content):
    assert files.kind_of(SimpleUploadedFile("tệp", content)) in ("docx", "xlsx")


@pytest.mark.parametrize("inner", ["<f ", "<f>A", "<f>&amp;", '<f a="', "|"])
def test_hostile_formulas_take_a_time_that_grows_with_them(inner, monkeypatch):
    monkeypatch.setattr(office, "UNPACKED_RATIO", 10**9)
    took = []
    for size in (2, 8):
        content = packed({"xl/worksheets/sheet1.xml": inner * (size * 2**20 // len(inner))}, kind="xl/workbook.xml")
        started = time.process_time()
        office.look_through(content)
        took.append(time.process_time() - started)
    assert took[1] < 20 * max(took[0], 0.05)


def test_a_refused_file_is_told_beside_nothing_changed(client, world):
    dossier = begun(world)
    client.force_login(world.an)
    sent = {"files": [SimpleUploadedFile("mẫu.docx", HARMFUL["template"][0])], "question": "files"}
    answer = client.post(reverse("dossiers:attach", args=[dossier.pk]), sent)
    assert answer.status_code == 422
    assert "mẫu đính kèm" in answer.text
    assert not Attachment.objects.exists()


def test_a_template_that_names_nothing_of_the_paper_is_refused(world):
    paper, buffer = Document(), io.BytesIO()
    paper.add_paragraph("Báo cáo năm 2023, không có chỗ điền")
    paper.save(buffer)
    with pytest.raises(Unfit) as refusal:
        documents.replace(
            paper=PAPER, upload=SimpleUploadedFile("a.docx", buffer.getvalue()), by=world.binh, at=IN_TIME
        )
    assert "{{ year }}" in str(refusal.value)


def test_files_inside_share_the_bounds_of_the_whole(monkeypatch):
    """A document with forty charts, a workbook behind each, was given forty times what one file may unpack to."""
    sheet = "<worksheet>" + "<c/>" * 20_000 + "</worksheet>"
    inner = packed({"xl/worksheets/sheet1.xml": sheet}, kind="xl/workbook.xml")
    parts = {f"word/embeddings/a{n}.xlsx": inner for n in range(40)}
    monkeypatch.setattr(office, "UNPACKED_RATIO", 10**9)
    assert office.look_through(packed(parts)) == "docx"
    monkeypatch.setattr(office, "UNPACKED_LIMIT", 20 * len(sheet))
    with pytest.raises(Unfit, match=r"lớn hơn nhiều"):
        office.look_through(packed(parts))


def test_a_process_of_its_own_looks_through_the_file_and_ends_when_it_takes_too_long(monkeypatch):
    content = packed({})
    monkeypatch.setitem(bounded.read.__kwdefaults__, "limits", bounded.Limits(seconds=0.001, memory=1))
    with pytest.raises(Unfit, match=r"tệp\.docx"):
        files.kind_of(SimpleUploadedFile("tệp.docx", content))
