"""Office files of people: made by the libraries that make them, and parts as Word, Excel, PowerPoint, Google's and
WPS's programs name them."""
# ruff: noqa: E501 — a table

from __future__ import annotations

import base64
import datetime as dt
import io

import openpyxl
import xlsxwriter
from docx import Document
from docx.enum.section import WD_SECTION
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule, IconSetRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj3xAAAAABJRU5ErkJggg==")


def word() -> bytes:
    paper, buffer = Document(), io.BytesIO()
    paper.core_properties.title = "Báo cáo"
    paper.add_heading("Báo cáo", 1)
    said = paper.add_paragraph("Nội dung").add_run(" chi tiết")
    paper.add_comment(said, text="Xem lại", author="Bình", initials="B")
    paper.add_table(2, 2, style="Table Grid")
    paper.add_picture(io.BytesIO(PNG))
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    section.header.paragraphs[0].add_run().add_picture(io.BytesIO(PNG))
    section.footer.paragraphs[0].text = "Trang"
    paper.save(buffer)
    return buffer.getvalue()


def of_openpyxl() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    page = book.active
    page.append(["Đơn vị", "Số"])
    for number in range(5):
        page.append([f"Trường {number}", number])
    page["C1"] = "=VLOOKUP(A2,A:B,2,FALSE)"
    page["C2"] = '=IF(B2>0,"a|b",SUM(B2:B6))'
    page["A1"].comment = Comment("Xem lại", "Bình")
    page["A2"].hyperlink = "https://so.gov.vn"
    page["A3"].hyperlink = "mailto:a@so.gov.vn"
    page.add_table(Table(displayName="Bảng", ref="A1:B6"))
    choice = DataValidation(type="list", formula1='"Có,Không"')
    choice.add("D2")
    page.add_data_validation(choice)
    page.conditional_formatting.add("B2:B6", ColorScaleRule("min", None, "FF0000", "max", None, "00FF00"))
    page.conditional_formatting.add("B2:B6", IconSetRule("3Arrows", "percent", [0, 33, 67]))
    page.conditional_formatting.add("B2:B6", FormulaRule(formula=['LEFT(A2,1)="T"']))
    chart = BarChart()
    chart.add_data(Reference(page, min_col=2, min_row=1, max_row=6), titles_from_data=True)
    page.add_chart(chart, "F2")
    book.defined_names["Vùng"] = DefinedName("Vùng", attr_text="Sheet!$A$1:$B$6")
    book.create_sheet("Tờ khai (1)")["A1"] = "='Sheet'!A1"
    book.create_chartsheet("Biểu đồ").add_chart(BarChart())
    book.save(buffer)
    return buffer.getvalue()


def of_xlsxwriter() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.set_custom_property("Số", 1)
        page, bold = book.add_worksheet("Tờ 'một' a"), book.add_format({"bold": True})
        page.write_formula("A1", '=IF(B1>0,"a|b",SUM(B1:B3))')
        page.write_formula("A2", "=Bảng[[#This Row],[Số]]*2")
        page.write_dynamic_array_formula("H1:H3", "=UNIQUE(B1:B3)")
        page.write_url("A3", "https://so.gov.vn")
        page.write_url("A4", "internal:'Tờ ''một'' a'!B2")
        page.write_rich_string("A5", "a", bold, "b")
        page.write_comment("B1", "Xem lại")
        page.insert_textbox("J1", "Chữ")
        page.insert_checkbox("K1", True)
        page.insert_button("L1", {"macro": "a", "caption": "In"})
        page.insert_image("M1", "a.png", {"image_data": io.BytesIO(PNG), "url": "https://so.gov.vn"})
        page.embed_image("N1", "b.png", {"image_data": io.BytesIO(PNG)})
        page.set_background(io.BytesIO(PNG))
        page.set_header("&L&G", {"image_left": "c.png", "image_data_left": io.BytesIO(PNG)})
        page.add_table("D1:E4", {"name": "Bảng", "columns": [{"header": "Tên (a|b)"}, {"header": "Số"}]})
        page.add_sparkline("O1", {"range": "'Tờ ''một'' a'!B1:B3"})
        page.conditional_format("B1:B3", {"type": "data_bar", "data_bar_2010": True})
        page.conditional_format("B1:B3", {"type": "formula", "criteria": "=$B1>1", "format": bold})
        page.data_validation("C1", {"validate": "list", "source": ["Có", "Không"]})
        page.autofilter("A1:B3")
        page.write_datetime("C2", dt.datetime(2023, 1, 2))
        page.repeat_rows(0)
        for kind in ("column", "pie"):
            chart = book.add_chart({"type": kind})
            chart.add_series({"values": "='Tờ ''một'' a'!$B$1:$B$3"})
            page.insert_chart("P1", chart)
    return buffer.getvalue()


