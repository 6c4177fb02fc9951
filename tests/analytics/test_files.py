"""Files as they come: messy ones are read rightly, bad ones refused with a sentence, the earlier state intact."""

import datetime as dt
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest
import xlsxwriter
from tests.analytics.making import HEADINGS, counts, csv_bytes, found, row

from thidua.analytics import storage
from thidua.analytics.models import Batch
from thidua.analytics.reading import cells as reader

DAY = dt.date(2023, 4, 3)


def workbook(*sheets, options=None, then=None):
    """``sheets``: (name, rows); rows start in row 1, None is an empty row."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "dd/mm/yyyy", **(options or {})}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, cells in enumerate(rows):
                for place, cell in enumerate(cells or ()):
                    sheet.write(at, place, cell)
        if then:
            then(book)
    return file.getvalue()


def in_days(n=1, **changed):
    return row(n, received=DAY, due=dt.date(2023, 4, 20), returned=dt.date(2023, 4, 19), **changed)


def reason(outcome):
    assert outcome.status == "refused"
    assert not Batch.objects.exists()
    return outcome.reason.reason.value


def test_a_workbook_under_a_national_heading_with_totals(importer):
    rows = [
        ["SỞ GIÁO DỤC", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], None, ["BÁO CÁO HỒ SƠ NĂM 2023"], None, None, None,
        HEADINGS, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        ["I. Lĩnh vực văn bằng"], in_days(1), in_days(2), ["Cộng", None, None, 2],
        HEADINGS, ["II. Lĩnh vực hộ tịch"], in_days(3), None,
        ["Tổng cộng", None, None, 3], [None, "Người lập biểu", None, None, None, "Thủ trưởng"],
    ]  # fmt: skip
    outcome = importer.run(workbook(("Tổng hợp", rows)), "một cửa.xlsx")
    assert (counts(outcome), outcome.header_row, outcome.sheets) == ((3, 3, 0, 0), 8, ["Tổng hợp"])
    assert found(outcome) == []
    assert outcome.columns[0] == ("B", "Mã hồ sơ", "code")
    assert outcome.ignored[0] == ("A", "STT")


def test_headings_on_two_rows_with_merged_cells(importer):
    def merged(book):
        sheet = book.add_worksheet("Hồ sơ")
        for at, text in enumerate(["STT", "Mã HS"]):
            sheet.merge_range(0, at, 1, at, text)
        sheet.merge_range(0, 2, 0, 4, "Ngày")
        for at, text in enumerate(["tiếp nhận", "hẹn trả", "trả kết quả"], start=2):
            sheet.write(1, at, text)
        sheet.merge_range(0, 5, 1, 5, "Lĩnh vực")
        for n in range(3):
            sheet.write_row(2 + n, 0, [n, f"A{n}", "3/4/23", "20.04.2023", "19-04-2023"])
        sheet.merge_range(2, 5, 4, 5, "Hộ tịch")

    outcome = importer.run(workbook(then=merged), "hs.xlsx")
    assert (counts(outcome), outcome.header_row) == ((3, 3, 0, 0), 2)
    assert [column for _at, _heading, column in outcome.columns] == ["code", "field", "received", "due", "returned"]
    assert fields(outcome) == ["Hộ tịch"] * 3


def test_the_day_below_the_letter_of_apology_is_its_day(importer):
    top = ["Mã hồ sơ", "Ngày", "", "", "Thư xin lỗi", ""]
    below = ["", "tiếp nhận", "hẹn trả", "trả kết quả", "Số", "Ngày"]
    outcome = importer.run([top, below, ["A1", "3/4/23", "20/4/23", "21/4/23", "5/TXL", "18/4/23"]])
    named = ["code", "received", "due", "returned", "letter", "letter_on"]
    assert [column for _at, _heading, column in outcome.columns] == named


def fields(outcome):
    import pyarrow.parquet

    from thidua.analytics import storage

    table = pyarrow.parquet.read_table(storage.path_of(Batch.objects.get(pk=outcome.batch)))
    return table.column("field").to_pylist()


def test_days_in_three_forms_serials_and_clocks(importer):
    days = ["03/04/2023", "2023-04-03 08:15:00", 45019, "45019,5", "3/4/23 08:15 SA", "10:30 03/04/2023", DAY]
    rows = [HEADINGS, *[row(n, received=day) for n, day in enumerate(days)]]
    outcome = importer.run(workbook(("Sheet1", rows)), "hs.xlsx")
    assert received(outcome) == {DAY}


def received(outcome):
    import pyarrow.parquet

    from thidua.analytics import storage

    assert outcome.refused == 0, [str(problem.sentence) for problem in outcome.problems]
    table = pyarrow.parquet.read_table(storage.path_of(Batch.objects.get(pk=outcome.batch)))
    return set(table.column("received").to_pylist())


def test_a_workbook_that_counts_from_1904(importer):
    rows = [HEADINGS, in_days(1), row(2, received=45019 - 1462)]
    assert received(importer.run(workbook(("Sheet1", rows), options={"date_1904": True}), "mac.xlsx")) == {DAY}


def test_formulas_count_by_their_stored_results(importer):
    def formulas(book):
        sheet = book.add_worksheet("Hồ sơ")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, row(1))
        sheet.write_formula(1, 2, '=UPPER("hộ tịch")', None, "HỘ TỊCH")

    assert fields(importer.run(workbook(then=formulas), "hs.xlsx")) == ["HỘ TỊCH"]


def test_formulas_that_were_never_calculated_refuse_the_file(importer):
    book = openpyxl.Workbook()
    for cells in (HEADINGS, row(1), row(2)):
        book.active.append(cells)
    book.active["E3"] = "=D3+10"
    file = io.BytesIO()
    book.save(file)
    outcome = importer.run(file.getvalue(), "hs.xlsx")
    assert reason(outcome) == "uncalculated"
    assert "E" in str(outcome.reason)
    assert "3" in str(outcome.reason)


def test_hidden_rows_count_with_a_warning(importer):
    def hidden(book):
        sheet = book.add_worksheet("Hồ sơ")
        for at, cells in enumerate([HEADINGS, row(1), row(2), row(3)]):
            sheet.write_row(at, 0, cells)
        sheet.set_row(2, None, None, {"hidden": True})

    outcome = importer.run(workbook(then=hidden), "hs.xlsx")
    assert (counts(outcome), found(outcome)) == ((3, 3, 0, 0), [(None, "hidden_rows", "")])


def test_sheets_are_found_chosen_and_taken_together(importer):
    others = [(f"Ghi chú {n}", [["Nội dung"], ["Không có"]]) for n in range(38)]
    months = [("Tháng 1", [HEADINGS, row(1)]), ("Tháng 2", [["Tháng 2"], HEADINGS, row(2), row(1)])]
    assert importer.run(workbook(*others, months[0]), "hs.xlsx", dry_run=True).sheets == ["Tháng 1"]
    both = workbook(*others, *months)
    ambiguous = importer.run(both, "hs.xlsx")
    assert reason(ambiguous) == "ambiguous_sheet"
    assert "--sheet" in str(ambiguous.reason)
    assert reason(importer.run(both, "hs.xlsx", sheets=("Tháng 9",))) == "unknown_sheet"
    assert counts(importer.run(both, "hs.xlsx", dry_run=True, sheets=("Tháng 2",))) == (2, 2, 0, 0)
    together = importer.run(both, "hs.xlsx", sheets=("*",))
    assert (counts(together), together.sheets) == ((3, 2, 0, 1), ["Tháng 1", "Tháng 2"])
    assert [(p.sheet, p.row) for p in together.problems] == [("Tháng 2", 4)]
    assert "Tháng 1!2" in str(together.problems[0].sentence)


def test_a_sheet_that_cannot_be_read_with_the_others_is_told(importer):
    lacks_due = [cell for cell in HEADINGS if cell != "Ngày hẹn trả"]
    content = workbook(("T1", [HEADINGS, row(1)]), ("T2", [lacks_due, row(2)]), ("Ghi chú", [["Không có gì"]]))
    for choice in ((), ("*",)):
        outcome = importer.run(content, "hs.xlsx", sheets=choice, dry_run=True)
        assert (outcome.sheets, outcome.read) == (["T1"], 1)
        assert [(p.sheet, p.row, p.code) for p in outcome.problems] == [("T2", None, "sheet_left_out")]
    assert importer.run(content, "hs.xlsx", sheets=("T1",), dry_run=True).problems == []


def test_a_sheet_is_named_in_any_case_and_unicode_form(importer):
    import unicodedata

    content = workbook(("Tháng 1", [HEADINGS, row(1)]), ("Tháng 2", [HEADINGS, row(2), row(3)]))
    names = ("tháng 2", unicodedata.normalize("NFD", "Tháng 2"))
    outcome = importer.run(content, "hs.xlsx", sheets=names, dry_run=True)
    assert (outcome.sheets, outcome.read, len(outcome.headings)) == (["Tháng 2"], 2, len(HEADINGS))


def test_hidden_sheets_are_read_when_chosen_only(importer):
    def hide(book):
        book.get_worksheet_by_name("Cũ").hide()

    content = workbook(("Mới", [HEADINGS, row(1)]), ("Cũ", [HEADINGS, row(2), row(3)]), then=hide)
    assert importer.run(content, "hs.xlsx", dry_run=True).read == 1
    assert importer.run(content, "hs.xlsx", dry_run=True, sheets=("Cũ",)).read == 2


def test_headings_in_other_unicode_case_order_and_punctuation(importer):
    import unicodedata

    heads = [unicodedata.normalize("NFD", text) for text in ("NGÀY  HẸN TRẢ:", "Ngày nhận", "Mã hồ sơ *", "Lĩnh\nvực")]
    cells = ["20/04/2023", "03/04/2023", "A1", unicodedata.normalize("NFD", "Hộ tịch")]
    assert fields(importer.run(workbook(("S", [heads, cells])), "hs.xlsx")) == ["Hộ tịch"]
    assert fields(importer.run([heads, [*cells[:2], "A2", cells[3]]])) == ["Hộ tịch"]


def test_a_column_is_named_by_heading_or_letter(importer):
    heads = ["STT", "Mã hồ sơ", "Lĩnh vực", "Ngày tiếp nhận", "Mốc", "Ngày trả kết quả", "Trạng thái"]
    assert reason(importer.run([heads, row(1)])) == "missing_column"
    for chosen in ({"E": "due"}, {"Mốc": "due"}, {"mốc": "due"}):
        assert importer.run([heads, row(1)], dry_run=True, columns=chosen).accepted == 1
    assert reason(importer.run([heads, row(1)], columns={"Mốc khác": "due"})) == "unknown_heading"


def test_a_doubled_column(importer):
    heads = [*HEADINGS, "Ngày trả"]
    assert importer.run([heads, [*row(1), "19/04/2023"]], dry_run=True).accepted == 1
    differing = [heads, [*row(1), "18/04/2023"]]
    outcome = importer.run(differing)
    assert reason(outcome) == "doubled_column"
    assert "--map H=returned" in str(outcome.reason)
    assert importer.run(differing, columns={"H": "returned"}).accepted == 1


def test_a_column_with_the_month_first_is_refused(importer):
    assert reason(importer.run([HEADINGS, row(1, received="04/25/2023"), row(2)])) == "month_first"
    outcome = importer.run([HEADINGS, row(1, received="04/25/2023"), row(2, received="13/04/2023")])
    assert (counts(outcome), found(outcome)) == ((2, 1, 1, 0), [(2, "bad_day", "received")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_whatever_encoding_and_separator(importer, encoding, separator):
    import unicodedata

    rows = [HEADINGS, row(1, field="Thủ tục, hộ tịch")]
    if encoding == "cp1258":  # it writes tones behind their letters
        rows = [[_for_windows(str(cell)) for cell in cells] for cells in rows]
    outcome = importer.run(csv_bytes(rows, separator, encoding))
    assert fields(outcome) == [unicodedata.normalize("NFC", "Thủ tục, hộ tịch")]


def _for_windows(text):
    import unicodedata

    made = ""
    for char in unicodedata.normalize("NFC", text):
        try:
            char.encode("cp1258")
            made += char
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", char)
            tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
            rest = [mark for mark in marks if mark not in tones]
            made += unicodedata.normalize("NFC", "".join([base, *rest])) + "".join(tones)
    return made


def test_rows_of_csv_are_numbered_by_the_line_they_start_on(importer):
    text = "Mã hồ sơ,Ngày nhận,Hạn trả,Lĩnh vực\r\n"
    text += 'A1,03/04/2023,20/04/2023,"hai\r\ndòng"\r\n\r\nA2,xx,20/04/2023\r\nA3,03/04/2023,yy,a,b,c\r\n'
    outcome = importer.run(text.encode())
    assert (counts(outcome), found(outcome)) == (
        (3, 1, 2, 0), [(5, "bad_day", "received"), (6, "bad_day", "due")]
    )  # fmt: skip


def test_rows_of_a_workbook_are_numbered_as_people_see_them(importer):
    rows = [None, None, HEADINGS, None, row(1), None, row(2, received="xx")]
    outcome = importer.run(workbook(("S", rows)), "hs.xlsx")
    assert (outcome.header_row, found(outcome)) == (3, [(7, "bad_day", "received")])


def test_csv_under_the_name_of_a_workbook_is_read(importer):
    assert importer.run(csv_bytes([HEADINGS, row(1)], "\t", "utf-16"), "hs.xls").accepted == 1


def test_a_workbook_of_old_excel(importer):
    """A real one in BIFF8; its days are serials in one row and texts in the other."""
    content = (Path(__file__).parent / "one-stop.xls").read_bytes()
    outcome = importer.run(content, "hs.xls")
    assert (outcome.header_row, counts(outcome)) == (3, (2, 2, 0, 0))
    batch = Batch.objects.get(pk=outcome.batch)
    rows = pyarrow.parquet.read_table(storage.path_of(batch)).to_pylist()
    assert [each["received"] for each in rows] == [dt.date(2023, 4, 3), dt.date(2023, 4, 5)]


def test_a_workbook_of_open_document(importer, tmp_path):
    content = _ods([HEADINGS, row(1), row(2)])
    assert counts(importer.run(content, "hs.ods")) == (2, 2, 0, 0)


def _ods(rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in line
        )
        + "</table:table-row>"
        for line in rows
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{names}manifest:1.0"></manifest:manifest>',
        )
    return file.getvalue()


GOOD = workbook(("S", [HEADINGS, *[row(n) for n in range(50)]]))
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600
TCVN3 = "STT,M· hå s¬,LÜnh vùc,Ngµy tiÕp nhËn,Ngµy hÑn tr¶\n1,A1,x,03/04/2023,20/04/2023\n"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "hs.xlsx", "empty_file"),
        (b"\xef\xbb\xbf \r\n", "hs.csv", "empty_file"),
        (GOOD[: len(GOOD) // 2], "hs.xlsx", "damaged"),
        (LOCKED, "hs.xlsx", "password"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "hs.xls", "wrong_kind"),
        (b'<?xml version="1.0"?><Workbook></Workbook>', "hs.xls", "wrong_kind"),
        (b"%PDF-1.7 ...", "hs.xlsx", "wrong_kind"),
        (b"a,b\x00\x01\x02c\n" * 50, "hs.csv", "wrong_kind"),
        (b"mot,hai\n1,2\n", "hs.csv", "no_headings"),
        (TCVN3.encode(), "hs.csv", "old_font"),
        (csv_bytes([[*HEADINGS[:4], *HEADINGS[5:]], row(1)]), "hs.csv", "missing_column"),
        ('Mã hồ sơ,Ngày nhận,Hạn trả\n"'.encode() + b"a," * 900_000, "hs.csv", "damaged"),
    ],
)  # fmt: skip
def test_refused_by_name(importer, content, name, why):
    outcome = importer.run(content, name)
    assert reason(outcome) == why
    assert str(outcome.reason)


def _bomb(**parts):
    """A workbook of which one part is something else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in good.namelist():
            with made.open(name, "w") as target:
                for piece in parts.get(name.rpartition("/")[2].replace(".xml", ""), (good.read(name),)):
                    target.write(piece)
    return file.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&j;</t></si></sst>'
)
FAR = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    b"</worksheet>"
)


