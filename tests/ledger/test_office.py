"""Office files from outside: what loads, runs or carries something by itself is refused with the reason; what officials
send every day is taken."""

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from tests.documents.test_templates import PAPER
from tests.fixtures import IN_TIME, begun
from tests.ledger import honest

from thidua.core.refusals import Unfit
from thidua.documents import actions as documents
from thidua.dossiers.models import Attachment
from thidua.host import bounded
from thidua.ledger import files, looking, office

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "word/document.xml": "wordprocessingml.document.main+xml",
    "word/styles.xml": "wordprocessingml.styles+xml",
    "word/settings.xml": "wordprocessingml.settings+xml",
    "word/header1.xml": "wordprocessingml.header+xml",
    "word/footer9.bin": "wordprocessingml.footer+xml",
    "word/activeX/activeX1.xml": "x",
    "xl/workbook.xml": "spreadsheetml.sheet.main+xml",
    "xl/other.xml": "spreadsheetml.sheet.main+xml",
    "xl/worksheets/sheet1.xml": "spreadsheetml.worksheet+xml",
    "xl/blaetter/sheet1.xml": "spreadsheetml.worksheet+xml",
    "xl/externalLinks/externalLink1.xml": "spreadsheetml.externalLink+xml",
    "xl/x/l.xml": "spreadsheetml.externalLink+xml",
    "xl/connections.xml": "spreadsheetml.connections+xml",
    "xl/verbindungen.xml": "spreadsheetml.connections+xml",
    "ppt/presentation.xml": "presentationml.presentation.main+xml",
}
ENDINGS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml", "png": "image/png",
    "svg": "image/svg+xml", "pdf": "application/pdf", "vml": f"{OFFICE}vmlDrawing",
    "docx": f"{OFFICE}wordprocessingml.document", "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "odttf": f"{OFFICE}obfuscatedFont",
}  # fmt: skip
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMESPACE = "http://schemas.openxmlformats.org/package/2006/"


def packed(parts: dict[str, str | bytes], kind="word/document.xml", main="<w/>") -> bytes:
    buffer, contents = io.BytesIO(), {kind: main, **parts}
    if "[Content_Types].xml" not in contents and kind in TYPES:
        overrides = "".join(
            f'<Override PartName="/{name}" ContentType="{OFFICE}{TYPES[name]}"/>' for name in contents if name in TYPES
        )
        defaults = "".join(f'<Default Extension="{each}" ContentType="{ENDINGS[each]}"/>' for each in ENDINGS)
        types = f'<Types xmlns="{NAMESPACE}content-types">{defaults}{overrides}</Types>'
        contents["[Content_Types].xml"] = types
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def rels(
    kind: str, target: str, mode=' TargetMode="External"', of="word/_rels/document.xml.rels", base=REL
) -> dict[str, str]:
    one = f'<Relationship Id="r1" Type="{base}{kind}" Target="{target}"{mode}/>'
    return {of: f'<Relationships xmlns="{NAMESPACE}relationships">{one}</Relationships>'}


def field(*codes: str) -> bytes:
    turn = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    body = turn.format("begin") + runs + turn.format("separate") + "<w:t>x</w:t>" + turn.format("end")
    return packed({}, main=f"<w:document {W}><w:body><w:p>{body}</w:p></w:body></w:document>")


def turned(*pieces: str) -> bytes:
    """A field as it is written: "begin", "separate" and "end" by name, what stands between them by its text."""
    marks = ("begin", "separate", "end")
    runs = [
        f"<w:fldChar w:fldCharType='{each}'/>" if each in marks else f"<w:instrText>{each}</w:instrText>"
        for each in pieces
    ]
    return document("<w:r>" + "".join(runs) + "</w:r>")


def sheet(formula: str, cell="<c r='A1'><f>{}</f><v>1</v></c>", name="xl/worksheets/sheet1.xml") -> bytes:
    cells = f"<worksheet><sheetData><row>{cell.format(formula)}</row></sheetData></worksheet>"
    return packed({name: cells}, kind="xl/workbook.xml", main="<workbook/>")


def workbook(main: str) -> bytes:
    return packed({}, kind="xl/workbook.xml", main=f"<workbook>{main}</workbook>")


