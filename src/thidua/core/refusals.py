"""A refusal is a fact with a sentence for people; rules raise it, pages and commands show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from thidua.core.words import Sentence


class Denied(Exception):
    """What was asked is not done. ``fields`` names the inputs at fault, each with its own sentence."""

    def __init__(self, sentence: Sentence | str, fields: dict[str, Sentence | str] | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields or {}

    def __str__(self) -> str:
        return str(self.sentence)


class DeadlinePassed(Denied):
    """The window for this step has closed."""


class Unfit(Denied):
    """What was sent cannot be taken as it is: a file that is damaged, or holds what it must not."""


class Conflict(Denied):
    """Somebody else changed the same thing in the meantime."""


class Away(Denied):
    """Something that this step needs cannot be reached at the moment."""


class NotThere(Denied):
    """What was asked for is not there, or not any more."""


class NotAdmitted(Denied):
    """Who asks is not known here, or no longer."""


class TooOften(Denied):
    """Who asks has done so too often in a short while. ``retry_after``: seconds to wait."""

    def __init__(
        self, sentence: Sentence | str, fields: dict[str, Sentence | str] | None = None, *, retry_after: int = 60
    ):
        super().__init__(sentence, fields)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Verdict:
    """Whether a button is open, and if it is shut, why."""

    allowed: bool
    sentence: Sentence | str = ""
    fields: dict[str, Sentence | str] = field(default_factory=dict, hash=False)


def need(condition: object, sentence: Sentence | str, field: str = "") -> None:
    """Refuse with the sentence unless the condition holds; ``field`` is the input at fault."""
    if not condition:
        raise Denied(sentence, {field: sentence} if field else None)


def fit(condition: object, sentence: Sentence | str) -> None:
    """Refuse what was sent with the sentence unless the condition holds."""
    if not condition:
        raise Unfit(sentence)


def verdict(check: Callable[..., object], *args: object, **kwargs: object) -> Verdict:
    """Ask a rule without doing the thing: ``verdict(rules.check_submit, person, dossier, at=now)``."""
    try:
        check(*args, **kwargs)
    except Denied as refusal:
        return Verdict(False, refusal.sentence, refusal.fields)
    return Verdict(True)
