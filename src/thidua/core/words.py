"""Sentences that core hands to people: an English message and its values, put into the reader's language when shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def _as_written(message: str) -> str:
    return message


# Set by the application at start; core itself knows no catalogue.
translate: Callable[[str], str] = _as_written


@dataclass(frozen=True)
class Sentence:
    message: str
    values: dict[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return translate(self.message) % self.values if self.values else translate(self.message)


def _(message: str, **values: object) -> Sentence:
    """A sentence to be shown later: ``_("%(name)s is missing.", name="title")``."""
    return Sentence(message, values)
