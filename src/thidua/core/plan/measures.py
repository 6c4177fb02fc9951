"""What can be wrong with the measures of a plan: criteria, datasets, columns, and conditions out of the language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from thidua.core.measures.language import NotAllowed, parse
from thidua.core.measures.schema import Measure
from thidua.core.plan.kinds import CRITERION_KINDS
from thidua.core.plan.lists import NAMED
from thidua.core.plan.schema import Plan
from thidua.core.records.datasets import ColumnType, Dataset
from thidua.core.words import Sentence, _

# level, path, code, sentence: what ``checks.Finding`` holds
Found: TypeAlias = tuple[str, str, str, Sentence]
DAYS = frozenset({ColumnType.DAY})
NUMBERS = frozenset({ColumnType.NUMBER, ColumnType.COUNT})
TEXTS = frozenset({ColumnType.TEXT, ColumnType.CODE, ColumnType.CHOICE})
APART = re.compile(r"[a-z][a-z0-9_]{0,39}")  # becomes the name of a column in an engine
COMPUTED = ("records", "registrations")


def find(plan: Plan, datasets: Mapping[str, Dataset] | None) -> Iterator[Found]:
    """Without ``datasets`` only what the plan itself tells: criteria, versions, names."""
    computed = Counter(each.criterion for each in plan.measures)
    for each in plan.measures:
        yield from _of_plan(plan, each, computed[each.criterion])
        if datasets is not None:
            yield from _of_dataset(plan, each, datasets)
    for criterion in plan.criteria:
        if criterion.source in COMPUTED and not computed[criterion.id]:
            sentence = _("The source is “%(source)s”, but no measure computes this criterion.", source=criterion.source)
            yield _error(f"criteria.{criterion.id}.source", "measure", sentence)


def _error(path: str, code: str, sentence: Sentence) -> Found:
    return "error", path, code, sentence


def _of_plan(plan: Plan, each: Measure, times: int) -> Iterator[Found]:
    path = f"measures.{each.id}"
    if each.version < 1:
        yield _error(f"{path}.version", "version", _("Versions count from 1."))
    if times > 1:
        yield _error(
            f"{path}.criterion", "duplicate", _("“%(id)s” stands %(count)s times.", id=each.criterion, count=times)
        )
    for name in each.apart:
        if not APART.fullmatch(name):
            sentence = _("“%(name)s” must be made of small letters without marks, digits and “_”.", name=name)
            yield _error(f"{path}.apart.{name}", "id", sentence)
    criterion = next((known for known in plan.criteria if known.id == each.criterion), None)
    if criterion is None:
        yield _error(f"{path}.criterion", "reference", _("“%(id)s” is not in the plan.", id=each.criterion))
        return
    if not criterion.is_a.is_measurable:
        words = ", ".join(name for name, kind in CRITERION_KINDS.items() if kind.is_measurable)
        sentence = _("“%(value)s” is not one of: %(words)s.", value=criterion.kind, words=words)
        yield _error(f"criteria.{criterion.id}.kind", "measure", sentence)
    if criterion.scopes and not each.scope:
        sentence = _("The criterion holds in every field, so the measure names the column of the field.")
        yield _error(f"{path}.scope", "missing", sentence)


def _of_dataset(plan: Plan, each: Measure, datasets: Mapping[str, Dataset]) -> Iterator[Found]:
    path, dataset = f"measures.{each.id}", datasets.get(each.dataset)
    if dataset is None:
        known = ", ".join(sorted(datasets))
        sentence = _("There is no dataset “%(id)s”. Known: %(known)s.", id=each.dataset, known=known)
        yield _error(f"{path}.dataset", "reference", sentence)
        return
    yield from _source(plan, each, dataset)
    for key, name, types in (("day", each.day, DAYS), ("scope", each.scope, TEXTS), ("mean_of", each.mean_of, NUMBERS)):
        if name:
            yield from _column(dataset, f"{path}.{key}", name, types)
    for group in each.needs:
        if not group:
            yield _error(f"{path}.needs", "missing", _("This is still empty."))
        for name in group:
            yield from _column(dataset, f"{path}.needs", name, frozenset(ColumnType))
    if bool(each.mean_of) != (each.out_of > 0):
        yield _error(f"{path}.out_of", "count", _("A mean names its column and the highest value, above zero."))
    if not each.numerator.strip() and not each.mean_of:
        yield _error(f"{path}.numerator", "missing", _("This is still empty."))
    for key in ("filter", "denominator", "numerator"):
        yield from _condition(dataset, f"{path}.{key}", getattr(each, key))
    for name, text in each.apart.items():
        yield from _condition(dataset, f"{path}.apart.{name}", text)


def _source(plan: Plan, each: Measure, dataset: Dataset) -> Iterator[Found]:
    """A criterion counted from what the product keeps itself says so; any other computed one comes from records."""
    wanted = dataset.id if dataset.is_own else "records"
    for criterion in plan.criteria:
        if criterion.id == each.criterion and criterion.source != wanted:
            sentence = _("A measure computes this criterion, so its source is “%(source)s”.", source=wanted)
            yield _error(f"criteria.{criterion.id}.source", "measure", sentence)


def _column(dataset: Dataset, path: str, name: str, types: frozenset[ColumnType]) -> Iterator[Found]:
    column = dataset.column(name)
    if column is None:
        known = ", ".join(each.name for each in dataset.columns if each.type in types)
        sentence = _(
            "There is no column “%(name)s” in “%(dataset)s”. Known: %(known)s.",
            name=name,
            dataset=dataset.id,
            known=known,
        )
        yield _error(path, "unknown-column", sentence)
    elif column.type not in types:
        words = ", ".join(sorted(types))
        sentence = _(
            "The column “%(name)s” is of the type “%(type)s”; needed: %(words)s.",
            name=name,
            type=column.type,
            words=words,
        )
        yield _error(path, "type", sentence)


def _condition(dataset: Dataset, path: str, text: str) -> Iterator[Found]:
    for name in NAMED.findall(text):
        yield _error(path, "reference", _("There is no list “%(id)s”.", id=name))
        return
    try:
        parse(text, dataset)
    except NotAllowed as fault:
        yield _error(path, fault.code, fault.sentence)


def without_new_version(old: Plan, new: Plan) -> tuple[str, ...]:
    """Ids of measures that the new plan changes without counting their version up: results could not be told apart."""
    before = {each.id: each for each in old.measures}
    return tuple(
        each.id
        for each in new.measures
        if each.id in before and each != before[each.id] and each.version <= before[each.id].version
    )