def printing(formula: str, *names: str, within="sheets", beside: dict[str, str] | None = None) -> bytes:
    """A workbook with sheets of these names, and a formula in a name as Excel writes it for what is printed."""
    sheets = f"<{within}>" + "".join(f'<sheet name="{name}" sheetId="1"/>' for name in names) + f"</{within}>"
    printed = f'<definedName name="_xlnm.Print_Area">{formula}</definedName>'
    main = f'<workbook xmlns="{MAIN}">{sheets}<definedNames>{printed}</definedNames></workbook>'
    return packed({"xl/worksheets/sheet1.xml": "<worksheet/>", **(beside or {})}, kind="xl/workbook.xml", main=main)


def document(body: str) -> bytes:
    return packed({}, main=f'<w:document {W} xmlns:v="v" xmlns:o="o"><w:body>{body}</w:body></w:document>')


def drawing(svg: str) -> bytes:
    return packed({"word/media/a.svg": f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="x">{svg}</svg>'})


def nested() -> bytes:
    inner = packed({"word/embeddings/oleObject1.bin": b"\xd0\xcf"})
    return packed({"ppt/embeddings/Microsoft_Word1.docx": inner}, kind="ppt/presentation.xml", main="<p/>")


BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w>&b;</w>'
NAMED = '<sheets><sheet name="cmd|a"/></sheets>'
NOT_FOLLOWED = [
    "file:///C:/a.exe?.docx", "file:///C:/a.exe#.docx", "C:\\a.docx#\\a.exe", "C:\\a.exe%23.docx", "C:\\a.docx%23.exe",
    "C:\\a.exe%00.docx", "C:\\a.exe:b.docx", "C:\\a.docx\\..\\..\\b.docx", "C:\\a", "file://x.vn/a.docx",
    "file:////x.vn/a.docx", "file:///\\\\x.vn\\a.docx", "%20\\\\x.vn\\a.docx", "%20file://x.vn/a.docx", "file:a.docx",
    "javascript:alert(1)", "javascript:void(0);alert(1)", "javascript:;alert(1)", "%20javascript:alert(1)",
]  # fmt: skip
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
    "utf-7": (packed({"word/styles.xml": '<?xml version="1.0" encoding="utf-7"?><w/>'}), "không được viết"),
    "broken-links": (packed({"word/_rels/document.xml.rels": "<Relationships><Relat"}), "không được viết"),
    "many-entries": (packed({f"a{n}": "" for n in range(6000)}), "lớn hơn nhiều"),
    "none-of-them": (packed({}, kind="a.txt"), "không phải"),
    "sheet-elsewhere": (sheet("WEBSERVICE(A1)", name="xl/blaetter/sheet1.xml"), "WEBSERVICE"),
    "comment-in-formula": (sheet("_xlfn.WEBSERVICE<!-- -->(A1)"), "WEBSERVICE"),
    "instruction-in-formula": (sheet("_xlfn.WEBSERVICE<?a?>(A1)"), "WEBSERVICE"),
    "comment-in-dde": (sheet("cmd<!-- -->|'/c calc'!A0"), "DDE"),
    "dde-in-a-name": (sheet("'cmd|a'!A0"), "DDE"),
    "dde-beside-a-sheet": (printing("'cmd|b'!A0", "cmd|a"), "DDE"),
    "dde-beside-a-sheet-of-several": (printing("'cmd|a:cmd|b'!A0", "cmd|a"), "DDE"),
    "dde-without-quotes": (printing("cmd|a!A0", "cmd|a"), "DDE"),
    "dde-named-by-no-sheet": (printing("'cmd|a'!A0", "cmd|a", within="extLst"), "DDE"),
    "dde-named-by-another-workbook": (
        printing("'cmd|a'!A0", beside={"xl/other.xml": f'<workbook xmlns="{MAIN}">{NAMED}</workbook>'}),
        "DDE",
    ),
    "element-in-formula": (sheet("WEB<a/>SERVICE(A1)"), "WEBSERVICE"),
    "data-in-formula": (sheet("<![CDATA[WEBSERVICE(A1)]]>"), "WEBSERVICE"),
    "many-blanks": (sheet("WEBSERVICE" + " " * 900 + "\n(A1)"), "WEBSERVICE"),
    "sheet-named-quote": (sheet("'\"'!A1&amp;WEBSERVICE(A2)&amp;'\"'!A1"), "WEBSERVICE"),
    "column-named-quote": (sheet("T[a'[\"]&amp;WEBSERVICE(A2)&amp;T[\"]"), "WEBSERVICE"),
    "text-without-end": (sheet("\"a&amp;WEBSERVICE(A2)"), "không được viết"),
    "long-prefix": (sheet("RTD(A1)", cell=f"<c><{'p' * 30}:f xmlns:{'p' * 30}='m'>{{}}</{'p' * 30}:f></c>"), "RTD"),
    "prefix-with-dash": (sheet("RTD(A1)", cell="<c><a-b:f xmlns:a-b='m'>{}</a-b:f></c>"), "RTD"),
    "other-workbook": (sheet("'\\\\x\\[a.xlsx]b'!A1"), "tệp Excel khác"),
    "defined-name": (workbook("<definedName name='a'>WEBSERVICE(A1)</definedName>"), "WEB"),
    "format": (sheet("", cell="<c/><cfRule><formula>LEN(WEBSERVICE(A1))</formula></cfRule>"), "WEBSERVICE"),
    "format-value": (sheet("", cell="<c/><cfvo type='formula' val='WEBSERVICE(A1)'/>"), "WEBSERVICE"),
    "link-elsewhere": (packed({"xl/x/l.xml": "<x/>"}, kind="xl/workbook.xml"), "tệp Excel khác"),
    "link-as-a-sheet": (sheet("", cell="<ddeLink ddeService='cmd'/>"), "bên ngoài"),
    "connections-elsewhere": (packed({"xl/verbindungen.xml": "<x/>"}, kind="xl/workbook.xml"), "bên ngoài"),
    "ole-elsewhere": (packed({"xl/misc/oleObject1.bin": b"\xd0\xcf"}, kind="xl/workbook.xml"), "OLE"),
    "program": (packed({"evil.exe": b"MZ"}), "evil.exe"),
    "page": (packed({"word/a.html": "<script/>"}), "word/a.html"),
    "program-as-picture": (packed({"word/media/a.png": b"MZ" + bytes(90)}), "word/media/a.png"),
    "page-as-picture": (packed({"word/media/a.png": "<html/>"}), "word/media/a.png"),
    "script-beside": (packed({"word/a.xml.js": "a()"}), "a.xml.js"),
    "text-by-its-type": (
        packed({"word/footer9.bin": f"<w:f {W}><w:fldSimple w:instr='DDE a'/></w:f>"}),
        "DDE",
    ),
    "data-as-a-footer": (packed({"word/a.xml": "<w/>", **rels("footer", "a.xml", mode="")}), "a.xml"),
    "picture-as-a-footer": (packed({"word/a.png": b"\x89PNG", **rels("footer", "a.png", mode="")}), "a.png"),
    "nothing-there": (packed(rels("styles", "nowhere.xml", mode="")), "nowhere.xml"),
    "host": (packed(rels("image", "//x.vn/a.png", mode="")), "ảnh liên kết"),
    "host-mixed": (packed(rels("image", "/\\x.vn\\a.png", mode="")), "ảnh liên kết"),
    "scheme-alone": (packed(rels("image", "http:x.vn", mode="")), "ảnh liên kết"),
    "unc-after-a-blank": (packed(rels("image", " \\\\x.vn\\a.png", mode="")), "ảnh liên kết"),
    "file-in-capitals": (packed(rels("image", "FILE:x", mode="")), "ảnh liên kết"),
    "search": (packed(rels("subDocument", "search-ms:query=x", mode="")), "bên ngoài"),
    "mode-with-a-blank": (packed(rels("image", "a.png", mode=' TargetMode=" External"')), "không được viết"),
    "type-with-a-slash": (packed(rels("afChunk/", "a.html", mode="")), "OLE"),
    "type-that-ends-well": (packed(rels("attachedTemplate#/hyperlink", "https://x.vn/t.dotm")), "bên ngoài"),
    "type-of-nobody": (packed(rels("hyperlink", "https://x.vn", base="http://x.vn/")), "bên ngoài"),
    "type-with-a-blank": (packed(rels("hyperlink ", "https://x.vn")), "bên ngoài"),
    "click-on-a-file": (packed(rels("hyperlink", "file:///c:/windows/system32/calc.exe")), "calc.exe"),
    **{f"click-on-{each}": (packed(rels("hyperlink", each)), "liên kết tới địa chỉ") for each in NOT_FOLLOWED},
    "image-by-ftp": (packed(rels("image", "ftp://x.vn/a.png")), "ảnh liên kết"),
    "image-on-a-drive": (packed(rels("image", "file:///C:/a.png")), "ảnh liên kết"),
    "image-after-a-quoted-blank": (packed(rels("image", "%20https://x.vn/a.png", mode="")), "ảnh liên kết"),
    "svg-image-on-a-drive": (drawing('<image x:href="file:///C:/a.png"/>'), "ảnh liên kết"),
    "program-thrown-away": (packed({"[trash]/a.exe": b"MZ"}), "a.exe"),
    "thrown-away-and-led-to": (
        packed({"[trash]/0000.dat": b"x", **rels("image", "/[trash]/0000.dat", mode="")}),
        "0000.dat",
    ),
    "page-as-a-pdf": (packed({"word/media/a.pdf": "<html/>"}), "word/media/a.pdf"),
    "data-from-elsewhere": (
        packed({"xl/xmlMaps.xml": "<MapInfo><Map><DataBinding/></Map></MapInfo>"}, kind="xl/workbook.xml"),
        "bên ngoài",
    ),
    "click-on-a-share": (packed(rels("hyperlink", "\\\\x.vn\\a.exe")), "a.exe"),
    "click-that-searches": (packed(rels("hyperlink", "sear&#9;ch-ms:query=x")), "ch-ms:query"),
    "vml-host": (document('<v:imagedata src="//x.vn/a.png"/>'), "ảnh liên kết"),
    "vml-unc": (document('<v:imagedata src=" \\\\x.vn\\a.png"/>'), "ảnh liên kết"),
    "vml-href": (document('<v:fill o:href="http://x.vn/a.png"/>'), "ảnh liên kết"),
    "svg-script": (drawing("<script>a()</script>"), "ảnh liên kết"),
    "svg-image": (drawing('<image x:href="https://x.vn/a.png"/>'), "ảnh liên kết"),
    "svg-event": (drawing('<path onload="a()"/>'), "ảnh liên kết"),
    "svg-style": (drawing("<style>@im<!-- -->port 'https://x.vn'</style>"), "ảnh liên kết"),
    "svg-fill": (drawing('<path fill="url( https://x.vn)"/>'), "ảnh liên kết"),
    "quote-before-a-field": (field('"INCLUDETEXT" a'), "INCLUDETEXT"),
    "nothing-before-a-field": (field("\u200bINCLUDETEXT a"), "INCLUDETEXT"),
    "blanks-before-a-field": (field(" " * 90 + "INCLUDETEXT a"), "INCLUDETEXT"),
    "comment-in-a-field": (field("INC<!-- -->LUDETEXT a"), "INCLUDETEXT"),
    "element-in-a-field": (field("INCLUDE<w:a/>TEXT a"), "INCLUDETEXT"),
    "field-of-nobody": (field("ABC a"), "ABC"),
    "field-that-prints": (field("PRINT 27"), "PRINT"),
    "field-to-a-share": (field('HYPERLINK "\\\\\\\\x.vn\\\\a"'), "x.vn"),
    "field-to-a-scheme": (field('HYPERLINK "search-ms:a"'), "search-ms"),
    "name-made-by-a-field": (
        document(
            "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>P</w:instrText><w:fldChar w:fldCharType='begin'/>"
            "<w:instrText>QUOTE AGE</w:instrText><w:fldChar w:fldCharType='end'/><w:instrText>AGE</w:instrText></w:r>"
        ),
        "P",
    ),
    "field-in-a-formula": (turned("begin", "=", "begin", "INCLUDETEXT a", "end", "-1", "end"), "INCLUDETEXT"),
    "field-in-a-result": (turned("begin", "TOC", "separate", "begin", "DDE a", "end", "end"), "DDE"),
    "field-after-a-result": (turned("begin", "PAGE", "separate", "1", "end", "begin", "DDE a", "end"), "DDE"),
    "field-named-by-a-field": (turned("begin", "begin", "QUOTE =", "end", "INCLUDETEXT a", "end"), "\ufffcINCLUDETEXT"),
    "button-of-a-macro": (field("MACROBUTTON Run Bấm vào đây"), "MACROBUTTON"),
    "button-of-a-macro-like-none": (field("MACROBUTTON NoMacros Bấm"), "MACROBUTTON"),
    "field-without-end": (
        document("<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>DDE a</w:instrText></w:r>"),
        "DDE",
    ),
    "utf-7-late": (
        packed({"word/styles.xml": '<?xml version="1.0"' + " " * 500 + 'encoding="utf-7"?>+ADw-w/+AD4-'}),
        "không được viết",
    ),
    "base-of-links": (
        packed({"word/styles.xml": "<Properties><HyperlinkBase>\\\\x.vn\\a</HyperlinkBase></Properties>"}),
        "x.vn",
    ),
    "cut": (packed({"word/styles.xml": "<w>"}), "không được viết"),
    "two-types": (
        packed({
            "[Content_Types].xml": '<Types><Override PartName="/word/document.xml" ContentType="a"/>'
            '<Override PartName="/Word/document.xml" ContentType="b"/></Types>'
        }),
        "không được viết",
    ),
}  # fmt: skip


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


@pytest.mark.parametrize("made", [honest.word, honest.of_openpyxl, honest.of_xlsxwriter])
def test_files_of_the_libraries_that_people_use_are_taken(made):
    assert files.kind_of(SimpleUploadedFile("tệp", made())) in ("docx", "xlsx")


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("taken/*")), ids=lambda path: path.name)
def test_files_of_office_programs_are_taken(path):
    assert files.kind_of(SimpleUploadedFile("tệp", path.read_bytes())) == path.suffix[1:]


