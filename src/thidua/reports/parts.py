"""The figures of the unit inside its result report: shown there, and demanded before it is handed in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from thidua.campaigns.chosen import Chosen
from thidua.core.vietnamese import number
from thidua.core.words import Sentence, _
from thidua.dossiers import parts
from thidua.dossiers.models import Dossier
from thidua.reports import queries
from thidua.reports.queries import Row

NOT_YET = _("Not declared yet")


def declared(dossier: Dossier) -> list[Row]:
    """What the unit has to declare; read once for a dossier as it was loaded (so once a request)."""
    if not hasattr(dossier, "_figures"):
        dossier._figures = queries.declarable(dossier.version.plan, dossier.campaign_id, dossier.unit, dossier.year)
    return dossier._figures


def rows(dossier: Dossier) -> list[parts.Row]:
    return [_row(dossier, row) for row in declared(dossier)]


def _row(dossier: Dossier, row: Row) -> parts.Row:
    name = f"{row.criterion.short} ({row.scope})" if row.scope else row.criterion.short
    asked = {"next": reverse("dossiers:form", args=[dossier.pk]), "scope": row.scope or None}
    chosen = Chosen(dossier.campaign, dossier.year)
    return {
        "name": name,
        "value": _value(row),
        "source": row.value.told or str(NOT_YET),
        "address": chosen.address("reports:declare", dossier.unit.code, row.criterion.id, **asked),
        "missing": row.value.source is None,
    }


def _value(row: Row) -> str:
    value = row.value
    if value.source is None:
        return "–"
    if value.numerator is None:
        reason = (
            row.figure.explanation if row.figure and not value.source.is_counted else row.found and row.found.reason
        )
        return gettext("Nothing arose: %(reason)s") % {"reason": reason} if reason else gettext("Nothing arose")
    if value.share is None:
        return f"{value.shown} {value.criterion.unit_of_count}".strip()
    return f"{value.shown} = {number(value.numerator)} / {number(value.denominator)}"


def problem(dossier: Dossier) -> Sentence | None:
    missing = [row for row in declared(dossier) if row.value.source is None]
    if not missing:
        return None
    return _("%(count)s figures of the unit are not declared yet.", count=len(missing))


parts.declare("figures", parts.Part(rows, problem))
