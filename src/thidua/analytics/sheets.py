"""Which sheets of a file are meant, and where their headings are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thidua.analytics.reading import Table
from thidua.core.records import headings
from thidua.core.records.datasets import Dataset
from thidua.core.records.headings import Asked, Heading, Layout
from thidua.core.records.problems import Code, Level, Problem, Reason, Refused, sheet_left_out
from thidua.core.records.values import clean
from thidua.core.words import _

ALL = "*"


@dataclass(frozen=True)
class Sheet:
    table: Table
    layout: Layout

    @property
    def has_rows(self) -> bool:
        """Something stands below the headings, as far as the first rows tell."""
        return any(number > self.layout.header_row for number, _cells in self.table.head)


NOTHING_SAID = Asked()


def chosen(
    tables: Sequence[Table], dataset: Dataset, *, names: Sequence[str] = (), asked: Asked = NOTHING_SAID
) -> list[Sheet]:
    """The sheets to be read as one batch. Raises Refused where that is not clear."""
    if names and list(names) != [ALL]:
        sheets = [Sheet(table, headings.find(table.head, dataset, asked)) for table in _named(tables, names)]
    else:
        sheets = _found(tables, dataset, asked)
        if not names:
            sheets = [_the_only(sheets)]
    for sheet in sheets:
        _check_calculated(sheet)
    return sheets


def headings_seen(tables: Sequence[Table], dataset: Dataset, names: Sequence[str], asked: Asked) -> list[Heading]:
    """Those of the sheet where most are known, of the named ones or of those in sight."""
    wanted = {_key(name) for name in names}
    looked_at = [table for table in tables if (_key(table.sheet) in wanted if names else table.is_visible)]
    several = [headings.seen(table.head, dataset, asked) for table in looked_at]
    return max(several, key=lambda found: sum(bool(each.meant) for each in found), default=[])


def _named(tables: Sequence[Table], names: Sequence[str]) -> list[Table]:
    known = {_key(table.sheet): table for table in tables}
    if unknown := [name for name in names if _key(name) not in known]:
        there = ", ".join(f"“{table.sheet}”" for table in tables if table.sheet)
        values = {"sheet": ", ".join(unknown), "known": there or "–"}
        raise Refused(Reason.UNKNOWN_SHEET, _("There is no sheet “%(sheet)s”. The file has: %(known)s.", **values))
    return [known[key] for key in dict.fromkeys(map(_key, names))]


def _key(name: str) -> str:
    """Excel holds no two sheets whose names differ in case only, and a Mac writes marks apart."""
    return clean(name).casefold()


def _found(tables: Sequence[Table], dataset: Dataset, asked: Asked) -> list[Sheet]:
    """Sheets in sight with the headings of the dataset. Where there is none, the refusal of the nearest one."""
    visible = [table for table in tables if table.is_visible]
    sheets, refusals = [], []
    for table in visible:
        try:
            sheets.append(Sheet(table, headings.find(table.head, dataset, asked)))
        except Refused as refusal:
            refusals.append(refusal)
    if sheets:
        return sheets
    if not refusals:
        raise Refused(Reason.EMPTY, _("No sheet of the file is in sight."), _("Name a hidden one with --sheet NAME."))
    raise next((each for each in refusals if each.reason not in (Reason.NO_HEADINGS,)), refusals[0])


def left_out(tables: Sequence[Table], dataset: Dataset, found: Sequence[Sheet], asked: Asked) -> Iterator[Problem]:
    """Sheets in sight that were not named by anybody, have headings of the dataset and still cannot be read."""
    read = {sheet.table.sheet for sheet in found}
    for table in tables:
        if table.is_visible and table.sheet not in read:
            try:
                headings.find(table.head, dataset, asked)
            except Refused as refusal:
                if refusal.reason is not Reason.NO_HEADINGS:
                    said = sheet_left_out(refusal.sentence)
                    yield Problem(table.sheet, None, "", Level.WARNING, Code.SHEET_LEFT_OUT, said)


def _the_only(sheets: list[Sheet]) -> Sheet:
    filled = [sheet for sheet in sheets if sheet.has_rows] or sheets[:1]
    if len(filled) == 1:
        return filled[0]
    values = {"sheets": ", ".join(f"“{sheet.table.sheet}”" for sheet in filled)}
    sentence = _("Several sheets have these headings: %(sheets)s.", **values)
    how = _("Choose one or more with --sheet NAME, or all as one with --sheet '*'.")
    raise Refused(Reason.AMBIGUOUS_SHEET, sentence, how)


def _check_calculated(sheet: Sheet) -> None:
    for column in sheet.layout.columns:
        row = sheet.table.uncalculated.get(column.letter)
        if row and row > sheet.layout.header_row:
            values = {"at": column.letter, "heading": column.heading, "row": row}
            sentence = _(
                "Column %(at)s “%(heading)s” holds formulas that were never calculated (first in row %(row)s). Open "
                "the file in Excel, save it and try again.",
                **values,
            )
            raise Refused(Reason.UNCALCULATED, sentence)
