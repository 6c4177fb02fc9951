"""Formulas of workbooks: what is told of them by looking at them as Excel reads them, texts and names apart."""

from __future__ import annotations

from thidua.core.refusals import Unfit
from thidua.ledger.office import reasons
from thidua.ledger.office.reasons import said

LONGEST = 64 * 1024  # eight times what Excel takes
# Functions that ask another program, machine or library, or run one.
REACHING = frozenset(
    [
        "CALL", "COPILOT", "DDE", "EXEC", "EXECUTE", "FOPEN", "FWRITE", "FWRITELN", "IMAGE", "INITIATE", "POKE", "PY",
        "REGISTER", "REGISTER.ID", "REQUEST", "RTD", "RUN", "SEND.KEYS", "SQL.EXEC.QUERY", "SQL.OPEN", "SQL.REQUEST",
        "STOCKHISTORY", "TERMINATE", "TRANSLATE", "WEBSERVICE",
    ]
)  # fmt: skip
ADDRESS = "\0"  # stands for a sheet of another workbook; no XML holds it
PREFIXES = ("_XLFN.", "_XLWS.", "_XLUDF.", "_XLL.", "COM.MICROSOFT.", "ORG.LIBREOFFICE.", "ORG.OPENOFFICE.")


def check(formula: str, sheets: frozenset[str] = frozenset()) -> None:
    """``sheets``: what the workbook calls its own, in small letters."""
    if len(formula) > LONGEST:
        raise Unfit(reasons.TOO_MUCH)
    outside = _outside_texts(formula, sheets)
    if "|" in outside:
        raise Unfit(said(reasons.FORMULA, "DDE"))
    if ADDRESS in outside:
        raise Unfit(said(reasons.LINKED, reasons.KINDS_OF_LINKS["externallink"]))
    for before in outside.split("(")[:-1]:
        name = _called(before)
        if name in REACHING:
            raise Unfit(said(reasons.FORMULA, name))


def _outside_texts(formula: str, sheets: frozenset[str]) -> str:
    """The formula without its texts ("…"), and without what stands in brackets: columns of a table may have any name.
    Names of sheets ('…') stay, but for what may look like a call."""
    kept: list[str] = []
    at = 0
    while at < len(formula):
        sign = formula[at]
        if sign == '"':
            at = _end_of(formula, at, '"')
        elif sign == "'":
            end = _end_of(formula, at, "'")
            kept.append(_sheet(formula[at + 1 : end - 1], sheets))
            at = end
        elif sign == "[":
            at = _end_of_brackets(formula, at)
        else:
            kept.append(sign)
            at += 1
    return "".join(kept)


def _end_of(formula: str, at: int, quote: str) -> int:
    """Behind the text that begins here; a quote within it is doubled. Raises Unfit where it does not end."""
    while True:
        at = formula.find(quote, at + 1)
        if at < 0:
            raise Unfit(reasons.ODD)
        if formula[at + 1 : at + 2] != quote:
            return at + 1
        at += 1


def _end_of_brackets(formula: str, at: int) -> int:
    """Behind the brackets that begin here; ' takes the meaning from the sign after it."""
    depth = 0
    while at < len(formula):
        if formula[at] == "'":
            at += 1
        elif formula[at] == "[":
            depth += 1
        elif formula[at] == "]":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise Unfit(reasons.ODD)


def _sheet(name: str, sheets: frozenset[str]) -> str:
    """Of a sheet, or of several ("a:b"). | may stand in the name of a sheet, and is DDE where there is none of that
    name; \\ and / stand in no sheet's name, only in addresses of other workbooks."""
    if "|" in name and not sheets.issuperset(name.replace("''", "'").lower().split(":")):
        return "|"
    return ADDRESS if "\\" in name or "/" in name else "''"


def _called(before: str) -> str:
    """The name that stands last."""
    end = len(before.rstrip())
    at = end
    while at and (before[at - 1].isalnum() or before[at - 1] in "._"):
        at -= 1
    name = before[at:end].upper()
    while name.startswith(PREFIXES):
        name = name.removeprefix(next(each for each in PREFIXES if name.startswith(each)))
    return name
