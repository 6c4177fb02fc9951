"""Filling Word templates, always in a process of its own (host.bounded): on a page, in the worker, and when one is
tried before it is taken."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thidua.core.refusals import Unfit
from thidua.core.words import _
from thidua.host import bounded
from thidua.host.bounded import MEGABYTE, Limits, Nursery
from thidua.ledger import looking

nursery = Nursery("thidua.documents.filling", prepare="thidua.documents.filling:warm")
# A paper of one unit takes hundredths of a second; five thousand letters take four seconds and 700 MB.
AT_ONCE = Limits(seconds=5, memory=512 * MEGABYTE, patience=2, is_sealed=True)
IN_WORKER = Limits(seconds=300, memory=1024 * MEGABYTE, patience=300, is_sealed=True)


BUSY = _("Other papers are being filled in at the moment; try again in a minute.")
ENDED = _("The template takes more time or memory than a paper needs; it must only show what is there.")


@dataclass(frozen=True)
class Picture:
    """A picture for a placeholder; ``width`` in millimetres."""

    png: bytes
    width: float = 160


# One white point, for what is tried.
BLANK = Picture(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==")
)


@dataclass(frozen=True)
class Link:
    """Words that open an address, or words alone where there is none; the placeholder is ``{{r name }}``."""

    words: str
    url: str = ""


def fill(template: bytes, context: Mapping[str, Any], *, limits: Limits) -> bytes:
    """The Word file with every placeholder filled.

    Raises Unfit with a sentence where the template cannot be read, names something that is not in the context, tries
    anything but showing it, makes what is refused of anybody's file, or takes more than ``limits``; Away while other
    papers are filled.
    """
    return _looked_through(_apart("fill", template, context, limits=limits), limits)


def try_out(template: bytes, context: Mapping[str, Any]) -> None:
    """Raises Unfit where ``fill`` would, and where the template names nothing that the context has; Away."""
    _looked_through(_apart("try_out", template, context, limits=AT_ONCE), AT_ONCE)


def _looked_through(paper: bytes, limits: Limits) -> bytes:
    """What a template puts together only when it is filled stands in no file that was looked through before."""
    try:
        looking.look_through(paper, limits=limits)
    except Unfit as refusal:
        raise Unfit(_("The template makes a paper that is not given out: %(why)s.", why=refusal.sentence)) from refusal
    return paper


def _apart(work: str, template: bytes, context: Mapping[str, Any], *, limits: Limits) -> Any:
    given = dict(context)
    work = f"thidua.documents.filling:{work}"
    return bounded.read(work, template, given, by=nursery, limits=limits, busy=BUSY, ended=ENDED)
