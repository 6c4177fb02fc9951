"""A file of records is read, its headings are found, its rows are checked: all that meets what came from outside.

It reaches no database, so that a process of its own does it for pages, programs and the worker (host.bounded): whatever
a file does to its reader ends that process and is a refusal with a sentence.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import translation

from thidua.analytics import cleaning, reading, sheets
from thidua.analytics.cleaning import Cleaned, Whose
from thidua.analytics.outcome import Outcome
from thidua.analytics.reading import rows
from thidua.analytics.sheets import Sheet
from thidua.analytics.spool import Unforeseen
from thidua.core.records.datasets import Dataset
from thidua.core.records.headings import Asked, Heading, letter
from thidua.core.records.problems import Problem, Reason, Refused
from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.host.bounded import Ended, Limits, Nursery

MEGABYTE = 1024 * 1024
nursery = Nursery("thidua.analytics.checking", "duckdb", prepare="django:setup")


@dataclass(frozen=True)
class Said:
    """What a person says of a file. ``columns``: heading or letter → column; ``remembered``: what was said of the
    headings of an earlier file, by their keys, and is not said otherwise now."""

    sheets: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    remembered: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Wanted:
    """``form``: what a program sends, "" for a file told by what it holds. All is written into ``folder``."""

    file: Path
    folder: Path
    form: str
    dataset: Dataset
    said: Said
    whose: Whose
    today: dt.date
    day_off: Callable[[dt.date], object]


@dataclass
class Found:
    """As ``Outcome`` has it. ``reason``: why the file is refused, then ``cleaned`` is None."""

    tables: list[tuple[str, bool]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    header_row: int | None = None
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cleaned: Cleaned | None = None
    reason: Refused | None = None

    def put_into(self, outcome: Outcome) -> None:
        for name in ("tables", "headings", "sheets", "header_row", "columns", "ignored", "problems"):
            setattr(outcome, name, getattr(self, name))
        if cleaned := self.cleaned:
            outcome.read, outcome.accepted = cleaned.read, cleaned.accepted
            outcome.refused, outcome.repeated = cleaned.refused, cleaned.repeated
            outcome.problems = [*self.problems, *cleaned.problems]


def limits(*, is_at_once: bool = False) -> Limits:
    """Of the process that reads: while somebody waits for the answer, or in the worker."""
    memory = settings.READING_MEMORY * MEGABYTE
    if is_at_once:
        return Limits(settings.READ_AT_ONCE_SECONDS, memory, patience=0.5)
    return Limits(settings.READING_SECONDS, memory, patience=settings.READING_SECONDS)


def check(wanted: Wanted, limits: Limits | None, tell: Callable[[int], None]) -> Found:
    """What the file holds. Raises Away where there is no room. Without limits this process does it."""
    if limits is None:
        return look(wanted, tell)
    work = "thidua.analytics.checking:look_apart"
    try:
        return nursery.run(work, wanted, translation.get_language(), limits=limits, tell=tell)
    except Ended:
        sentence = _("Reading this took more time or memory than records of this size need; it is refused.")
        return Found(reason=Refused(Reason.TAKES_TOO_LONG, sentence))


def look_apart(wanted: Wanted, language: str, tell: Callable[[int], None]) -> Found:
    """In the process of its own."""
    with apart(language):
        return look(wanted, tell)


@contextlib.contextmanager
def apart(language: str) -> Iterator[None]:
    """Work of a process of its own, in the language of who asked for it. A fault that nobody foresaw says where it was,
    and nothing that may quote the file."""
    try:
        with translation.override(language):
            yield
    except (Denied, OSError):
        raise
    except Exception as error:
        where = ", ".join(f"{each.name} {each.lineno}" for each in traceback.extract_tb(error.__traceback__))
        raise Unforeseen(f"{type(error).__name__} in {where}") from None


def look(wanted: Wanted, tell: Callable[[int], None]) -> Found:
    found = Found()
    try:
        chosen = _find(found, wanted)
        tell(40)
        found.cleaned = cleaning.clean(
            chosen, wanted.dataset, source=wanted.file, folder=wanted.folder, whose=wanted.whose, today=wanted.today,
            day_off=wanted.day_off,
        )  # fmt: skip
        tell(90)
    except Refused as refusal:
        found.reason = refusal
    return found


def _find(found: Found, wanted: Wanted) -> list[Sheet]:
    """The sheets to be read; what the file has is found even where that is not clear."""
    if wanted.form:
        tables = rows.tables(wanted.file, wanted.folder, dataset=wanted.dataset, form=wanted.form)
    else:
        tables = reading.tables_of(wanted.file, wanted.folder)
    dataset, said = wanted.dataset, wanted.said
    asked = Asked(said.columns, said.remembered)
    found.tables = [(table.sheet, table.is_visible) for table in tables if table.sheet]
    found.headings = sheets.headings_seen(tables, dataset, said.sheets, asked)
    chosen = sheets.chosen(tables, dataset, names=said.sheets, asked=asked)
    layout = chosen[0].layout
    found.sheets = [sheet.table.sheet for sheet in chosen if sheet.table.sheet]
    found.header_row = layout.header_row or None
    found.columns = [(each.letter, each.heading, each.column) for each in layout.columns]
    found.ignored = [(letter(at), heading) for at, heading in layout.ignored]
    if not said.sheets or said.sheets == (sheets.ALL,):
        found.problems = list(sheets.left_out(tables, dataset, chosen, asked))
    return chosen
