"""Integrity marks: what somebody should look at again. A mark is never a verdict, and takes no points from anybody.

Each threshold is a default of 11/2026, chosen so that what happens by chance in a department of 300 units stays rare.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from thidua.core.intervals import wilson
from thidua.core.words import Sentence, _

# Of 50 dossiers, 49 are exactly 98%: below this whole, to stand on the target says nothing.
LARGE = 100
# Two units at exactly 100% are two good units; a heap is at least so many, and at least this part of their peers.
HEAP_UNITS = 5
HEAP_SHARE = Decimal("0.5")
# Points of percent that a year changes without anybody asking why, even where the wholes are large enough to be sure.
JUMP = Decimal("0.05")
# Of the 64 bits of a picture's outline: a photo that was shrunk, saved again or made lighter differs in at most 6,
# two photos of different things in about 32.
ALIKE_BITS = 6
# Grey levels of 255 between the darkest and the lightest part: below, a picture is a plain surface like any other.
PLAIN = 16
# The night as the clock on the wall has it; who files at six in the morning has risen early.
NIGHT_BEGINS, NIGHT_ENDS = 22, 5
# More than half of the ten things or so that a unit files in a year.
NIGHT_FILINGS = 6

WIDTH, HEIGHT = 9, 8  # greys that an outline is read from: eight steps from left to right in each of eight rows
PARTS = ALIKE_BITS + 1  # bands of bits: one more than bits may differ
BANDS = tuple((64 * part // PARTS, 64 * (part + 1) // PARTS) for part in range(PARTS))


class MarkKind(StrEnum):
    ON_TARGET = "on-target"
    JUMP = "jump"
    SAME_FILE = "same-file"
    ALIKE = "alike"
    NIGHT = "night"
    STALE = "stale"
    MISFIT = "misfit"

    @property
    def label(self) -> Sentence:
        return MARK_LABELS[self]

    @property
    def why(self) -> Sentence:
        """What makes such a mark, with its threshold, and why it is worth a look."""
        return MARK_REASONS[self]


MARK_LABELS = {
    MarkKind.ON_TARGET: _("Exactly on the target or at 100%"),
    MarkKind.JUMP: _("Jump against last year"),
    MarkKind.SAME_FILE: _("Same file used twice"),
    MarkKind.ALIKE: _("Nearly equal pictures"),
    MarkKind.NIGHT: _("Many filings in one night"),
    MarkKind.STALE: _("Records changed after the check"),
    MarkKind.MISFIT: _("Two criteria that do not fit"),
}
MARK_REASONS = {
    MarkKind.ON_TARGET: _(
        "A share that stands exactly on the target, or a heap of units at exactly 100%% above it, where the "
        "denominator is %(large)s or more. Counted shares scatter; shares that were aimed at do not.",
        large=LARGE,
    ),
    MarkKind.JUMP: _(
        "A share that differs from last year's by %(points)s points or more, beyond what chance explains (the 95%% "
        "intervals of the two years do not meet). There may be a good reason; it is worth reading.",
        points=int(JUMP * 100),
    ),
    MarkKind.SAME_FILE: _(
        "One and the same file as evidence of two units, of two criteria or of two years. A decision that concerns "
        "everybody may rightly be attached by everybody."
    ),
    MarkKind.ALIKE: _(
        "Two pictures that differ in at most %(bits)s of 64 bits of their outline: as a rule the same photo, saved "
        "again or made smaller.",
        bits=ALIKE_BITS,
    ),
    MarkKind.NIGHT: _(
        "%(filings)s figures and papers or more, filed between %(begins)s:00 and 0%(ends)s:00 by one person or for one "
        "unit. Nobody is blamed for working late; what was filed in haste is worth a second look.",
        filings=NIGHT_FILINGS,
        begins=NIGHT_BEGINS,
        ends=NIGHT_ENDS,
    ),
    MarkKind.STALE: _(
        "A value that the office checked or accepted counts on after the unit's records changed. Where the records now "
        "say something else, somebody has to look which of the two is so."
    ),
    MarkKind.MISFIT: _(
        "What misses one criterion is counted by another: the dossiers that were not on time are those that a letter "
        "of apology is owed for. Where the two numbers differ, one of them is wrong."
    ),
}


class Share(NamedTuple):
    """What one unit of a peer group (units of one kind) reached of one criterion; ``best``: 1, or 0 of an "at most"."""

    unit: int
    group: str
    criterion: str
    target: Decimal
    numerator: Decimal
    denominator: Decimal
    best: int = 1

    @property
    def value(self) -> Decimal:
        return self.numerator / self.denominator

    def is_exactly(self, share: Decimal) -> bool:
        return self.numerator == share * self.denominator


class OnTarget(NamedTuple):
    """A share exactly on its target or at 100%; ``like`` of ``peers`` units stand there, itself included."""

    share: Share
    like: int
    peers: int


def on_target(shares: Iterable[Share]) -> Iterator[OnTarget]:
    """Shares of large wholes exactly on the target, each for itself, and those in a heap at exactly the best there is.

    Where the best is the target itself it can be met in no other way, so that to stand there says nothing.
    """
    groups: dict[tuple[str, str], list[Share]] = defaultdict(list)
    for share in shares:
        if share.denominator >= LARGE and 0 < share.target < 1:
            groups[share.group, share.criterion].append(share)
    for peers in groups.values():
        target, best = peers[0].target, Decimal(peers[0].best)
        for exact in (target, best):
            there = [share for share in peers if share.is_exactly(exact)]
            is_heap = len(there) >= HEAP_UNITS and len(there) >= HEAP_SHARE * len(peers)
            if exact == target or is_heap:
                yield from (OnTarget(share, len(there), len(peers)) for share in there)


class Misfit(NamedTuple):
    """``rest``: what misses the first criterion; the second one's denominator is another number."""

    first: Share
    second: Share
    rest: Decimal


