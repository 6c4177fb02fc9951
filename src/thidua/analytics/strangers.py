"""Whether the unit that a row names is the one whose records these are."""

from __future__ import annotations

import re
from collections.abc import Callable

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


def stranger_of(unit: Unit) -> Callable[[str, str], Sentence | None]:
    """A function of (heading, cell) that says whose row it is, None where it is the unit's own."""
    whole: dict[str, Unit] = {}
    part: dict[str, Unit] = {}  # without the word before the name, which a phòng and a trường may share
    for each in [*Unit.objects.exclude(pk=unit.pk).only("code", "name", "short_name"), unit]:
        for key in (_key(text) for text in (each.code, each.name, each.short_name) if text):
            whole[key] = part[_without_kind(key)] = each

    def stranger(heading: str, text: str) -> Sentence | None:
        key = _key(text)
        found = whole.get(key) or part.get(_without_kind(key))
        if not key or (found and found.pk == unit.pk):
            return None
        return problems.other_unit(found.name) if found else problems.unknown_unit(heading)

    return stranger


def _key(text: str) -> str:
    key = NO_WORD.sub(" ", fold(clean(text[: bounds.VALUE]))).strip()
    for long, short in SHORT.items():
        key = key.replace(long, short)
    return key


def _without_kind(key: str) -> str:
    return next((key.removeprefix(word) for word in BEFORE if key.startswith(word)), key)
