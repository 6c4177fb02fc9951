"""Questions of a form whose answers live in a room above, as the figures of a unit do.

Such a room declares a part in its own ``parts.py``; the forms, pages, papers and versions of dossiers show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from thidua.core.words import Sentence
from thidua.dossiers.models import Dossier


class Row(TypedDict):
    """One line in words; ``address`` is the page that changes it, ``missing`` whether it has no value yet."""

    name: str
    value: str
    source: str
    address: str
    missing: bool


@dataclass(frozen=True)
class Part:
    rows: Callable[[Dossier], list[Row]]
    problem: Callable[[Dossier], Sentence | None]


PARTS: dict[str, Part] = {}


def declare(question_type: str, part: Part) -> None:
    PARTS[question_type] = part


def kept(dossier: Dossier) -> dict[str, list[Row]]:
    """Question id → its lines as they are now: what a hand-in keeps word for word."""
    return {
        question.id: PARTS[question.type].rows(dossier)
        for question in dossier.plan_form.questions
        if question.type in PARTS
    }


def addresses(dossier: Dossier) -> set[str]:
    """The pages that a form may lead to, to change what it only shows."""
    return {row["address"] for rows in kept(dossier).values() for row in rows}
