"""Registrations as a dataset of the product's own: measures of the plan count them like records that were handed in."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate

from thidua.analytics.registry import Own, declare_own
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _
from thidua.dossiers.models import Dossier


def registrations(campaign: int, years: Collection[int]) -> QuerySet[Dossier]:
    """Those that were handed in, whatever became of them since: a draft is nobody's but the unit's."""
    return Dossier.objects.filter(
        campaign=campaign, year__in=years, kind=DossierKind.REGISTRATION, submitted_at__isnull=False
    )


REGISTRATIONS = declare_own(
    Dataset(
        id="registrations",
        name=_("Registrations in this system"),
        key="code",
        is_own=True,
        columns=(
            Column("code", ColumnType.CODE, _("Code"), _("The code of the registration in this system")),
            Column(
                "state",
                ColumnType.CHOICE,
                _("State"),
                _("Where it stands: handed in, accepted, returned, withdrawn"),
                choices={state.value: () for state in DossierState},
            ),
            Column("kind", ColumnType.TEXT, _("Type"), _("The id of its type in the plan")),
            Column("field", ColumnType.TEXT, _("Field"), _("The id of its field in the plan")),
            Column("submitted", ColumnType.DAY, _("Handed in on"), _("The day on which it was handed in")),
            Column("decided", ColumnType.DAY, _("Decided on"), _("The day on which it was accepted or returned")),
            Column("days_late", ColumnType.COUNT, _("Days late"), _("Days between its due day and the day it came")),
        ),
    ),
    Own(
        registrations,
        {
            "code": F("pk"),
            "state": F("state"),
            "kind": F("initiative_kind"),
            "field": F("field"),
            "submitted": TruncDate("submitted_at"),
            "decided": TruncDate("decided_at"),
            "days_late": F("days_late"),
        },
    ),
)
