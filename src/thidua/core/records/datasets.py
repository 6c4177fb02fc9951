"""A dataset as its owner declares it. Import recognises, checks and keeps by it; measures are checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from thidua.core.words import Sentence


class ColumnType(StrEnum):
    """How a value is read, and what it is in a batch (Parquet) and in a condition."""

    TEXT = "text"  # string
    CODE = "code"  # string without spaces at its ends; compared as it is
    DAY = "day"  # date: what the clock says is dropped
    NUMBER = "number"  # double
    COUNT = "count"  # whole number from 0
    YES_NO = "yes_no"  # boolean
    CHOICE = "choice"  # string, one of the ids of ``choices``


@dataclass(frozen=True)
class Column:
    """``headings``: the Vietnamese words that files use for it; ``label``, its own heading, is always one of them.

    ``choices``: id → the words that mean it. ``none_words``: what people write for "nothing" in this column.
    ``is_named``: conditions may ask whether the text names something (``names(field, 'khiếu nại')``), so that a batch
    also keeps it folded, in ``<name>_folded``. ``may_lie_ahead``: a day after today is no error. ``lowest`` and
    ``highest`` bound numbers and counts, both included.
    """

    name: str
    type: ColumnType
    label: Sentence
    meaning: Sentence
    headings: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    none_words: tuple[str, ...] = ()
    is_named: bool = False
    may_lie_ahead: bool = False
    lowest: int | None = None
    highest: int | None = None
    unit_of_measure: str = ""


@dataclass(frozen=True)
class Dataset:
    """``key``: the column that tells rows apart; "" where equal rows are different things (answers of a survey).

    ``unit_headings``: headings of the column that says whose row it is, where files carry it; compared and not kept.
    ``in_order``: pairs of days of which the first may not come after the second.
    ``needed``: groups of columns of which a file, and each of its rows, must have at least one.
    ``counted``: (day, day, count): the first, where it is missing, lies so many working days after the second.
    ``needs``: (choice column, id, column): where the choice is this id, the column may not be empty.
    ``contradictions``: the same three; where the column is filled all the same, the row deserves a look.
    ``dated``: days of which a record of the period has one in it.
    ``is_own``: the product keeps these rows itself; no file of them is handed in, and they are counted where they lie.
    """

    id: str
    name: Sentence
    columns: tuple[Column, ...]
    key: str = ""
    unit_headings: tuple[str, ...] = ()
    in_order: tuple[tuple[str, str], ...] = ()
    needed: tuple[tuple[str, ...], ...] = ()
    counted: tuple[tuple[str, str, str], ...] = ()
    needs: tuple[tuple[str, str, str], ...] = ()
    contradictions: tuple[tuple[str, str, str], ...] = ()
    dated: tuple[str, ...] = ()
    is_own: bool = False

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)