@pytest.mark.parametrize("part", honest.PARTS, ids=lambda part: part[0])
def test_parts_as_office_programs_write_them_are_taken(part):
    name, content_type, relation = part
    types = "".join(
        f'<Override PartName="/{each}" ContentType="{of}"/>'
        for each, of in ((name, content_type), ("main.xml", honest.BEHIND_A_MAIN), ("_rels/.rels", ENDINGS["rels"]))
    )
    lead = f'<Relationship Id="a" Type="{relation}" Target="{name}"/>'
    content = packed(
        {
            "[Content_Types].xml": f"<Types>{types}</Types>",
            "_rels/.rels": f"<Relationships>{lead}</Relationships>",
            name: honest.content_of(name),
        },
        kind="main.xml",
    )
    assert office.look_through(content) == "docx"


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
    yield packed({**chart, **rels("package", "embeddings/Microsoft_Excel_Sheet1.xlsx", mode="")})
    for code in FIELDS:
        yield field(code)
    for formula in USUAL:
        yield sheet(formula.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "&#10;"))
    for target in LINKS:
        yield packed(rels("hyperlink", target))
    yield turned("begin", "=", "begin", "PAGE", "separate", "2", "end", "-1", "separate", "1", "end")
    yield turned("begin", "TOC", "separate", "begin", "PAGEREF _Toc1", "end", "end")
    yield turned(
        "begin", "IF ", "begin", "PAGE", "separate", "2", "end", " = 2", "separate", "begin", "PAGE", "end", "end"
    )
    yield printing("'PL1 | A'!$A$1:$B$2", "PL1 | A")
    yield printing("SUM('pl1 | a:Nhà''s |'!A1)", "PL1 | A", "Nhà's |")
    yield packed({"[trash]/0000.dat": b"\0"})
    by_ending = f'<Types><Default Extension="xml" ContentType="{honest.BEHIND_A_MAIN}"/></Types>'
    yield packed({"[Content_Types].xml": by_ending, "word/a.xml": "<w/>"})
    yield packed({"word/styles.xml": '<?xml version="1.0" encoding="UTF-16"?><w/>'.encode("utf-16")})
    yield packed({"word/vml.vml": "<xml xmlns:v='v'><v:shape href='#a'><div>Một<br>hai</div></v:shape></xml>"})
    yield drawing('<a x:href="https://so.gov.vn"><path fill="url(#b)" style="fill: #fff"/></a><use x:href="#b"/>')
    yield document('<m:f xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">|a|(b)"</m:f>')
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
    yield packed({"word/styles.xml": "<w/>", **rels("styles", "/word/Styles.xml", mode="", base=strict)})


