"""Whether the unit that a row names is the one whose records these are."""

from __future__ import annotations

import re
from collections.abc import Callable

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
# Words that lists leave out before a name.
BEFORE = ("truong ", "phong ", "ban ")


def stranger_of(unit: Unit) -> Callable[[str, str], Sentence | None]:
    """A function of (heading, cell) that says whose row it is, None where it is the unit's own."""
    own = {key for text in (unit.code, unit.name, unit.short_name) if text for key in (_key(text),)}
    others = {
        _key(text): other.name
        for other in Unit.objects.exclude(pk=unit.pk).only("code", "name", "short_name")
        for text in (other.code, other.name, other.short_name)
        if text
    }

    def stranger(heading: str, text: str) -> Sentence | None:
        key = _key(text)
        if not key or key in own:
            return None
        known = others.get(key)
        return problems.other_unit(known) if known else problems.unknown_unit(heading)

    return stranger


def _key(text: str) -> str:
    key = re.sub(r"[^0-9a-z]+", " ", fold(clean(text))).strip()
    for long, short in SHORT.items():
        key = key.replace(long, short)
    return next((key.removeprefix(word) for word in BEFORE if key.startswith(word)), key)
