"""What this product knows itself, as rows of datasets: answers to its surveys, and papers that units sent through it.

Registrations are not among them: they are counted where they lie (``live``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from thidua.core.dossiers import DossierState
from thidua.core.satisfaction import Group
from thidua.documents import queries as documents
from thidua.documents.signatures import Status
from thidua.dossiers.models import Attachment
from thidua.people.models import Unit
from thidua.reports import computing
from thidua.surveys.models import Answer

OF_SURVEYS = _("Answers to the surveys of this system")
OF_PAPERS = _("PDF papers sent through this system, their signatures checked")
Row = dict[str, Any]


def answers_of() -> Iterator[tuple[Unit, int]]:
    """The units and years of which there are answers that some measure counts."""
    pairs = Answer.objects.values_list("place__unit", ExtractYear("on")).distinct().order_by()
    yield from _counted("satisfaction", pairs)


def answers(unit: Unit, year: int) -> list[Row]:
    """A row for each question that somebody answered; what people wrote in words of their own stays where it is."""
    rows = []
    found = Answer.objects.filter(place__unit=unit, on__year=year).select_related("place__survey").order_by("pk")
    labels = {group.value: str(group.label) for group in Group}
    for answer in found:
        for asked, level in zip(answer.place.survey.asked, answer.levels, strict=False):
            if level is not None:
                rows.append({"answered": answer.on.isoformat(), "group": labels[asked["group"]], "level": level})
    return rows


def papers_of() -> Iterator[tuple[Unit, int]]:
    """The units and years of which PDF papers were handed in that some measure counts."""
    pairs = _sent().values_list("dossier__unit", ExtractYear("dossier__submitted_at")).distinct().order_by()
    yield from _counted("documents", pairs)


def papers(unit: Unit, year: int) -> list[Row]:
    """A row for each PDF file of a paper that stands: electronic, and signed where its signature is valid. None of
    them while one still waits for the check of its signature."""
    sent = documents.with_verdicts(_sent(), public="dossier__unit__is_public")
    found = list(
        sent.filter(dossier__unit=unit, dossier__submitted_at__year=year).select_related("dossier").order_by("pk")
    )
    if any(each.signature_verdict is None for each in found):
        return []
    return [
        {
            "code": f"{each.dossier_id}/{each.pk}",
            "issued": timezone.localdate(each.dossier.submitted_at).isoformat(),
            "sender": unit.name,
            "form": "electronic",
            "is_signed": each.signature_verdict["status"] == Status.VALID,
            "is_secret": False,
        }
        for each in found
    ]


def _sent():
    standing = (DossierState.SUBMITTED, DossierState.ACCEPTED)
    return Attachment.objects.filter(file__extension="pdf", removed_at=None, dossier__state__in=standing)


def _counted(dataset: str, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[Unit, int]]:
    pairs = list(pairs)
    units = Unit.objects.in_bulk([unit for unit, _year in pairs])
    kinds = {year: computing.kinds_counted(dataset, year) for _unit, year in pairs}
    yield from ((units[unit], year) for unit, year in pairs if units[unit].kind in kinds[year])
