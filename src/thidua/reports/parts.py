"""The figures of the unit inside its result report: shown there, and demanded before it is handed in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from thidua.campaigns.chosen import Chosen
from thidua.core.vietnamese import number, percent
from thidua.core.words import Sentence, _
from thidua.dossiers.models import Dossier
from thidua.dossiers.parts import Part, Row, declare
from thidua.reports import queries
from thidua.reports.queries import Line

NOT_YET = _("Not declared yet")


def lines(dossier: Dossier) -> list[Line]:
    """What the unit has to declare; read once for a dossier as it was loaded (so once a request)."""
    if not hasattr(dossier, "_figure_lines"):
        dossier._figure_lines = queries.lines(dossier.version.plan, dossier.campaign_id, dossier.unit, dossier.year)
    return dossier._figure_lines


def rows(dossier: Dossier) -> list[Row]:
    return [_row(dossier, line) for line in lines(dossier)]


def _row(dossier: Dossier, line: Line) -> Row:
    name = f"{line.criterion.short} ({line.scope})" if line.scope else line.criterion.short
    asked = {"next": reverse("dossiers:form", args=[dossier.pk]), "scope": line.scope or None}
    chosen = Chosen(dossier.campaign, dossier.year)
    return {
        "name": name,
        "value": _value(line),
        "source": str(line.source.label if line.source else NOT_YET),
        "address": chosen.address("reports:declare", dossier.unit.code, line.criterion.id, **asked),
        "missing": line.source == "",
    }


def _value(line: Line) -> str:
    if line.source == "":
        return "–"
    if line.numerator is None:
        return gettext("Nothing arose: %(reason)s") % {"reason": line.figure.explanation if line.figure else ""}
    if line.denominator is None:
        return f"{number(line.numerator)} {line.criterion.unit_of_count}".strip()
    return f"{percent(line.numerator, line.denominator)} = {number(line.numerator)} / {number(line.denominator)}"


def problem(dossier: Dossier) -> Sentence | None:
    missing = [line for line in lines(dossier) if line.source == ""]
    if not missing:
        return None
    return _("%(count)s figures of the unit are not declared yet.", count=len(missing))


declare("figures", Part(rows, problem))
