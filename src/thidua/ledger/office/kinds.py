"""What parts an Office file may have and how they may lead to each other: lists of what is known, by content type and
by type of relation. Whatever stands in none of them is refused, however it is spelt."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """How a part is read by the programs that open the file, and so how it is looked through."""

    TYPES = "types"
    RELATIONS = "relations"
    XML = "xml"
    DATA = "data"  # XML that is kept and no more: whatever it says, it is told to nobody
    SVG = "svg"
    IMAGE = "image"
    FONT = "font"
    MEDIA = "media"
    PRINTER = "printer"
    BINARY = "binary"
    INNER = "inner"  # an Office file, behind a chart


OFFICE = "application/vnd.openxmlformats-officedocument."
PACKAGE = "application/vnd.openxmlformats-package."
MICROSOFT = "application/vnd.ms-"
MAIN = {
    f"{OFFICE}{family}.{name}.main+xml": kind
    for family, names, kind in (
        ("wordprocessingml", ("document", "template"), "docx"),
        ("spreadsheetml", ("sheet", "template"), "xlsx"),
        ("presentationml", ("presentation", "slideshow", "template"), "pptx"),
    )
    for name in names
}
PARTS = {
    f"{OFFICE}wordprocessingml.": (
        "comments commentsExtended commentsIds commentsExtensible document.glossary endnotes fontTable footer "
        "footnotes header numbering people settings styles stylesWithEffects webSettings"
    ),
    f"{OFFICE}spreadsheetml.": (
        "calcChain chartsheet comments pivotCacheDefinition pivotCacheRecords pivotTable revisionHeaders "
        "revisionLog sharedStrings sheetMetadata styles table tableSingleCells userNames worksheet"
    ),
    f"{OFFICE}presentationml.": (
        "commentAuthors comments handoutMaster notesMaster notesSlide presProps slide slideLayout slideMaster "
        "slideUpdateInfo tableStyles tags viewProps"
    ),
    f"{OFFICE}drawingml.": "chart chartshapes diagramColors diagramData diagramLayout diagramStyle",
    OFFICE: "custom-properties customXmlProperties drawing extended-properties theme themeOverride",
    PACKAGE: "core-properties",
    f"{MICROSOFT}word.": "commentsExtended commentsExtensible commentsIds people stylesWithEffects",
    f"{MICROSOFT}excel.": (
        "calcChain controlproperties featurepropertybag namedsheetviews person rdarray rdrichvalue "
        "rdrichvaluestructure rdrichvaluetypes rdsupportingpropertybag rdsupportingpropertybagstructure "
        "richstyles richvaluerel slicer slicerCache threadedcomments timeline timelineCache wsSortMap"
    ),
    f"{MICROSOFT}powerpoint.": "authors changesinfo comments revisioninfo",
    f"{MICROSOFT}office.": (
        "chartcolorstyle chartex chartstyle classificationlabels documenttasks drawingml.diagramDrawing intelligence "
        "intelligence2"
    ),
    "application/vnd.wps-officedocument.": "cellimage",
}
INNER = {
    f"{OFFICE}{each}" for each in ("spreadsheetml.sheet", "wordprocessingml.document", "presentationml.presentation")
}
KINDS = {
    **{f"{start}{name}+xml": Kind.XML for start, names in PARTS.items() for name in names.split()},
    **dict.fromkeys(MAIN, Kind.XML),
    **dict.fromkeys(INNER, Kind.INNER),
    f"{OFFICE}vmldrawing": Kind.XML,
    "application/inkml+xml": Kind.XML,
    "application/xml": Kind.DATA,
    "text/xml": Kind.DATA,
    f"{PACKAGE}relationships+xml": Kind.RELATIONS,
    f"{PACKAGE}digital-signature-xmlsignature+xml": Kind.DATA,
    f"{PACKAGE}digital-signature-origin": Kind.BINARY,
    f"{PACKAGE}digital-signature-certificate": Kind.BINARY,
    "application/binary": Kind.BINARY,
    f"{OFFICE}spreadsheetml.customproperty": Kind.BINARY,
    **{
        f"{OFFICE}{each}.printersettings": Kind.PRINTER
        for each in ("spreadsheetml", "wordprocessingml", "presentationml")
    },
    f"{OFFICE}obfuscatedfont": Kind.FONT,
    **dict.fromkeys(("application/x-fontdata", "application/x-font-ttf", "application/x-font-otf"), Kind.FONT),
    "image/svg+xml": Kind.SVG,
    "application/pdf": Kind.IMAGE,  # pictures pasted into Word for Mac
}
KNOWN = {name.lower(): kind for name, kind in KINDS.items()}
MAIN_KINDS = {name.lower(): kind for name, kind in MAIN.items()}
BY_FAMILY = {"image": Kind.IMAGE, "audio": Kind.MEDIA, "video": Kind.MEDIA, "font": Kind.FONT}
# What nobody reads as text is known by its name's ending too, so that no program is carried under another kind.
ENDINGS = {
    Kind.FONT: ("odttf", "ttf", "otf", "fntdata"),
    Kind.PRINTER: ("bin",),
    Kind.BINARY: ("bin", "sigs", "cer", ""),
    Kind.MEDIA: (
        "aac",
        "aiff",
        "au",
        "avi",
        "m4a",
        "m4v",
        "mid",
        "midi",
        "mov",
        "mp3",
        "mp4",
        "mpeg",
        "mpg",
        "wav",
        "wma",
        "wmv",
    ),
    Kind.INNER: ("docx", "xlsx", "pptx"),
}
PICTURES = (
    b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\x01\0\0\0", b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0",
    b"\x02\0\x09\0", b"RIFF", b"II\xbc", b"\0\0\x01\0", b"\x1f\x8b", b"\x0a\x05\x01", b"%PDF",
)  # fmt: skip
LEFT_OVER = re.compile(r"\[trash\]/\d{4}\.dat")


def kind_of(content_type: str) -> Kind | None:
    """None for what is not known."""
    name = content_type.lower()
    family, _slash, _rest = name.partition("/")
    return KNOWN.get(name) or BY_FAMILY.get(family)


def is_left_over(name: str, content_type: str) -> bool:
    """What Office threw away and left in the file: of no type, so that no relation leads there and nothing reads it."""
    return not content_type and LEFT_OVER.fullmatch(name) is not None


def is_picture(head: bytes) -> bool:
    return head.startswith(PICTURES) or head[4:8] == b"ftyp" or not head


# Name of a relation → what it may lead to.
RELATIONS: dict[str, frozenset[Kind]] = {
    **dict.fromkeys(
        [
            "authors",
            "calcChain",
            "chart",
            "chartColorStyle",
            "chartEx",
            "chartStyle",
            "chartUserShapes",
            "chartsheet",
            "changesInfo",
            "classificationlabels",
            "commentAuthors",
            "comments",
            "commentsExtended",
            "commentsExtensible",
            "commentsIds",
            "ctrlProp",
            "custom-properties",
            "customXmlProps",
            "diagramColors",
            "diagramData",
            "diagramDrawing",
            "diagramLayout",
            "diagramQuickStyle",
            "documenttasks",
            "drawing",
            "endnotes",
            "extended-properties",
            "FeaturePropertyBag",
            "fontTable",
            "footer",
            "footnotes",
            "glossaryDocument",
            "handoutMaster",
            "header",
            "intelligence",
            "metadata/core-properties",
            "namedSheetView",
            "notesMaster",
            "notesSlide",
            "numbering",
            "officeDocument",
            "people",
            "person",
            "pivotCacheDefinition",
            "pivotCacheRecords",
            "pivotTable",
            "presProps",
            "rdArray",
            "rdRichValue",
            "rdRichValueStructure",
            "rdRichValueTypes",
            "rdSupportingPropertyBag",
            "rdSupportingPropertyBagStructure",
            "revisionHeaders",
            "revisionInfo",
            "revisionLog",
            "richStyles",
            "richValueRel",
            "settings",
            "sharedStrings",
            "sheetMetadata",
            "slicer",
            "slicerCache",
            "slide",
            "slideLayout",
            "slideMaster",
            "slideUpdateInfo",
            "styles",
            "stylesWithEffects",
            "table",
            "tableSingleCells",
            "tableStyles",
            "tags",
            "theme",
            "themeOverride",
            "threadedComment",
            "timeline",
            "timelineCache",
            "usernames",
            "viewProps",
            "vmlDrawing",
            "webSettings",
            "worksheet",
            "wsSortMap",
        ],
        frozenset({Kind.XML}),
    ),
    **dict.fromkeys(("image", "hdphoto", "metadata/thumbnail"), frozenset({Kind.IMAGE, Kind.SVG})),
    **dict.fromkeys(("audio", "video", "media"), frozenset({Kind.MEDIA})),
    "customXml": frozenset({Kind.DATA, Kind.XML}),
    "customProperty": frozenset({Kind.BINARY}),
    "digital-signature/origin": frozenset({Kind.BINARY}),
    "digital-signature/signature": frozenset({Kind.DATA}),
    "digital-signature/certificate": frozenset({Kind.BINARY}),
    "font": frozenset({Kind.FONT}),
    "package": frozenset({Kind.INNER}),
    "printerSettings": frozenset({Kind.PRINTER}),
    "xmlMaps": frozenset({Kind.DATA}),
}
OF_OTHERS = {
    "http://www.wps.cn/officeDocument/2020/cellImage": frozenset({Kind.XML}),
    "http://customooxmlschemas.google.com/relationships/presentationmetadata": frozenset({Kind.BINARY}),
    "http://customschemas.google.com/relationships/presentationmetadata": frozenset({Kind.BINARY}),
    "http://customschemas.google.com/relationships/workbookmetadata": frozenset({Kind.BINARY}),
}
RELATION = re.compile(
    r"http://(?:schemas\.openxmlformats\.org/(?:office[dD]ocument|package)/2006|purl\.oclc\.org/ooxml/officeDocument|"
    r"schemas\.microsoft\.com/office/20\d\d(?:/\d\d)?)/relationships/([\w/-]{1,60})"
)


def led_to(relation: str) -> frozenset[Kind]:
    """What a relation of this type may lead to; nothing where the type is not known."""
    found = RELATION.fullmatch(relation)
    return RELATIONS.get(found.group(1), frozenset()) if found else OF_OTHERS.get(relation, frozenset())


def is_link(relation: str) -> bool:
    """Whether a reader follows it by a click."""
    found = RELATION.fullmatch(relation)
    return found is not None and found.group(1) == "hyperlink"
