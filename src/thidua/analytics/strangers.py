"""Whether the unit that a row names is the one whose records these are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from thidua.core import bounds
from thidua.core.records import problems
from thidua.core.records.values import clean
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence
from thidua.people.models import Unit

SHORT = {
    "trung hoc pho thong": "thpt",
    "trung hoc co so": "thcs",
    "giao duc thuong xuyen": "gdtx",
    "giao duc nghe nghiep": "gdnn",
    "trung tam": "tt",
}
NO_WORD = re.compile(r"[^0-9a-z]+")
# Words that lists leave out before a name.
BEFORE = ("truong ", "phong ", "ban ")


Names = tuple[str, str, str]  # code, name, short name of a unit


@dataclass(frozen=True)
class Strangers:
    """Says of (heading, cell) whose row it is, None where it is the unit's own. ``others`` come first, ``own`` last."""

    own: Names
    others: tuple[Names, ...]

    def __call__(self, heading: str, text: str) -> Sentence | None:
        whole, part = self._known
        key = _key(text)
        found = whole.get(key) or part.get(_without_kind(key))
        if not key or found == self.own:
            return None
        return problems.other_unit(found[1]) if found else problems.unknown_unit(heading)

    @cached_property
    def _known(self) -> tuple[dict[str, Names], dict[str, Names]]:
        """By the whole name, and without the word before it, which a phòng and a trường may share."""
        whole: dict[str, Names] = {}
        part: dict[str, Names] = {}
        for names in [*self.others, self.own]:
            for key in (_key(text) for text in names if text):
                whole[key] = part[_without_kind(key)] = names
        return whole, part


def stranger_of(unit: Unit) -> Strangers:
    others = Unit.objects.exclude(pk=unit.pk).values_list("code", "name", "short_name")
    return Strangers((unit.code, unit.name, unit.short_name), tuple(others))


def _key(text: str) -> str:
    key = NO_WORD.sub(" ", fold(clean(text[: bounds.VALUE]))).strip()
    for long, short in SHORT.items():
        key = key.replace(long, short)
    return key


def _without_kind(key: str) -> str:
    return next((key.removeprefix(word) for word in BEFORE if key.startswith(word)), key)
