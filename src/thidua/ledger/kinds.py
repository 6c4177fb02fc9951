"""The kinds of jobs that rooms declare (through ``jobs.task`` and ``jobs.periodic``), by their names."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

from thidua.core.vietnamese import fold, search_words
from thidua.core.words import Sentence, _

Work = Callable[..., None]


# The queue of what may take long; all else is in the library's own.
LONG = "long"
# What only a job can end may then be ended by a person, who need not wait for the worker.
FREE_AFTER = dt.timedelta(minutes=30)
OVERTAKEN = _("What this job was for was done, decided on or removed meanwhile; it can only be set aside.")


@dataclass(frozen=True)
class Kind:
    """One kind of job. ``cron`` is "" where it is asked for. ``given_up`` gets the arguments of a job that is tried no
    more and frees what waits for it; it may run more than once, too. ``again`` gets them where a person has such a
    job tried again, and puts back what was freed; it raises Denied where there is nothing to be done any more. Long
    ones leave a place of the worker to others."""

    name: str
    label: Sentence
    work: Work
    given_up: Work | None = None
    again: Work | None = None
    cron: str = ""
    is_long: bool = False
    signature: inspect.Signature = field(init=False, compare=False)

    @property
    def is_hourly(self) -> bool:
        """Its next round comes within the hour, so a round that fails needs no try of its own."""
        return self.cron.split(" ")[1:2] == ["*"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "signature", inspect.signature(self.work))


kinds: dict[str, Kind] = {}


def label_of(name: str) -> str:
    """In the words of the page; the name in code where this version does not know it."""
    return str(kinds[name].label) if name in kinds else name


def names_like(text: str) -> list[str]:
    """Kinds whose label has each word of the text, marks or not."""
    words = search_words(text)
    return [name for name in kinds if all(word in fold(label_of(name)) for word in words)]