@pytest.mark.parametrize(
    "parts",
    [
        {"sheet1": [b" " * (1 << 20)] * 600},
        {"sharedStrings": [ENTITIES]},
        {"sheet1": [FAR]},
    ],
    ids=["blanks", "entities", "far cells"],
)
def test_bombs_end_in_seconds_and_in_little_memory(parts, tmp_path):
    file = tmp_path / "hs.xlsx"
    file.write_bytes(_bomb(**parts))
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", READS, str(file), str(tmp_path)], capture_output=True, text=True, check=True
    )
    why, peak = done.stdout.split()
    assert why == "unpacks_too_far"
    assert int(peak) < 300
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "content",
    [b"a" * (150 << 20), b"x" + b"," * (60 << 20), b'"' + b"a,\n" * (20 << 20)],
    ids=["a line without end", "columns without end", "a quotation without end"],
)
def test_text_without_end_is_refused_in_little_memory(content, tmp_path):
    file = tmp_path / "hs.csv"
    file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READS, str(file), str(tmp_path)], capture_output=True, text=True, check=True
    )
    why, peak = done.stdout.split()
    assert why in {"too_large", "damaged"}
    assert int(peak) < 150


def test_what_a_workbook_unpacks_to_has_a_limit_on_the_disk(tmp_path):
    """One text merged over a million rows is written a million times."""
    text = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    tall = FAR.replace(b'<c r="A1">', b'<c r="A1" t="s">').replace(b"<v>1</v>", b"<v>0</v>", 1)
    tall = tall.replace(b"XFD1048576", b"B1048576")
    merged = b'<mergeCells count="1"><mergeCell ref="A1:A1048576"/></mergeCells></worksheet>'
    file = tmp_path / "hs.xlsx"
    file.write_bytes(_bomb(sheet1=[tall.replace(b"</worksheet>", merged)], sharedStrings=[text % (b"a" * 32_000)]))
    limits = [str(420 << 20), str(20 << 20), "8000000"]
    done = subprocess.run([sys.executable, "-I", reader.__file__, str(file), str(tmp_path), *limits], check=False)
    assert done.returncode == reader.TOO_LARGE
    assert sum(each.stat().st_size for each in tmp_path.glob("*.csv")) <= 20 << 20


