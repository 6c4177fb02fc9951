"""Letters of apology of one-stop offices: when one is in time, and the form that is in force on a day."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from thidua.core.words import Sentence, _


class Owed(StrEnum):
    """Why a dossier without a letter owes one."""

    SOON = "soon"
    PENDING = "pending"
    RETURNED = "returned"

    @property
    def label(self) -> Sentence:
        return OWED_LABELS[self]


OWED_LABELS = {
    Owed.SOON: _("Due on the next working day"),
    Owed.PENDING: _("Overdue and not returned"),
    Owed.RETURNED: _("Returned late"),
}

# (first day, form, issued with), the newest first: Circular 01/2018/TT-VPCP has held since 08/01/2019; what followed it
# on 01/07/2025 numbers its forms anew, so that a letter of then names none until the office writes it in its template.
FORMS = (
    (dt.date(2025, 7, 1), "", ""),
    (dt.date(2019, 1, 8), "Mẫu số 04", "Thông tư số 01/2018/TT-VPCP"),
)


def form_on(day: dt.date) -> str:
    """What stands above the letter: the number of the form and what it was issued with, "" where there is none."""
    form, source = next(((form, source) for since, form, source in FORMS if day >= since), ("", ""))
    return f"{form} ({source})" if form else ""


def is_in_time(written_on: dt.date, due: dt.date) -> bool:
    """A letter is in time where it bears a day before the day on which the dossier was due."""
    return written_on < due