def misfits(shares: Iterable[Share], rest_of: Mapping[str, str]) -> Iterator[Misfit]:
    """``rest_of``: criterion → the one of which its denominator is what misses."""
    of_unit = {(share.unit, share.criterion): share for share in shares}
    for (unit, criterion), second in of_unit.items():
        first = of_unit.get((unit, rest_of.get(criterion, "")))
        if first and first.denominator - first.numerator != second.denominator:
            yield Misfit(first, second, first.denominator - first.numerator)


def jumps(now: Iterable[Share], before: Iterable[Share]) -> Iterator[tuple[Share, Share]]:
    """(this year's, last year's) share of a unit and criterion where the two differ by more than chance explains."""
    earlier = {(share.unit, share.criterion): share for share in before}
    for share in now:
        past = earlier.get((share.unit, share.criterion))
        if past and abs(share.value - past.value) >= JUMP and _lie_apart(share, past):
            yield share, past


def _lie_apart(one: Share, two: Share) -> bool:
    first, second = (wilson(float(each.numerator), int(each.denominator)) for each in (one, two))
    return first is not None and second is not None and (first[0] > second[1] or second[0] > first[1])


class Use(NamedTuple):
    """A file where it serves as evidence: of a figure, or of a paper (``criterion`` empty)."""

    file: int
    unit: int
    year: int
    criterion: str
    place: int  # id of the figure or paper


class Reuse(NamedTuple):
    """Where a unit uses a file in the year, and where it, or a picture nearly equal to it, is used beside."""

    file: int
    unit: int
    own: tuple[Use, ...]
    others: tuple[Use, ...]


def _is_beside(one: Use, two: Use) -> bool:
    """Two units never share evidence; of one unit, two criteria or two years do not. A unit's paper may be about the
    thing that its figure counts, and its report about the registration: these share evidence as they should."""
    if one.unit != two.unit:
        return True
    return bool(one.criterion and two.criterion) and (one.criterion, one.year) != (two.criterion, two.year)


def reused(uses: Iterable[Use], year: int) -> Iterator[Reuse]:
    """The same file used twice, told of each unit that uses it in ``year``."""
    for group in _by_file(uses).values():
        if len(group) > 1:
            yield from _of_each_unit(group, group, year)


