"""Reading a plan file: the plan, and every problem with its place and a sentence. Bad input never raises."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
import tomllib
import types
import typing
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thidua.core import bounds
from thidua.core.plan import checks
from thidua.core.plan.data import field_types
from thidua.core.plan.lines import Lines, entry_name, join
from thidua.core.plan.lists import filled
from thidua.core.plan.schema import Plan
from thidua.core.records.datasets import Dataset
from thidua.core.vietnamese import nfc
from thidua.core.words import Sentence, _

AT_LINE = re.compile(r"at line (\d+)")
LARGEST = 10**9  # of whole numbers; no year, count or length comes near it
KIND_NAMES = {
    str: _("text"),
    int: _("a whole number"),
    float: _("a number"),
    bool: _("true or false"),
    dt.date: _("a date like 2023-08-25"),
}


@dataclass(frozen=True)
class Problem:
    """``level`` is "error" or "warning"; ``path`` names the key, ``line`` its line in the file where it is known;
    ``stands_for``: how many it tells of, more than one only where it ends a list that would be too long."""

    level: str
    path: str
    line: int | None
    code: str
    sentence: Sentence
    stands_for: int = 1


def how_many(problems: Iterable[Problem], level: str = "") -> int:
    return sum(each.stands_for for each in problems if level in ("", each.level))


def no_holidays(day: dt.date) -> Sentence | None:
    return None


def read(
    text: str | bytes,
    name: str,
    *,
    is_day_off: Callable[[dt.date], Sentence | None] = no_holidays,
    datasets: Mapping[str, Dataset] | None = None,
) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan (None when it cannot be built) and its problems, errors first, then by line; of many the first.

    ``datasets``: those that the product knows, by id; without them measures are not checked against columns.
    """
    if len(text) > bounds.PLAN_BYTES:
        sentence = _("%(name)s is larger than %(limit)s kB.", name=name, limit=bounds.PLAN_BYTES // 1024)
        return None, (Problem("error", "", None, "too-large", sentence),)
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        return None, (_encoding_problem(error, name),)
    decoded = decoded.removeprefix("\ufeff")
    try:
        raw = tomllib.loads(decoded)
    except (ValueError, RecursionError) as error:  # ValueError: TOML's own error, or a number of thousands of digits
        return None, (_syntax_problem(error, name),)
    reading = _Reading(Lines(decoded, raw))
    plan = reading.build(Plan, raw, "")
    if plan is not None and not reading.problems:
        plan = filled(plan)
        for finding in checks.find(plan, is_day_off=is_day_off, datasets=datasets):
            reading.add(finding.level, finding.path, finding.code, finding.sentence)
    return (None if reading.found["error"] else plan), tuple(reading.ordered())


def _encoding_problem(error: UnicodeDecodeError, name: str) -> Problem:
    line = error.object.count(b"\n", 0, error.start) + 1
    return Problem("error", "", line, "encoding", _("%(name)s is not a text file in UTF-8.", name=name))


def _syntax_problem(error: Exception, name: str) -> Problem:
    found = AT_LINE.search(str(error))
    line = int(found[1]) if found else None
    return Problem(
        "error", "", line, "syntax", _("%(name)s is not valid TOML: %(detail)s.", name=name, detail=str(error))
    )


def _short(sentence: Sentence) -> Sentence:
    values = {
        name: value[: bounds.PLAN_WORDS] if isinstance(value, str) else value for name, value in sentence.values.items()
    }
    return dataclasses.replace(sentence, values=values)


class _Reading:
    """Fills the schema from raw TOML and collects what does not fit."""

    def __init__(self, lines: Lines):
        self.lines = lines
        self.problems: list[Problem] = []
        self.found: Counter[str] = Counter()

    def add(self, level: str, path: str, code: str, sentence: Sentence) -> None:
        self.found[level] += 1
        if self.found[level] <= bounds.PLAN_PROBLEMS:
            path = path[: bounds.PLAN_PATH]
            self.problems.append(Problem(level, path, self.lines.line_of(path), code, _short(sentence)))

    def ordered(self) -> Iterator[Problem]:
        for level in ("error", "warning"):
            yield from sorted((each for each in self.problems if each.level == level), key=lambda each: each.line or 0)
            left = self.found[level] - bounds.PLAN_PROBLEMS
            if left > 0:
                sentence = _("%(count)s more are not listed; mend these first.", count=left)
                yield Problem(level, "", None, "more", sentence, stands_for=left)

    def build(self, kind: Any, raw: Any, path: str) -> Any:
        """A value of the wanted type, or None with a problem noted."""
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            return self.build(next(each for each in arguments if each is not type(None)), raw, path)
        if dataclasses.is_dataclass(kind):
            return self._record(typing.cast(type, kind), raw, path)
        if origin is tuple:
            return self._list(arguments[0], raw, path)
        if origin is dict:
            return self._table(arguments[1], raw, path)
        return self._plain(kind, raw, path)

    def _record(self, kind: type, raw: Any, path: str) -> Any:
        if not isinstance(raw, dict):
            self.add("error", path, "type", _("“%(path)s” must be a table.", path=path))
            return None
        hints = field_types(kind)
        for key in (key for key in raw if key not in hints):
            self._unknown(key, hints, path)
        before = self.found.total()
        values = {
            item.name: self.build(hints[item.name], raw[item.name], join(path, item.name))
            for item in dataclasses.fields(kind)
            if item.name in raw
        }
        for item in dataclasses.fields(kind):
            optional = item.default is not dataclasses.MISSING or item.default_factory is not dataclasses.MISSING
            if item.name not in raw and not optional:
                self.add(
                    "error",
                    join(path, item.name),
                    "missing",
                    _("“%(key)s” is missing in “%(path)s”.", key=item.name, path=path or "plan"),
                )
        return kind(**values) if self.found.total() == before else None

    def _unknown(self, key: str, hints: dict[str, Any], path: str) -> None:
        is_told = self.found["error"] < bounds.PLAN_PROBLEMS  # to look for a key that is near takes its time
        near = difflib.get_close_matches(key[: bounds.KEY], hints, 1) if is_told else []
        sentence = (
            _("The key “%(key)s” is unknown; did you mean “%(near)s”?", key=key, near=near[0])
            if near
            else _("The key “%(key)s” is unknown.", key=key)
        )
        self.add("error", join(path, key), "unknown-key", sentence)

    def _list(self, kind: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, list):
            self.add("error", path, "type", _("“%(path)s” must be a list.", path=path))
            return None
        return tuple(self.build(kind, each, join(path, entry_name(each, n))) for n, each in enumerate(raw))

    def _table(self, kind: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, dict):
            self.add("error", path, "type", _("“%(path)s” must be a table.", path=path))
            return None
        return {nfc(key): self.build(kind, each, join(path, key)) for key, each in raw.items()}

    def _plain(self, kind: Any, raw: Any, path: str) -> Any:
        if kind is str and isinstance(raw, str):
            return self._text(raw, path)
        if kind is float and type(raw) in (int, float) and abs(raw) <= LARGEST:
            return float(raw)
        if type(raw) is kind and kind is not float and (kind is not int or abs(raw) <= LARGEST):
            return raw
        self.add("error", path, "type", _("“%(path)s” must be %(kind)s.", path=path, kind=KIND_NAMES[kind]))
        return None

    def _text(self, raw: str, path: str) -> str | None:
        text = nfc(raw)
        if "\x00" in raw or any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
            self.add(
                "error", path, "text", _("“%(path)s” holds a control character; write plain text only.", path=path)
            )
            return None
        return text