T = "application/vnd.openxmlformats-officedocument."
M = "application/vnd.ms-"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MS = "http://schemas.microsoft.com/office/"
PACKAGE = "application/vnd.openxmlformats-package."
PACKAGE_R = "http://schemas.openxmlformats.org/package/2006/relationships/"
# Part, its content type, and the relation that leads to it, as these programs write them.
PARTS = [
    ("docProps/core.xml", f"{PACKAGE}core-properties+xml", f"{PACKAGE_R}metadata/core-properties"),
    ("docProps/app.xml", f"{T}extended-properties+xml", f"{R}extended-properties"),
    ("docProps/custom.xml", f"{T}custom-properties+xml", f"{R}custom-properties"),
    ("docProps/thumbnail.jpeg", "image/jpeg", f"{PACKAGE_R}metadata/thumbnail"),
    ("docProps/thumbnail.emf", "image/x-emf", f"{PACKAGE_R}metadata/thumbnail"),
    ("docProps/thumbnail.wmf", "image/x-wmf", f"{PACKAGE_R}metadata/thumbnail"),
    ("docMetadata/LabelInfo.xml", f"{M}office.classificationlabels+xml", f"{MS}2020/02/relationships/classificationlabels"),
    ("_xmlsignatures/origin.sigs", f"{PACKAGE}digital-signature-origin", f"{PACKAGE_R}digital-signature/origin"),
    ("_xmlsignatures/sig1.xml", f"{PACKAGE}digital-signature-xmlsignature+xml", f"{PACKAGE_R}digital-signature/signature"),
    ("customXml/item1.xml", "application/xml", f"{R}customXml"),
    ("customXml/itemProps1.xml", f"{T}customXmlProperties+xml", f"{R}customXmlProps"),
    ("word/intelligence2.xml", f"{M}office.intelligence2+xml", f"{MS}2020/10/relationships/intelligence"),
    ("word/intelligence.xml", f"{M}office.intelligence+xml", f"{MS}2019/09/relationships/intelligence"),
    ("word/media/image3.pdf", "application/pdf", f"{R}image"),
    ("word/styles.xml", f"{T}wordprocessingml.styles+xml", f"{R}styles"),
    ("word/stylesWithEffects.xml", f"{M}word.stylesWithEffects+xml", f"{MS}2007/relationships/stylesWithEffects"),
    ("word/settings.xml", f"{T}wordprocessingml.settings+xml", f"{R}settings"),
    ("word/webSettings.xml", f"{T}wordprocessingml.webSettings+xml", f"{R}webSettings"),
    ("word/fontTable.xml", f"{T}wordprocessingml.fontTable+xml", f"{R}fontTable"),
    ("word/numbering.xml", f"{T}wordprocessingml.numbering+xml", f"{R}numbering"),
    ("word/footnotes.xml", f"{T}wordprocessingml.footnotes+xml", f"{R}footnotes"),
    ("word/endnotes.xml", f"{T}wordprocessingml.endnotes+xml", f"{R}endnotes"),
    ("word/header1.xml", f"{T}wordprocessingml.header+xml", f"{R}header"),
    ("word/footer1.xml", f"{T}wordprocessingml.footer+xml", f"{R}footer"),
    ("word/comments.xml", f"{T}wordprocessingml.comments+xml", f"{R}comments"),
    ("word/commentsExtended.xml", f"{T}wordprocessingml.commentsExtended+xml", f"{MS}2011/relationships/commentsExtended"),
    ("word/commentsIds.xml", f"{T}wordprocessingml.commentsIds+xml", f"{MS}2016/09/relationships/commentsIds"),
    (
        "word/commentsExtensible.xml",
        f"{T}wordprocessingml.commentsExtensible+xml",
        f"{MS}2018/08/relationships/commentsExtensible",
    ),
    ("word/people.xml", f"{T}wordprocessingml.people+xml", f"{MS}2011/relationships/people"),
    ("word/glossary/document.xml", f"{T}wordprocessingml.document.glossary+xml", f"{R}glossaryDocument"),
    ("word/theme/theme1.xml", f"{T}theme+xml", f"{R}theme"),
    ("word/fonts/font1.odttf", f"{T}obfuscatedFont", f"{R}font"),
    ("word/fonts/Roboto.ttf", "application/x-font-ttf", f"{R}font"),
    ("word/media/image1.svg", "image/svg+xml", f"{R}image"),
    ("word/media/image2.emf", "image/x-emf", f"{R}image"),
    ("word/media/hdphoto1.wdp", "image/vnd.ms-photo", f"{MS}2007/relationships/hdphoto"),
    ("word/ink/ink1.xml", "application/inkml+xml", f"{R}customXml"),
    ("word/charts/chart1.xml", f"{T}drawingml.chart+xml", f"{R}chart"),
    ("word/charts/style1.xml", f"{M}office.chartstyle+xml", f"{MS}2011/relationships/chartStyle"),
    ("word/charts/colors1.xml", f"{M}office.chartcolorstyle+xml", f"{MS}2011/relationships/chartColorStyle"),
    ("word/charts/chartEx1.xml", f"{M}office.chartex+xml", f"{MS}2014/relationships/chartEx"),
    ("word/diagrams/data1.xml", f"{T}drawingml.diagramData+xml", f"{R}diagramData"),
    ("word/diagrams/layout1.xml", f"{T}drawingml.diagramLayout+xml", f"{R}diagramLayout"),
    ("word/diagrams/quickStyle1.xml", f"{T}drawingml.diagramStyle+xml", f"{R}diagramQuickStyle"),
    ("word/diagrams/colors1.xml", f"{T}drawingml.diagramColors+xml", f"{R}diagramColors"),
    ("word/diagrams/drawing1.xml", f"{M}office.drawingml.diagramDrawing+xml", f"{MS}2007/relationships/diagramDrawing"),
    ("xl/worksheets/sheet1.xml", f"{T}spreadsheetml.worksheet+xml", f"{R}worksheet"),
    ("xl/chartsheets/sheet1.xml", f"{T}spreadsheetml.chartsheet+xml", f"{R}chartsheet"),
    ("xl/sharedStrings.xml", f"{T}spreadsheetml.sharedStrings+xml", f"{R}sharedStrings"),
    ("xl/styles.xml", f"{T}spreadsheetml.styles+xml", f"{R}styles"),
    ("xl/calcChain.xml", f"{T}spreadsheetml.calcChain+xml", f"{R}calcChain"),
    ("xl/metadata.xml", f"{T}spreadsheetml.sheetMetadata+xml", f"{R}sheetMetadata"),
    ("xl/comments1.xml", f"{T}spreadsheetml.comments+xml", f"{R}comments"),
    ("xl/threadedComments/threadedComment1.xml", f"{M}excel.threadedcomments+xml", f"{MS}2017/10/relationships/threadedComment"),
    ("xl/persons/person.xml", f"{M}excel.person+xml", f"{MS}2017/10/relationships/person"),
    ("xl/drawings/drawing1.xml", f"{T}drawing+xml", f"{R}drawing"),
    ("xl/drawings/vmlDrawing1.vml", f"{T}vmlDrawing", f"{R}vmlDrawing"),
    ("xl/printerSettings/printerSettings1.bin", f"{T}spreadsheetml.printerSettings", f"{R}printerSettings"),
    ("xl/tables/table1.xml", f"{T}spreadsheetml.table+xml", f"{R}table"),
    ("xl/pivotTables/pivotTable1.xml", f"{T}spreadsheetml.pivotTable+xml", f"{R}pivotTable"),
    ("xl/pivotCache/pivotCacheDefinition1.xml", f"{T}spreadsheetml.pivotCacheDefinition+xml", f"{R}pivotCacheDefinition"),
    ("xl/pivotCache/pivotCacheRecords1.xml", f"{T}spreadsheetml.pivotCacheRecords+xml", f"{R}pivotCacheRecords"),
    ("xl/slicers/slicer1.xml", f"{M}excel.slicer+xml", f"{MS}2007/relationships/slicer"),
    ("xl/slicerCaches/slicerCache1.xml", f"{M}excel.slicerCache+xml", f"{MS}2007/relationships/slicerCache"),
    ("xl/timelines/timeline1.xml", f"{M}excel.timeline+xml", f"{MS}2011/relationships/timeline"),
    ("xl/xmlMaps.xml", "application/xml", f"{R}xmlMaps"),
    ("xl/ctrlProps/ctrlProp1.xml", f"{M}excel.controlproperties+xml", f"{R}ctrlProp"),
    ("xl/customProperty1.bin", f"{T}spreadsheetml.customProperty", f"{R}customProperty"),
    ("xl/richData/rdrichvalue.xml", f"{M}excel.rdrichvalue+xml", f"{MS}2017/06/relationships/rdRichValue"),
    ("xl/richData/richValueRel.xml", f"{M}excel.richvaluerel+xml", f"{MS}2022/10/relationships/richValueRel"),
    ("xl/revisions/revisionHeaders.xml", f"{T}spreadsheetml.revisionHeaders+xml", f"{R}revisionHeaders"),
    ("xl/cellimages.xml", "application/vnd.wps-officedocument.cellimage+xml", "http://www.wps.cn/officeDocument/2020/cellImage"),
    ("xl/metadata", "application/binary", "http://customschemas.google.com/relationships/workbookmetadata"),
    ("ppt/slides/slide1.xml", f"{T}presentationml.slide+xml", f"{R}slide"),
    ("ppt/slideLayouts/slideLayout1.xml", f"{T}presentationml.slideLayout+xml", f"{R}slideLayout"),
    ("ppt/slideMasters/slideMaster1.xml", f"{T}presentationml.slideMaster+xml", f"{R}slideMaster"),
    ("ppt/notesSlides/notesSlide1.xml", f"{T}presentationml.notesSlide+xml", f"{R}notesSlide"),
    ("ppt/notesMasters/notesMaster1.xml", f"{T}presentationml.notesMaster+xml", f"{R}notesMaster"),
    ("ppt/handoutMasters/handoutMaster1.xml", f"{T}presentationml.handoutMaster+xml", f"{R}handoutMaster"),
    ("ppt/presProps.xml", f"{T}presentationml.presProps+xml", f"{R}presProps"),
    ("ppt/viewProps.xml", f"{T}presentationml.viewProps+xml", f"{R}viewProps"),
    ("ppt/tableStyles.xml", f"{T}presentationml.tableStyles+xml", f"{R}tableStyles"),
    ("ppt/tags/tag1.xml", f"{T}presentationml.tags+xml", f"{R}tags"),
    ("ppt/revisionInfo.xml", f"{M}powerpoint.revisioninfo+xml", f"{MS}2015/10/relationships/revisionInfo"),
    ("ppt/changesInfos/changesInfo1.xml", f"{M}powerpoint.changesinfo+xml", f"{MS}2016/11/relationships/changesInfo"),
    ("ppt/authors.xml", f"{M}powerpoint.authors+xml", f"{MS}2018/10/relationships/authors"),
    ("ppt/media/media1.mp4", "video/mp4", f"{MS}2007/relationships/media"),
    ("ppt/media/media2.m4a", "audio/mp4", f"{R}audio"),
    ("ppt/fonts/font1.fntdata", "application/x-fontdata", f"{R}font"),
    ("ppt/metadata", "application/binary", "http://customooxmlschemas.google.com/relationships/presentationmetadata"),
]  # fmt: skip
HEADS = {
    "jpeg": b"\xff\xd8\xff\xe0",
    "emf": b"\x01\0\0\0",
    "wmf": b"\xd7\xcd\xc6\x9a",
    "wdp": b"II\xbc\x01",
    "pdf": b"%PDF-1.7",
}
BEHIND_A_MAIN = f"{T}wordprocessingml.document.main+xml"


def content_of(name: str) -> bytes:
    ending = name.rpartition(".")[2]
    return HEADS.get(ending) or (b"<a/>" if ending in ("xml", "vml", "svg") else b"any bytes")
