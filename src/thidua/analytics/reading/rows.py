"""Rows of a program: a JSON list of objects, or one object a line. They become a table without a row of headings, so
that a row's number is its place in what was sent."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from thidua.analytics.reading.tables import Table
from thidua.core.records.datasets import ColumnType, Dataset
from thidua.core.records.headings import UNIT
from thidua.core.records.problems import Reason, Refused
from thidua.core.words import _

LONGEST_LINE = 1 << 20
LARGEST_EXPONENT = 30
# What would end a line or cannot stand in a text; the cleaning takes the same for spaces.
NO_TEXT = re.compile(r"[\r\n\x00]")
NUMBERS, NAMES = (ColumnType.NUMBER, ColumnType.COUNT), (ColumnType.TEXT, ColumnType.CODE, ColumnType.CHOICE)
LIST, LINES = "list", "lines"


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# What its library raises for what is no JSON; numbers without end are arithmetic.
NO_JSON = (ValueError, ArithmeticError, RecursionError)
DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
SPACES = re.compile(r"[ \t\r\n]*")


def tables(file: Path, folder: Path, *, dataset: Dataset, form: str) -> list[Table]:
    """One table whose headings are the columns that some row names. Raises Refused."""
    types = {column.name: column.type for column in dataset.columns} | {UNIT: ColumnType.CODE}
    path, named, count = folder / "rows.csv", set[str](), 0
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter="\t", lineterminator="\n")
        try:
            for count, row in enumerate(_list(file) if form == LIST else _lines(file), start=1):  # noqa: B007
                _check_row(row, count, types)
                named |= row.keys()
                writer.writerow([_cell(row.get(name), type, name, count) for name, type in types.items()])
        except UnicodeEncodeError as error:  # half of a pair of surrogates
            raise Refused(Reason.DAMAGED, _("Row %(row)s holds what is no text.", row=count)) from error
    if count and (missing := [name for name in dataset.required if name not in named]):
        sentence = _("No row has the column “%(names)s”, which is needed.", names="”, “".join(missing))
        raise Refused(Reason.MISSING_COLUMN, sentence)
    headings = [name if name in named or not count else "" for name in types]
    return [Table("", path, len(types), [(0, headings)], "\t", is_numbered=False, lines=count)]


def _list(file: Path) -> Iterator[object]:
    """Row by row, so that no more than one of them is ever in memory."""
    with file.open(encoding="utf-8-sig") as content:
        try:
            yield from _elements(content)
        except NO_JSON as error:
            sentence = _("The content is no JSON: a list of objects is asked for.")
            raise Refused(Reason.DAMAGED, sentence) from error


def _elements(content: TextIO) -> Iterator[object]:
    """Of a JSON list, each as soon as it is read, and none longer than a line may be. Raises ValueError."""
    text, at, sign = content.read(2 * LONGEST_LINE).lstrip(), 0, "["
    if text.startswith("{"):
        raise Refused(Reason.WRONG_KIND, _("The content is no list of objects."))
    while text[at : at + 1] == sign:
        at = _after_spaces(text, at + 1)
        if sign == "[" and text[at : at + 1] == "]":
            break
        element, at = DECODER.raw_decode(text, at)
        yield element
        if len(text) - at < LONGEST_LINE and (piece := content.read(LONGEST_LINE)):
            text, at = text[at:] + piece, 0
        at, sign = _after_spaces(text, at), ","
    if text[at : at + 1] != "]" or text[at + 1 :].strip() or content.read(1):
        raise ValueError(at)


def _after_spaces(text: str, at: int) -> int:
    return SPACES.match(text, at).end()


def _lines(file: Path) -> Iterator[object]:
    with file.open("rb") as content:
        number = 0
        while line := content.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise Refused(Reason.TOO_LARGE, _("Line %(line)s is longer than a megabyte.", line=number))
            if line.strip():
                try:
                    yield DECODER.decode(line.decode("utf-8-sig"))
                except NO_JSON as error:
                    raise Refused(Reason.DAMAGED, _("Line %(line)s is no JSON object.", line=number)) from error


def _check_row(row: object, number: int, types: dict[str, ColumnType]) -> None:
    if not isinstance(row, dict):
        raise Refused(Reason.WRONG_KIND, _("Row %(row)s is no object.", row=number))
    if unknown := row.keys() - types.keys():
        values = {"row": number, "name": min(unknown)[:40], "known": ", ".join(types)}
        sentence = _("Row %(row)s has a column “%(name)s” that is not known. Known: %(known)s.", **values)
        raise Refused(Reason.UNKNOWN_HEADING, sentence)


def _cell(value: object, type: ColumnType, name: str, number: int) -> str:
    """As a file would write it. Only a column of yes or no takes true and false; a day is no number."""
    match value:
        case None:
            return ""
        case bool() if type is ColumnType.YES_NO:
            return "yes" if value else "no"
        case str():
            return NO_TEXT.sub(" ", value)
        case int() | Decimal() if type in NUMBERS and not isinstance(value, bool) and _is_usual(Decimal(value)):
            return _decimal(Decimal(value))
        case int() if type in NAMES and not isinstance(value, bool):
            return str(value)
    values = {"row": number, "name": name}
    raise Refused(Reason.DAMAGED, _("Row %(row)s: the value of “%(name)s” is of a wrong type.", **values))


def _is_usual(value: Decimal) -> bool:
    return abs(value.adjusted()) <= LARGEST_EXPONENT


def _decimal(value: Decimal) -> str:
    """With one more digit than three behind the dot could mislead: 1.234 is no thousand here."""
    plain = f"{value:f}"
    return f"{plain}0" if "." in plain else plain
