"""What one version of a plan changes against another, key by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from thidua.core.plan.data import as_data
from thidua.core.plan.schema import Plan


@dataclass(frozen=True)
class Difference:
    """``old`` or ``new`` is empty where the key was added or taken away."""

    path: str
    old: str
    new: str


def differences(old: Plan, new: Plan) -> tuple[Difference, ...]:
    before, after = dict(_leaves(as_data(old), "")), dict(_leaves(as_data(new), ""))
    paths = [*before, *(path for path in after if path not in before)]
    return tuple(
        Difference(path, before.get(path, ""), after.get(path, ""))
        for path in paths
        if before.get(path) != after.get(path)
    )


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for n, each in enumerate(value):
            name = each["id"] if isinstance(each, dict) and "id" in each else str(n + 1)
            yield from _leaves(each, f"{path}.{name}")
    else:
        yield path, "" if value is None else str(value)
