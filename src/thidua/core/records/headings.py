"""Which rows of a sheet are its headings, and which column each heading means.

Headings are compared without marks, case, Unicode form and punctuation, with usual abbreviations written out. They may
stand on two rows ("Ngày" over "tiếp nhận"), below a national heading, and be numbered by a row "(1) (2) (3)".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from thidua.core import bounds
from thidua.core.citizens import is_named_by
from thidua.core.records.datasets import Dataset
from thidua.core.records.old_fonts import readings
from thidua.core.records.problems import Reason, Refused, labels
from thidua.core.records.values import clean
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence, _

LOOKED_AT = 40
UNIT = "unit"  # what --map calls the column that says whose row it is
LEFT_OUT = "-"
SHORT = {
    "hs": "ho so",
    "tthc": "thu tuc hanh chinh",
    "vb": "van ban",
    "kq": "ket qua",
    "gq": "giai quyet",
    "txl": "thu xin loi",
    "dv": "don vi",
    "cb": "can bo",
    "nv": "nhan vien",
    "lv": "linh vuc",
    "tn": "tiep nhan",
    "tg": "thoi gian",
}
NUMBERED = re.compile(r"\A\(?([0-9]{1,2}|[A-Z])\)?\Z")
LETTERS = re.compile(r"\A[A-Z]{1,3}\Z")
# Neither holds an opening bracket, so that a thousand of these are looked at once and not each to the end.
IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]")
NO_WORD = re.compile(r"[^0-9a-z]+")

Row = tuple[int, Sequence[str]]  # the number that people see, and its cells


@dataclass(frozen=True)
class Recognised:
    """``at`` counts from 0; ``heading`` is what the file writes, ``also`` other places with a heading of the same."""

    at: int
    heading: str
    column: str
    also: tuple[int, ...] = ()

    @property
    def letter(self) -> str:
        return letter(self.at)


@dataclass(frozen=True)
class Layout:
    """``written``: place → all that a repeated heading row writes there."""

    header_row: int
    columns: tuple[Recognised, ...]
    ignored: tuple[tuple[int, str], ...]
    unit: tuple[int, str] | None
    written: Mapping[int, frozenset[str]] = field(hash=False)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(each.column for each in self.columns)


@dataclass(frozen=True)
class Asked:
    """What a person says that columns are: ``now`` by heading or letter, which the file must have, and ``before``, by
    the ``mark`` of a heading, which counts where a file has that heading and nothing is said of it now."""

    now: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)

    def column(self, at: int, names: Sequence[str]) -> str:
        keys = [key(name) for name in names] if self.now else []
        by_name = next((column for word, column in self.now.items() if key(word) in keys), "")
        marks = (mark(name) for name in names) if self.before else ()
        remembered = next((self.before[each] for each in marks if each in self.before), "")
        return by_name or self.now.get(letter(at), "") or remembered


@dataclass(frozen=True)
class Heading:
    """A heading as the file writes it, and the columns that it may mean: none, one, or several to choose from."""

    at: int
    text: str
    meant: tuple[str, ...]

    @property
    def letter(self) -> str:
        return letter(self.at)


@dataclass(frozen=True)
class _Head:
    """One or two rows taken for headings: place → the names to try, best first."""

    last: int
    rows: int
    names: dict[int, tuple[str, ...]]
    written: dict[int, frozenset[str]]


def letter(at: int) -> str:
    """0 → "A", 26 → "AA"."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def place(name: str) -> int | None:
    """ "A" → 0; None for what is no letter of a column."""
    if not LETTERS.match(name):
        return None
    at = 0
    for char in name:
        at = at * 26 + ord(char) - 64
    return at - 1


def key(heading: str) -> str:
    """What headings are compared by: "Ngày nhận HS (1)" → "ngay nhan ho so"."""
    plain = fold(clean(heading[: bounds.HEADING]))
    outside = IN_BRACKETS.sub(" ", IN_BRACKETS.sub(" ", plain))  # brackets within brackets
    words = NO_WORD.sub(" ", outside).split()
    return " ".join(SHORT.get(word, word) for word in words)


def mark(heading: str) -> str:
    """By which a heading is known again without being kept: whatever it says, it says it to nobody."""
    return hashlib.sha256(key(heading).encode()).hexdigest()


def find(rows: Sequence[Row], dataset: Dataset, asked: Asked) -> Layout:
    """The headings among the first rows of a sheet. Columns may also be "unit" or "-" (left out). Raises Refused."""
    best = _best(rows, dataset, asked)
    if best is None:
        raise _no_headings(rows, dataset)
    head, found = best
    _check_asked(head, asked.now)
    _check_citizens(head, dataset, asked)
    layout = _layout(head, dataset, asked, found)
    _check_complete(layout, dataset)
    return layout


