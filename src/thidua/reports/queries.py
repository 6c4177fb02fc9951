"""Figures as the scorecard of a unit and as totals of the campaign."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from thidua.campaigns.models import Campaign
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.figures import Verdict, verdict
from thidua.core.plan.schema import Criterion
from thidua.dossiers.models import Dossier
from thidua.people.models import Unit
from thidua.reports.models import Figure

DECLARABLE = frozenset({"ratio", "count", "task"})


@dataclass(frozen=True)
class Line:
    """One criterion (and field) of a unit. ``source`` says where the number shown comes from."""

    criterion: Criterion
    scope: str
    figure: Figure | None
    numerator: Decimal | None
    denominator: Decimal | None
    source: str

    @property
    def verdict(self) -> Verdict | None:
        if self.source == "":
            return None
        return verdict(self.criterion, self.numerator, self.denominator)

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None


def criteria_of(campaign: Campaign, unit: Unit) -> list[Criterion]:
    """The criteria that speak of units of this kind."""
    plan = campaign.current.plan
    audiences = {each.id for each in plan.audiences if unit.kind in each.kinds and not each.personal}
    return [each for each in plan.criteria if each.kind in DECLARABLE and audiences & set(each.audiences)]


def scorecard(campaign: Campaign, unit: Unit, year: int) -> list[Line]:
    """Every criterion of the unit with its best value: accepted, else checked, else declared."""
    found = {
        (figure.criterion, figure.scope): figure
        for figure in Figure.objects.filter(campaign=campaign, unit=unit, year=year).prefetch_related("evidence")
    }
    lines = []
    for criterion in criteria_of(campaign, unit):
        if criterion.source == "registrations":
            count = Decimal(registrations_of(campaign, unit, year))
            lines.append(Line(criterion, "", None, count, None, "registrations"))
            continue
        lines += [_line(criterion, scope, found.get((criterion.id, scope))) for scope in criterion.scopes or ("",)]
    return lines


def _line(criterion: Criterion, scope: str, figure: Figure | None) -> Line:
    if figure is None:
        return Line(criterion, scope, None, None, None, "")
    if figure.accepted_at:
        return Line(criterion, scope, figure, figure.accepted_numerator, figure.accepted_denominator, "accepted")
    if figure.checked_at and figure.checked_at >= figure.declared_at:
        return Line(criterion, scope, figure, figure.checked_numerator, figure.checked_denominator, "checked")
    return Line(criterion, scope, figure, figure.numerator, figure.denominator, "declared")


def registrations_of(campaign: Campaign, unit: Unit, year: int) -> int:
    """Registrations of the unit that were handed in and stand."""
    return Dossier.objects.filter(
        campaign=campaign,
        unit=unit,
        year=year,
        kind=DossierKind.REGISTRATION,
        state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
    ).count()
