"""The work list as an Excel sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.apologies.models import Letter
from thidua.core.vietnamese import day
from thidua.exchange.workbook import Column
from thidua.people.models import Unit


def columns() -> list[Column]:
    return [
        Column(_("Unit"), 36),
        Column(_("Dossier code"), 20),
        Column(_("Procedure"), 40),
        Column(_("Field"), 28),
        Column(_("Day of receipt"), 14, "date"),
        Column(_("First due day"), 14, "date"),
        Column(_("New due day"), 14, "date"),
        Column(_("Day of return"), 14, "date"),
        Column(_("Letter issued here"), 24),
    ]


def rows(
    found: Iterable[Mapping[str, Any]], units: Mapping[str, Unit], letters: Mapping[tuple[str, str], Letter]
) -> Iterator[tuple[object, ...]]:
    for row in found:
        letter = letters.get((row["_unit"], row["code"]))
        said = _("No. %(n)s of %(day)s") % {"n": letter.number, "day": _issued(letter)} if letter else ""
        yield (
            units[row["_unit"]].name, row["code"], row["procedure"], row["field"], row["received"], row["due"],
            row["new_due"], row["returned"], said,
        )  # fmt: skip


def _issued(letter: Letter) -> str:
    return day(timezone.localdate(letter.run.issued_at))