def seen(rows: Sequence[Row], dataset: Dataset, asked: Asked) -> list[Heading]:
    """The same headings for a person to say what they mean, whether or not the sheet can be read by them."""
    head, found = _best(rows, dataset, asked) or (None, {})
    return [Heading(at, names[0], found.get(at, ())) for at, names in (head.names if head else {}).items()]


def _best(rows: Sequence[Row], dataset: Dataset, asked: Asked) -> tuple[_Head, dict[int, tuple[str, ...]]] | None:
    heads = [(head, _found(head, dataset, asked)) for head in _heads(rows[:LOOKED_AT])]
    best = max(heads, key=lambda pair: (len(pair[1]), -pair[0].rows, -pair[0].last), default=None)
    return best if best and len(best[1]) >= min(2, len(dataset.required)) else None


def _heads(rows: Sequence[Row]) -> Iterator[_Head]:
    rows = [(number, [cell[: bounds.HEADING] for cell in cells[: bounds.HEADINGS]]) for number, cells in rows]
    for n, (number, cells) in enumerate(rows):
        top = [clean(cell) for cell in cells]
        if not any(top):
            continue
        is_next = n + 1 < len(rows) and rows[n + 1][0] == number + 1
        below = [clean(cell) for cell in rows[n + 1][1]] if is_next else []
        after = rows[n + 2][1] if n + 2 < len(rows) else []
        raw = [list(cells), *([list(rows[n + 1][1])] if any(below) else [])]
        yield _head(number + _is_numbered(below), top, [], raw[:1])
        if any(below):
            yield _head(rows[n + 1][0] + _is_numbered(after), top, below, raw)


def _head(last: int, top: list[str], below: list[str], raw: list[list[str]]) -> _Head:
    names: dict[int, tuple[str, ...]] = {}
    group = ""
    written: dict[int, frozenset[str]] = {}
    for at in range(max(len(top), len(below))):
        own = top[at] if at < len(top) else ""
        under = below[at] if at < len(below) else ""
        group = own or (group if under else "")
        joined = under if group == under else f"{group} {under}"  # a cell merged over both rows says one thing
        turned = f"{under} {group}"  # "Ngày" below "Thư xin lỗi"
        several = (joined, turned, under, *_day_of(group, under), own) if under else (own,)
        names[at] = tuple(name for name in dict.fromkeys(several) if name.strip())
        written[at] = frozenset({own, under, group, *(cells[at] for cells in raw if at < len(cells))} - {""})
    return _Head(last, len(raw), {at: several for at, several in names.items() if several}, written)


def _day_of(group: str, under: str) -> tuple[str, ...]:
    """ "Hẹn trả" below "Thời gian" is a day."""
    return (f"Ngày {under}",) if key(group).startswith(("thoi ", "ngay ", "cac ngay")) else ()


def _is_numbered(cells: Sequence[str]) -> bool:
    """A row "(1) (2) (3)" or "A B 1 2" below headings numbers the columns."""
    filled = [clean(cell) for cell in cells if clean(cell)]
    plain = [match[1] for cell in filled if (match := NUMBERED.match(cell))]
    digits = [int(each) for each in plain if each.isdigit()]
    return len(plain) == len(filled) >= 3 and digits == sorted(set(digits))


