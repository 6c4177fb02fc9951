"""What is asked of every row: one condition, one bit, one sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from thidua.analytics.duck import name, text
from thidua.core.records import problems, values
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.records.problems import Code, Level
from thidua.core.words import Sentence

MOST = 62  # bits of a bigint


@dataclass(frozen=True)
class Check:
    column: str
    level: Level
    code: Code
    sentence: Sentence
    sql: str  # true where it is wrong


def code_of(column: Column) -> str:
    """The column of ``typed`` with the code of what is wrong in a cell."""
    return name(f"{column.name} code!")


def checks(dataset: Dataset, odd: frozenset[str], has: frozenset[str], today: dt.date) -> list[Check]:
    """``odd``: columns with texts that the reference read; ``has``: columns that the file has."""
    found = [
        *(check for column in dataset.columns if column.name in has for check in _of_column(column, odd, today)),
        *_of_pairs(dataset, odd, has),
    ]
    if len(found) > MOST:
        raise ValueError(f"{dataset.id} has more checks than bits")
    return found


def _of_column(column: Column, odd: frozenset[str], today: dt.date) -> Iterator[Check]:
    here, is_odd = name(column.name), column.name in odd
    if column.required:
        unread = f" and {code_of(column)} is null" if is_odd else ""
        yield Check(column.name, Level.ERROR, Code.MISSING, problems.missing(column.label), f"{here} is null{unread}")
    unreadable = [f"{code_of(column)} is not null"] if is_odd else []
    if column.type is ColumnType.DAY:
        unreadable.append(f"year({here}) not between {values.FIRST_YEAR} and {values.LAST_YEAR}")
    if unreadable:
        level, code, sentence = _unreadable(column)
        yield Check(column.name, level, code, sentence, " or ".join(unreadable))
    if column.type is ColumnType.DAY and not column.may_lie_ahead:
        sentence = problems.future_day(column.label)
        yield Check(column.name, Level.ERROR, Code.FUTURE_DAY, sentence, f"{here} > date {text(today.isoformat())}")
    bounds = [(column.lowest, f"{here} < {column.lowest}"), (column.highest, f"{here} > {column.highest}")]
    if broken := " or ".join(sql for bound, sql in bounds if bound is not None):
        sentence = problems.out_of_range(column.label, column.lowest, column.highest)
        yield Check(column.name, Level.ERROR, Code.OUT_OF_RANGE, sentence, broken)


def _unreadable(column: Column) -> tuple[Level, Code, Sentence]:
    match column.type:
        case ColumnType.DAY:
            return Level.ERROR, Code.BAD_DAY, problems.bad_day(column.label)
        case ColumnType.NUMBER:
            return Level.ERROR, Code.BAD_NUMBER, problems.bad_number(column.label)
        case ColumnType.COUNT:
            return Level.ERROR, Code.BAD_COUNT, problems.bad_count(column.label)
    if column.required:
        return Level.ERROR, Code.UNKNOWN_WORD, problems.unknown_word(column.label)
    return Level.WARNING, Code.UNKNOWN_WORD, problems.word_left_out(column.label)


def _of_pairs(dataset: Dataset, odd: frozenset[str], has: frozenset[str]) -> Iterator[Check]:
    by_name: Mapping[str, Column] = {column.name: column for column in dataset.columns}

    def is_empty(each: str) -> str:
        return f"{name(each)} is null" + (f" and {code_of(by_name[each])} is null" if each in odd else "")

    for group in dataset.needed:
        several = " and ".join(map(is_empty, group))
        sentence = problems.missing_any(tuple(by_name[each].label for each in group))
        yield Check(group[0], Level.ERROR, Code.MISSING, sentence, several)
    for first, second in dataset.in_order:
        if {first, second} <= has:
            sentence = problems.out_of_order(by_name[first].label, by_name[second].label)
            yield Check(second, Level.ERROR, Code.OUT_OF_ORDER, sentence, f"{name(first)} > {name(second)}")
    for choice, id, needed in dataset.needs:
        if {choice, needed} <= has:
            sentence = problems.needs(by_name[choice].label, by_name[needed].label)
            wrong = f"{name(choice)} = {text(id)} and {is_empty(needed)}"
            yield Check(needed, Level.ERROR, Code.NEEDS, sentence, wrong)
    for choice, id, other in dataset.contradictions:
        if {choice, other} <= has:
            sentence = problems.contradiction(by_name[choice].label, by_name[other].label)
            wrong = f"{name(choice)} = {text(id)} and {name(other)} is not null"
            yield Check(choice, Level.WARNING, Code.CONTRADICTION, sentence, wrong)


def mask(all_checks: list[Check]) -> str:
    """The bits of a row, as SQL."""
    bits = (f"(case when {check.sql} then {1 << n} else 0 end)" for n, check in enumerate(all_checks))
    return f"cast({' + '.join(bits) or '0'} as bigint)"


def of_level(all_checks: list[Check], level: Level) -> int:
    return sum(1 << n for n, check in enumerate(all_checks) if check.level is level)
