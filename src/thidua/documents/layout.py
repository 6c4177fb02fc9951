"""Building blocks of official papers: the layout of Nghị định 30/2020/NĐ-CP as Word templates with placeholders.

Sizes are in points, lengths in millimetres. What is built here is a template: the office downloads it, edits it in
Word and uploads it again, so everything is plain Word (styles, tables, page numbers) and nothing is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BODY, SMALL = 14, 12
INDENT = Mm(12.7)
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


@dataclass(frozen=True)
class Column:
    """``cell`` is a placeholder; ``width`` in millimetres (165 across a page)."""

    heading: str
    cell: str
    width: float
    align: str = "left"


def blank() -> Paper:
    """A4 upright, margins 20/20/30/15 mm, Times New Roman 14, page number centred above, none on the first page."""
    paper = Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.rPr.append(language)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _page_number(section.header.paragraphs[0])
    return paper


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = ALIGN["center"]
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def as_bytes(paper: Paper) -> bytes:
    buffer = io.BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def _write(place, text: str, *, size=BODY, align="left", bold=False, italic=False, after=6, keep=False) -> Paragraph:
    paragraph = place.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    paragraph.alignment = ALIGN[align]
    paragraph.paragraph_format.space_after = Pt(after)
    paragraph.paragraph_format.keep_with_next = keep
    return paragraph


def _first(cell: _Cell, text: str, **look) -> None:
    """Text into the empty paragraph that every cell begins with."""
    _write(cell, text, **look)
    cell._tc.remove(cell.paragraphs[0]._p)


def _line_below(place, *, indent: float) -> None:
    """A short rule: the upper border of an empty line that is indented on both sides."""
    paragraph = _write(place, "", size=4, after=0)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def official(name: str, subject: str) -> Paper:
    """A blank paper with its head and title, filled from ``paper``: superior, issuer, symbol, place, year, draft."""
    paper = blank()
    letterhead(
        paper,
        superior="{{ paper.superior|upper }}",
        issuer="{{ paper.issuer|upper }}",
        symbol="Số:         /{{ paper.symbol }}",
        place_and_day="{{ paper.place }}, ngày … tháng … năm {{ paper.year }}",
        draft=True,
    )
    title(paper, name, subject)
    return paper


def letterhead(
    paper: Paper, *, superior: str, issuer: str, symbol: str, place_and_day: str, draft: bool = False
) -> None:
    """Issuing bodies and number on the left; quốc hiệu, tiêu ngữ, place and day on the right. ``draft``: below the
    number stands "DỰ THẢO" where ``paper`` says that it is one."""
    left, right = _two_cells(paper, 63, 104)
    _first(left, superior, size=SMALL, align="center", after=0)
    _write(left, issuer, size=SMALL, align="center", bold=True, after=2)
    _line_below(left, indent=20)
    _write(left, symbol, size=13, align="center", after=0)
    if draft:
        _write(left, "{%p if paper.draft %}", after=0)
        _write(left, "DỰ THẢO", size=13, align="center", bold=True, after=0)
        _write(left, "{%p endif %}", after=0)
    _first(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=SMALL, align="center", bold=True, after=0)
    _write(right, "Độc lập - Tự do - Hạnh phúc", size=13, align="center", bold=True, after=2)
    _line_below(right, indent=22)
    _write(right, place_and_day, size=13, align="center", italic=True, after=0)


def _two_cells(paper: Paper, left: float, right: float) -> tuple[_Cell, _Cell]:
    table = paper.add_table(rows=1, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, (left, right), strict=True):
        column.width = Mm(width)
    _keep_whole(table.rows[0])
    return table.rows[0].cells[0], table.rows[0].cells[1]


def title(paper: Paper, name: str, subject: str) -> None:
    """Type of the paper and what it is about, centred, with a rule below."""
    heading = _write(paper, name, align="center", bold=True, after=0)
    heading.paragraph_format.space_before = Pt(14)
    _write(paper, subject, align="center", bold=True, after=2)
    _line_below(paper, indent=60)


def heading(paper: Paper, text: str) -> None:
    paragraph = _write(paper, text, bold=True, align="justify", keep=True)
    paragraph.paragraph_format.first_line_indent = INDENT


def text(paper: Paper, words: str, *, italic: bool = False, bold: bool = False) -> None:
    paragraph = _write(paper, words, align="justify", italic=italic, bold=bold, keep=bold)
    paragraph.paragraph_format.first_line_indent = INDENT


def text_right(paper: Paper, words: str) -> None:
    _write(paper, words, size=SMALL, italic=True, align="right")


def new_page(paper: Paper) -> None:
    """What follows begins on a page of its own."""
    _write(paper, "", size=1, after=0).paragraph_format.page_break_before = True


def control(paper: Paper, tag: str) -> None:
    """A line that steers the template and vanishes: ``{%p for … %}``, ``{%p if … %}``."""
    _write(paper, f"{{%p {tag} %}}", after=0)


def caption(paper: Paper, words: str, *, below: bool = False) -> None:
    """The name of a table, which stays with it; ``below``: of a picture, which stays with its name."""
    _write(paper, words, size=13, bold=True, align="center", after=10 if below else 3, keep=not below)


def note(paper: Paper, words: str) -> None:
    """Small words about a whole annex."""
    _write(paper, words, size=SMALL, italic=True, align="justify")


def picture(paper: Paper, placeholder: str) -> None:
    _write(paper, placeholder, align="center", after=3, keep=True)


def table(paper: Paper, columns: Sequence[Column], *, loop: str, under: str = "", size: float = SMALL) -> None:
    """A ruled table with a repeated heading row and one row for each ``loop`` ("row in coverage"), the first of which
    stays with the heading. ``under``: what several rows have in common ("audience"), said once above them."""
    made = paper.add_table(rows=7 if under else 4, cols=len(columns), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    head, begin, *shared, body, end = made.rows
    _repeat(head)
    for number, column in enumerate(columns):
        made.columns[number].width = Mm(column.width)
        _first(head.cells[number], column.heading, size=size, bold=True, align="center", after=2, keep=True)
        _first(body.cells[number], column.cell, size=size, align=column.align, after=2)
    begin.cells[0].paragraphs[0].add_run(f"{{%tr for {loop} %}}")
    if under:
        row, (is_other, title, is_same) = loop.split()[0], shared
        is_other.cells[0].paragraphs[0].add_run(f"{{%tr if loop.first or loop.previtem.{under} != {row}.{under} %}}")
        whole = title.cells[0].merge(title.cells[-1])
        for spare in whole.paragraphs[1:]:
            whole._tc.remove(spare._p)
        _first(whole, f"{{{{ {row}.{under} }}}}", size=size, bold=True, italic=True, after=2, keep=True)
        is_same.cells[0].paragraphs[0].add_run("{%tr endif %}")
    end.cells[0].paragraphs[0].add_run("{%tr endfor %}")
    for row in made.rows:
        _keep_whole(row)
    _write(paper, "", size=4, after=0)


def _repeat(row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep_whole(row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def signature(paper: Paper, *, authority: str, recipients: Sequence[str] = ()) -> None:
    """Recipients ("Nơi nhận") on the left, the signer on the right, filled from ``paper``: recipients, signer. The last
    words before stay with them: nobody signs an empty page.

    ``authority``: one line or several ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"). Given ``recipients``, the paper names these and
    no signer.
    """
    paper.paragraphs[-1].paragraph_format.keep_with_next = True
    left, right = _two_cells(paper, 85, 80)
    _first(left, "Nơi nhận:", size=12, bold=True, italic=True, after=0)
    filled = ("{%p for recipient in paper.recipients %}", "- {{ recipient }}", "{%p endfor %}")
    for line in [f"- {each}" for each in recipients] or filled:
        _write(left, line, size=11, after=0)
    _first(right, authority, align="center", bold=True, after=60)
    _write(right, "" if recipients else "{{ paper.signer }}", align="center", bold=True)