@lru_cache
def _known(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Heading, as compared → the columns that it may mean, those of the unit last."""
    known: dict[str, dict[str, None]] = {}
    for column in dataset.columns:
        for word in (str(column.label), column.label.message, column.name, *column.headings):
            known.setdefault(key(word), {})[column.name] = None
    for word in (*dataset.unit_headings, UNIT):
        known.setdefault(key(word), {UNIT: None})
    return {word: tuple(columns) for word, columns in known.items()}


def _meant(names: tuple[str, ...], dataset: Dataset) -> tuple[str, ...]:
    """The columns that a heading may mean; () where it is none of them."""
    known = _known(dataset)
    for name in names:
        if found := known.get(key(name)):
            return found
    for name in names:
        if "." in name and (found := _written_short(key(name), known)):
            return found
    return ()


def _written_short(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """ "Ng. nhận" begins each word of "ngày nhận"."""
    words = text.split()
    columns: dict[str, None] = {}
    for word, several in known.items():
        parts = word.split()
        if len(parts) == len(words) > 1 and all(p.startswith(w) for p, w in zip(parts, words, strict=True)):
            columns |= dict.fromkeys(several)
    return tuple(columns)


def _found(head: _Head, dataset: Dataset, asked: Asked) -> dict[int, tuple[str, ...]]:
    """Place → columns that may be meant; what a person chose is certain."""
    found = {at: meant for at, names in head.names.items() if (meant := _meant(names, dataset))}
    for at, names in head.names.items():
        if choice := asked.column(at, names):
            found[at] = (choice,)
    certain = {several[0] for several in found.values() if len(several) == 1}
    return {at: tuple(each for each in several if each not in certain) if len(several) > 1 else several
            for at, several in found.items()}  # fmt: skip


def _check_asked(head: _Head, now: Mapping[str, str]) -> None:
    keys = {key(name) for names in head.names.values() for name in names}
    for word in now:
        if key(word) not in keys and place(word) not in head.names:
            raise Refused(Reason.UNKNOWN_HEADING, _("There is no column “%(heading)s” in the file.", heading=word))


def _check_citizens(head: _Head, dataset: Dataset, asked: Asked) -> None:
    """What a person says of a column does not bring in what is left out of every file."""
    for at, names in head.names.items():
        is_kept = asked.column(at, names) not in ("", LEFT_OUT, UNIT)
        if is_kept and is_named_by(key(names[0])) and not _meant(names, dataset):
            values = {"at": letter(at), "heading": names[0]}
            sentence = _("Column %(at)s “%(heading)s” names citizens and is never kept; leave it out.", **values)
            raise Refused(Reason.NAMES_CITIZENS, sentence)


def _layout(head: _Head, dataset: Dataset, asked: Asked, found: dict[int, tuple[str, ...]]) -> Layout:
    places: dict[str, list[int]] = {}
    for at, several in sorted(found.items()):
        if len(several) > 1:
            raise _ambiguous(letter(at), head.names[at][0], several)
        for column in several:
            places.setdefault(column, []).append(at)
    _let_the_asked_win(head, asked, places)
    columns = tuple(
        Recognised(found_at[0], head.names[found_at[0]][0], column.name, tuple(found_at[1:]))
        for column in dataset.columns
        if (found_at := places.get(column.name))
    )
    unit = next(iter(places.get(UNIT, ())), None)
    used = {at for name, taken in places.items() if name not in (UNIT, LEFT_OUT) for at in taken} | {unit}
    ignored = tuple((at, names[0]) for at, names in head.names.items() if at not in used)
    unit_column = None if unit is None else (unit, head.names[unit][0])
    return Layout(head.last, columns, ignored, unit_column, head.written)


def _let_the_asked_win(head: _Head, asked: Asked, places: dict[str, list[int]]) -> None:
    """Where a person named one of two columns with a heading of the same, the other is left out."""
    for column, several in places.items():
        named = [at for at in several if asked.column(at, head.names[at]) == column]
        if named and len(named) < len(several):
            places[column] = named


def _check_complete(layout: Layout, dataset: Dataset) -> None:
    groups = [(name,) for name in dataset.required] + list(dataset.needed)
    for group in groups:
        if layout.names.isdisjoint(group):
            raise _missing_column(dataset, group)


def _missing_column(dataset: Dataset, group: tuple[str, ...]) -> Refused:
    wanted = tuple(column for column in dataset.columns if column.name in group)
    values = {
        "columns": labels(tuple(column.label for column in wanted)),
        "headings": ", ".join(f"“{word}”" for column in wanted for word in column.headings[:4]),
    }
    sentence = _("The file has no column %(columns)s. Headings known for it: %(headings)s.", **values)
    how = _(
        "Where it has another heading, say so with --map HEADING=COLUMN, for example %(option)s.",
        option=f"--map {letter(0)}={group[0]}",
    )
    return Refused(Reason.MISSING_COLUMN, sentence, how)


def _ambiguous(at: str, heading: str, several: tuple[str, ...]) -> Refused:
    options = ", ".join(f"--map {at}={column}" for column in several)
    sentence = _("The heading “%(heading)s” (column %(at)s) may mean several things.", heading=heading, at=at)
    return Refused(Reason.AMBIGUOUS_HEADING, sentence, choose_with(options))


def choose_with(options: str) -> Sentence:
    return _("Choose with %(options)s.", options=options)


def _no_headings(rows: Sequence[Row], dataset: Dataset) -> Refused:
    known = set(_known(dataset))
    words = [cell[: bounds.HEADING] for _number, cells in rows[:LOOKED_AT] for cell in cells[: bounds.HEADINGS] if cell]
    for font, read in readings():
        if len({key(read(word)) for word in words} & known) >= 2:
            sentence = _(
                "The text is written in the old font %(font)s; convert it to Unicode (for example with UniKey) and try "
                "again.",
                font=font,
            )
            return Refused(Reason.OLD_FONT, sentence)
    wanted: tuple[Sentence, ...] = tuple(column.label for column in dataset.columns if column.required)
    values = {"rows": LOOKED_AT, "columns": labels(wanted)}
    sentence = _("No row of headings was found in the first %(rows)s rows; needed are %(columns)s.", **values)
    return Refused(Reason.NO_HEADINGS, sentence)