LINKS = [
    "https://so.gov.vn", " HTTP://so.gov.vn", "mailto:a@so.gov.vn", "#B1", "bao%20cao.docx", "..\\a.xlsx",
    "%20https://so.gov.vn", "ftp://so.gov.vn/a.zip", "ftps://so.gov.vn", "javascript:void(0)", "javascript:void(0);",
    "javascript:;", "file:///D:\\Hồ%20sơ\\Báo%20cáo.DOCX", "D:\\a.xlsx#Sheet1!A1", "file:///C:/Ho%20so/", "C:\\",
]  # fmt: skip
FIELDS = [
    " PAGE \\* MERGEFORMAT", "page", "PAGE\\* Arabic", ' HYPERLINK "https://so.gov.vn"', ' HYPERLINK \\l "_Toc1"',
    ' HYPERLINK "mailto:a@so.gov.vn" \\t "_blank"', " NUMPAGES ", ' TOC \\o "1-3" \\h \\z \\u', " PAGEREF _Toc1 \\h",
    ' DATE \\@ "dd/MM/yyyy"', "=SUM(ABOVE)", " SEQ Bảng \\* ARABIC", " ADDIN ZOTERO_ITEM CSL_CITATION {}",
    " FORMTEXT ", "", ' STYLEREF "Heading 1"', " MERGEFIELD Họ_tên", " FILENAME \\p",
    ' AUTOTEXT "Chữ ký"', " AUTOTEXTLIST a", " TEMPLATE \\p", " MACROBUTTON NoMacro [Bấm vào đây]",
]  # fmt: skip
USUAL = [
    'IF(B1>0,"a|b",SUM(B1:B3))', "'Tờ khai (1)'!A1", "'Nhà''s'!A1", "T[[#This Row],[Tỷ lệ (%) | năm]]",
    'A1&"WEBSERVICE("',
    "T[Cột '[x'] \"a\"]", '"""WEBSERVICE(""" & A1', "HYPERLINK(\"https://so.gov.vn\")", "_xlfn.XLOOKUP(A1,B:B,C:C)",
    "[0]!a", "#REF!", "{1,2;3,4}", "SUM(\nA1 , B1)", "_xlfn.LET(_xlpm.a,1,_xlpm.a)", "OFFSET(A1,0,0)", "CALLED(1)",
]  # fmt: skip


def _chart(book):
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Sheet1!$B$1:$B$3"})
    return chart


@pytest.mark.parametrize("content", everyday())
def test_what_officials_send_every_day_is_taken(content):
    assert files.kind_of(SimpleUploadedFile("tệp", content)) in ("docx", "xlsx")


@pytest.mark.parametrize("inner", ["<f ", "<f>A", "<f>&amp;", '<f a="', "|"])
def test_hostile_formulas_take_a_time_that_grows_with_them(inner, monkeypatch):
    monkeypatch.setattr(office, "UNPACKED_RATIO", 10**9)
    took = []
    for size in (2, 8):
        content = packed({"xl/worksheets/sheet1.xml": inner * (size * 2**20 // len(inner))}, kind="xl/workbook.xml")
        started = time.process_time()
        with pytest.raises(Unfit):
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
    monkeypatch.setitem(looking.look_through.__kwdefaults__, "limits", bounded.Limits(seconds=0.001, memory=1))
    with pytest.raises(Unfit, match=r"tệp\.docx"):
        files.kind_of(SimpleUploadedFile("tệp.docx", content))
