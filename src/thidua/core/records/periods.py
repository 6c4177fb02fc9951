"""The period of a batch: a calendar year, written "2023"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from thidua.core.refusals import Denied
from thidua.core.words import _

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Period:
    """``start`` and ``end`` are both in it."""

    name: str
    start: dt.date
    end: dt.date


def period(name: str) -> Period:
    """Raises Denied for anything but a year."""
    if not (name.isascii() and name.isdigit() and len(name) == 4 and FIRST_YEAR <= int(name) <= LAST_YEAR):
        raise Denied(_("A period is a year between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
    return Period(name, dt.date(int(name), 1, 1), dt.date(int(name), 12, 31))
