"""What several pages load: a dossier through ``visible_to``, and what it promised."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from thidua.dossiers import queries
from thidua.dossiers.models import Dossier


def dossier_of(request, pk: int) -> Dossier:
    return get_object_or_404(queries.one(request.user), pk=pk)


def to_read(request, pk: int) -> Dossier:
    return get_object_or_404(queries.to_read(request.user), pk=pk)


def to_write(request, pk: int) -> Dossier:
    return get_object_or_404(queries.to_write(request.user), pk=pk)


def planned_of(dossier: Dossier, authors) -> list[queries.Said]:
    """What the registration promised, beside which a report writes what was done."""
    about = dossier.about
    if about is None:
        return []
    version = dossier.version if dossier.version_id == about.version_id else about.version
    return queries.said(version.plan.form(about.form), about.answers, queries.names_of([about.answers], authors))