def test_the_head_of_a_workbook_is_not_more_than_memory_holds(tmp_path):
    """One long text of the workbook stands in thousands of cells."""
    text = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    rows = [
        b'<row r="%d">%s</row>' % (n, b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (at, n) for at in range(65, 91)))
        for n in range(1, 41)
    ]
    file = tmp_path / "hs.xlsx"
    sheet = FAR[: FAR.index(b"<row")] + b"".join(rows) + b"</sheetData></worksheet>"
    file.write_bytes(_bomb(sheet1=[sheet], sharedStrings=[text % (b"a" * 32_000)]))
    limits = [str(420 << 20), str(1000 << 20), "8000000"]
    done = subprocess.run(
        [sys.executable, "-I", reader.__file__, str(file), str(tmp_path), *limits], check=True, capture_output=True
    )
    assert len(done.stdout) < 10 << 20


# Reads a file and says how that ended, and the megabytes of the largest process. What getrusage says of this process
# itself is what pytest had before it became this one.
READS = """
import re, resource, sys
from pathlib import Path
from thidua.analytics import reading
from thidua.core.records.problems import Refused
try:
    reading.tables_of(Path(sys.argv[1]), Path(sys.argv[2]))
    print("read")
except Refused as refusal:
    print(refusal.reason)
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024)
"""


def test_a_file_of_gigabytes_is_refused_unread(importer, tmp_path):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.write(csv_bytes([HEADINGS, row(1)]))
        file.truncate(3 * 1024**3)
    began = time.monotonic()
    assert importer.run(huge, dry_run=True).reason.reason == "too_large"
    assert time.monotonic() - began < 10


def test_what_is_read_is_gone_afterwards(importer, settings):
    importer.run(workbook(("S", [HEADINGS, row(1)])), "hs.xlsx")
    assert not list((settings.HOME / "spool").glob("import-*"))
