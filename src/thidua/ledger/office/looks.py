"""What is asked of the XML of a part, whatever part it is: a program may read any of them as any other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from thidua.core.refusals import Unfit
from thidua.ledger.office import formulas, reasons
from thidua.ledger.office.fields import Fields
from thidua.ledger.office.fields import check as check_field
from thidua.ledger.office.links import is_followed
from thidua.ledger.office.reasons import said

MATHS = ("http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math")
FORMULAS = frozenset(
    [
        "f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula",
        "oldFormula", "FmlaLink", "FmlaRange", "FmlaMacro", "FmlaGroup", "FmlaPict", "FmlaTxbx",
    ]
)  # fmt: skip
FORMULA_ATTRIBUTES = frozenset(["formula", "fmlaLink", "fmlaRange", "fmlaMacro", "fmlaGroup", "fmlaTxbx"])
CODES = frozenset({"instrText", "delInstrText"})
TOLD = CODES | {"HyperlinkBase"}  # what links beside the file begin with
SOURCES = frozenset({"connectString", "ddeLink", "oleLink", "dataSource"})
DRAWN_BY_ADDRESS = frozenset({"src", "href"})
WATCHED = FORMULA_ATTRIBUTES | DRAWN_BY_ADDRESS | {"fldCharType", "instr", "val"}
WORKBOOKS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
)  # fmt: skip
SHEETS = tuple([f"{space} {name}" for name in ("workbook", "sheets", "sheet")] for space in WORKBOOKS)
SCRIPTS = frozenset({"script", "foreignObject", "iframe", "embed", "object", "handler", "listener"})


@lru_cache(maxsize=4096)
def _named(tag: str) -> tuple[str, str]:
    """Namespace and name; millions of cells have a few of these."""
    space, _blank, name = tag.rpartition(" ")
    return space, name


class Content:
    """Fields, formulas, and pictures that are named by an address; ``sheets`` are those of the workbook."""

    def __init__(self, sheets: frozenset[str] = frozenset()) -> None:
        self.sheets = sheets
        self.fields = Fields()
        self.read: list[str] | None = None  # the text of the code or formula that is open
        self.told = ""
        self.inside = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.read is not None:
            self.inside += 1
        space, name = _named(tag)
        if name in SOURCES:
            raise Unfit(said(reasons.LINKED, name))
        if self.read is None and (name in TOLD or (name in FORMULAS and space not in MATHS)):
            self.read, self.inside, self.told = [], 0, name
        for key in attributes:
            space, local = _named(key)
            if local in WATCHED:
                self._look_at(name, space, local, attributes[key])

    def _look_at(self, name: str, space: str, local: str, value: str) -> None:
        if local == "fldCharType":
            self.fields.turn(value)
        elif local == "instr":
            check_field(value)
        elif local in FORMULA_ATTRIBUTES or (name == "cfvo" and local == "val"):
            formulas.check(value, self.sheets)
        elif local in DRAWN_BY_ADDRESS and value:
            is_clicked = local == "href" and not space and name != "image"
            if not (is_followed(value) if is_clicked else value.startswith("#")):
                raise Unfit(said(reasons.LINKED, reasons.KINDS_OF_LINKS["image"]))

    def text(self, data: str) -> None:
        if self.read is not None:
            self.read.append(data)

    def end(self, tag: str) -> None:
        if self.read is None:
            return
        if self.inside:
            self.inside -= 1
            return
        read, self.read = "".join(self.read), None
        if self.told in CODES:
            self.fields.text(read)
        elif self.told in FORMULAS:
            formulas.check(read, self.sheets)
        elif not is_followed(read):
            raise Unfit(said(reasons.LEADS, read))

    def finish(self) -> None:
        self.fields.finish()


class Drawing:
    """A picture in SVG: shapes, and nothing that loads or runs."""

    def __init__(self) -> None:
        self.style: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        is_wrong = name in SCRIPTS
        for key, value in attributes.items():
            local = key.rpartition(" ")[2]
            is_address = local in DRAWN_BY_ADDRESS and value
            is_clicked = name == "a" and is_followed(value)
            is_wrong = is_wrong or local == "base" or local.lower().startswith("on") or _loads(value)
            is_wrong = is_wrong or (is_address and not (is_clicked or value.startswith(("#", "data:image/"))))
        if is_wrong:
            raise Unfit(said(reasons.LINKED, reasons.KINDS_OF_LINKS["image"]))

    def text(self, data: str) -> None:
        self.style.append(data)

    def end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] == "style" and _loads("".join(self.style)):
            raise Unfit(said(reasons.LINKED, reasons.KINDS_OF_LINKS["image"]))
        self.style = []

    def finish(self) -> None:
        return


def _loads(style: str) -> bool:
    plain = "".join(style.lower().split()).replace('"', "").replace("'", "")
    return "@import" in plain or plain.count("url(") != plain.count("url(#")


class Kept:
    """XML that is only kept: that it can be read is enough. Of a map of XML Excel fetches the data where it is told
    from where."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if _named(tag)[1] == "DataBinding":
            raise Unfit(said(reasons.LINKED, "DataBinding"))

    def text(self, data: str) -> None:
        return

    def end(self, tag: str) -> None:
        return

    def finish(self) -> None:
        return


class Sheets(Kept):
    """What a workbook calls its sheets, in small letters."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.names: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.open.append(tag)
        if self.open in SHEETS:
            self.names.add(attributes.get("name", "").lower())

    def end(self, tag: str) -> None:
        self.open.pop()
