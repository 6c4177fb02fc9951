"""A published plan stays as it was when the product that ships it learns more: what it lacks, and how it gets it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from thidua.core.plan.lists import spelt_out
from thidua.core.plan.schema import Plan

CRITERION = re.compile(r'^criterion\s*=\s*"([^"]*)"', re.MULTILINE)


def lacking(published: Plan, shipped: Iterable[str]) -> tuple[str, ...]:
    """Criteria that the shipped edition computes by a measure, and that the published one has and computes by none."""
    known = {each.id for each in published.criteria} - {each.criterion for each in published.measures}
    return tuple(each for each in shipped if each in known)


def with_measures(text: str, shipped: str, criteria: set[str]) -> str:
    """The text of a plan with the shipped measures of these criteria after it, their lists spelt out, as the plan may
    not have them; all that it said it still says."""
    lists = tomllib.loads(shipped).get("lists", {})
    added = [spelt_out(block, lists) for block in _measures(shipped) if set(CRITERION.findall(block)) & criteria]
    return "\n\n".join([text.rstrip(), *added]) + "\n"


def _measures(text: str) -> list[str]:
    """Each ``[[measures]]`` with the tables below it."""
    blocks: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip("[] ").partition(".")[0] == "measures"
            if inside and line.startswith("[["):
                blocks.append([])
        if inside and not line.startswith("#"):
            blocks[-1].append(line)
    return ["\n".join(block).strip() for block in blocks]
