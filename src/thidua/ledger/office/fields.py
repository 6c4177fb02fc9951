"""Fields of Word: the instruction of each, put together from its pieces, must begin with the name of one that only
shows or counts what the paper has."""

from __future__ import annotations

from itertools import takewhile

from thidua.core.refusals import Unfit
from thidua.ledger.office import reasons
from thidua.ledger.office.links import is_followed
from thidua.ledger.office.reasons import said

LONGEST = 1024 * 1024  # citations are kept in fields, with all that is known of the book
NESTED = "\ufffc"  # where a field stands within another
SHOWING = frozenset(
    [
        "ADDIN", "ADDRESSBLOCK", "ADVANCE", "ASK", "AUTHOR", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "AUTOTEXT",
        "AUTOTEXTLIST", "BARCODE", "BIBLIOGRAPHY", "BIDIOUTLINE", "CITATION", "COMMENTS", "COMPARE", "CREATEDATE",
        "DATE", "DISPLAYBARCODE",
        "DOCPROPERTY", "DOCVARIABLE", "EDITTIME", "EQ", "FILENAME", "FILESIZE", "FILLIN", "FORMCHECKBOX",
        "FORMDROPDOWN", "FORMTEXT", "FTNREF", "GOTOBUTTON", "GREETINGLINE", "HYPERLINK", "IF", "INDEX", "INFO",
        "KEYWORDS", "LASTSAVEDBY", "LISTNUM", "MERGEBARCODE", "MERGEFIELD", "MERGEREC", "MERGESEQ", "NEXT", "NEXTIF",
        "NOTEREF", "NUMCHARS", "NUMPAGES", "NUMWORDS", "PAGE", "PAGEREF", "PRINTDATE", "PRIVATE", "QUOTE", "REF",
        "REVNUM", "SAVEDATE", "SECTION", "SECTIONPAGES", "SEQ", "SET", "SHAPE", "SKIPIF", "STYLEREF", "SUBJECT",
        "SYMBOL", "TA", "TC", "TEMPLATE", "TIME", "TITLE", "TOA", "TOC", "USERADDRESS", "USERINITIALS", "USERNAME",
        "XE",
    ]
)  # fmt: skip


class Fields:
    """Those of one part."""

    def __init__(self) -> None:
        # The instruction so far of each open field, the innermost last; None where its result has begun: that is text.
        self.open: list[str | None] = []

    def turn(self, kind: str) -> None:
        if kind == "begin":
            self.text(NESTED)
            self.open.append("")
        elif kind in ("separate", "end") and self.open:
            check(self.open.pop() or "")
            if kind == "separate":
                self.open.append(None)

    def text(self, data: str) -> None:
        if not self.open:
            check("" if data == NESTED else data)
        elif (before := self.open[-1]) is not None:
            if len(before) + len(data) > LONGEST:
                raise Unfit(reasons.TOO_MUCH)
            self.open[-1] = before + data

    def finish(self) -> None:
        for each in self.open:
            check(each or "")


def check(instruction: str) -> None:
    told = instruction.strip()
    name = "".join(takewhile(lambda each: "A" <= each.upper() <= "Z", told)).upper()
    rest = told[len(name) :]
    is_clicked_text = name == "MACROBUTTON" and rest.split()[:1] == ["NoMacro"]  # "click here and type": there is none
    if not told or told.startswith("=") or is_clicked_text:  # a formula counts, whatever the fields within it show
        return
    if name not in SHOWING or (rest and not rest[0].isspace() and rest[0] not in '\\"'):
        raise Unfit(said(reasons.FIELD, name or told[:20]))
    if name == "HYPERLINK" and not is_followed(_target(rest)):
        raise Unfit(said(reasons.LEADS, _target(rest)))


def _target(rest: str) -> str:
    """Where a link leads; a switch is none."""
    told = rest.strip()
    if told.startswith('"'):
        return told[1:].split('"', 1)[0].replace("\\\\", "\\")
    return "" if told.startswith("\\") and not told.startswith("\\\\") else told.split(maxsplit=1)[0] if told else ""