def alike(uses: Iterable[Use], outlines: Mapping[int, str], year: int) -> Iterator[Reuse]:
    """Nearly equal pictures; ``outlines``: file → what ``outline`` gave."""
    by_file = _by_file(uses)
    near: dict[int, list[Use]] = defaultdict(list)
    for one, two in near_pairs({file: outlines[file] for file in by_file if outlines.get(file)}):
        near[one] += by_file[two]
        near[two] += by_file[one]
    for file, others in near.items():
        yield from _of_each_unit(by_file[file], others, year)


def _by_file(uses: Iterable[Use]) -> dict[int, list[Use]]:
    groups: dict[int, list[Use]] = defaultdict(list)
    for use in uses:
        groups[use.file].append(use)
    return groups


def _of_each_unit(group: Sequence[Use], others: Sequence[Use], year: int) -> Iterator[Reuse]:
    for unit in dict.fromkeys(use.unit for use in group if use.year == year):
        own = tuple(use for use in group if use.unit == unit and use.year == year)
        beside = tuple(
            use for use in others if use.unit != unit or (use not in own and any(_is_beside(mine, use) for mine in own))
        )
        if beside or any(_is_beside(own[0], use) for use in own):
            yield Reuse(own[0].file, unit, own, beside)


def outline(greys: Sequence[int]) -> str:
    """The difference hash (dHash) of a picture as 16 hexadecimal digits: whether each of 9 × 8 greys is lighter than
    the one to its right. Empty for a plain surface, which would be like any other."""
    if max(greys) - min(greys) < PLAIN:
        return ""
    bits = 0
    for row in range(HEIGHT):
        for left in range(row * WIDTH, (row + 1) * WIDTH - 1):
            bits = bits << 1 | (greys[left] > greys[left + 1])
    return f"{bits:016x}"


def near_pairs(outlines: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """Pairs whose outlines differ in at most ALIKE_BITS bits.

    Of seven bands of bits at least one is then the same in both, so only those that share a band are compared.
    """
    bands: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for file, text in outlines.items():
        bits = int(text, 16)
        near: set[int] = set()
        for start, end in BANDS:
            band = bands[start, bits >> start & (1 << end - start) - 1]
            near.update(other for other, seen in band if (bits ^ seen).bit_count() <= ALIKE_BITS)
            band.append((file, bits))
        yield from ((other, file) for other in sorted(near))


class Filing(NamedTuple):
    """A figure declared or a paper handed in, at a moment of the wall clock."""

    unit: int
    person: int
    at: dt.datetime
    criterion: str
    place: int


class Night(NamedTuple):
    """What one unit filed in the night that began on the evening of ``on``. ``by_person``: what its busiest person
    filed then, for whatever units."""

    on: dt.date
    unit: int
    filings: tuple[Filing, ...]
    by_person: tuple[Filing, ...]


def night_of(moment: dt.datetime) -> dt.date | None:
    """The evening to whose night the moment belongs; None by day."""
    if moment.hour >= NIGHT_BEGINS:
        return moment.date()
    return moment.date() - dt.timedelta(days=1) if moment.hour < NIGHT_ENDS else None


def nights(filings: Iterable[Filing]) -> Iterator[Night]:
    """Nights in which one person or one unit filed much. The fields of one criterion are one filing."""
    by_night: dict[dt.date, list[Filing]] = defaultdict(list)
    for filing in {(each.unit, each.criterion or each.place): each for each in filings}.values():
        if night := night_of(filing.at):
            by_night[night].append(filing)
    for night, filed in sorted(by_night.items()):
        people, units = _parted(filed, "person"), _parted(filed, "unit")
        for unit, of_unit in units.items():
            busiest = max((people[each.person] for each in of_unit), key=len)
            if max(len(of_unit), len(busiest)) >= NIGHT_FILINGS:
                yield Night(night, unit, tuple(of_unit), tuple(busiest))


def _parted(filings: Iterable[Filing], name: str) -> dict[int, list[Filing]]:
    found: dict[int, list[Filing]] = defaultdict(list)
    for filing in filings:
        found[getattr(filing, name)].append(filing)
    return found
