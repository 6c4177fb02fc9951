"""The scorecard of a unit: what it declared, was found and was accepted, beside what was computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.figures import Verdict, verdict
from thidua.core.plan import schema
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.vietnamese import fold
from thidua.documents import queries as documents
from thidua.dossiers.models import Dossier
from thidua.people.models import Unit
from thidua.reports import computed
from thidua.reports.computed import Entry
from thidua.reports.models import Evidence, Figure

REFUSED_LATE = "refused"
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


@dataclass(frozen=True)
class Compared:
    """A line of the scorecard beside what the unit's records say of it."""

    line: Line
    computed: Entry | None

    @property
    def difference(self) -> Decimal | None:
        """Computed less declared, as a share; None where one of them has no value or both are the same."""
        if self.computed is None or self.computed.value is None or self.line.value is None:
            return None
        return self.computed.value - self.line.value or None


def compared(campaign: Campaign, unit: Unit, year: int) -> list[Compared]:
    """The scorecard with what was computed beside what was declared."""
    found = computed.of_unit(campaign, unit, year)
    lines = scorecard(campaign, unit, year)
    return [Compared(line, found.get((line.criterion.id, fold(line.scope)))) for line in lines]


def criteria_of(plan: Plan, unit: Unit) -> list[Criterion]:
    """The criteria that speak of units of this kind."""
    audiences = {each.id for each in plan.audiences if unit.kind in each.kinds and not each.personal}
    return [each for each in plan.criteria if each.kind in DECLARABLE and audiences & set(each.audiences)]


def scorecard(campaign: Campaign, unit: Unit, year: int) -> list[Line]:
    """Every criterion of the unit with its best value, in the order of the plan."""
    plan = campaign.current.plan
    declared = declared_lines(plan, campaign.pk, unit, year)
    prefetch_related_objects([line.figure for line in declared if line.figure], "evidence")
    counted = [each for each in criteria_of(plan, unit) if each.source == "registrations"]
    count = Decimal(registrations_of(campaign, unit, year)) if counted else None
    lines = [*declared, *(Line(each, "", None, count, None, "registrations") for each in counted)]
    order = [each.id for each in plan.criteria]
    return sorted(lines, key=lambda line: order.index(line.criterion.id))


def mark_evidence(figures: Iterable[Figure]) -> list[Evidence]:
    """The files behind figures and what their signatures are, kept on the figures. One query."""
    figures = list(figures)
    files = documents.with_verdicts(Evidence.objects.order_by("pk"), public="figure__unit__is_public")
    prefetch_related_objects(figures, Prefetch("evidence", files))
    found = [each for figure in figures for each in figure.evidence.all()]
    documents.mark_signatures(found)
    return found


def declared_lines(plan: Plan, campaign_id: int, unit: Unit, year: int) -> list[Line]:
    """What the unit has to declare, with the best value: accepted, else checked, else declared. One query."""
    figures = Figure.objects.filter(campaign_id=campaign_id, unit=unit, year=year)
    found = {(figure.criterion, figure.scope): figure for figure in figures}
    return [
        _line(criterion, scope, found.get((criterion.id, scope)))
        for criterion in criteria_of(plan, unit)
        if criterion.source != "registrations"
        for scope in criterion.scopes or ("",)
    ]


def _line(criterion: Criterion, scope: str, figure: Figure | None) -> Line:
    if figure is None:
        return Line(criterion, scope, None, None, None, "")
    if figure.accepted_at:
        return Line(criterion, scope, figure, figure.accepted_numerator, figure.accepted_denominator, "accepted")
    if figure.checked_at and figure.checked_at >= figure.declared_at:
        return Line(criterion, scope, figure, figure.checked_numerator, figure.checked_denominator, "checked")
    return Line(criterion, scope, figure, figure.numerator, figure.denominator, "declared")


def closings(campaign: Campaign, unit: Unit, year: int) -> dict[str, dt.datetime]:
    """Criterion → when its figure closes for this unit; only those that the plan refuses when they are late."""
    strict = strict_figures(campaign.current.plan, year)
    if not strict:
        return {}
    owed = Obligation.objects.of_year(campaign, year).filter(unit=unit, person=None, key__in=strict)
    return {each.criterion: each.closes_at for each in owed}


def strict_figures(plan: Plan, year: int) -> set[str]:
    """The obligations to hand in a figure that are refused when they are late."""
    return {each.id for each in plan.obligations if closes(each, "figure", year)}


def closes(planned: schema.Obligation, kind: str, year: int) -> bool:
    return planned.late == REFUSED_LATE and planned.kind == kind and planned.year == year


def registrations_of(campaign: Campaign, unit: Unit, year: int) -> int:
    """Registrations of the unit that were handed in and stand."""
    return Dossier.objects.filter(
        campaign=campaign,
        unit=unit,
        year=year,
        kind=DossierKind.REGISTRATION,
        state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
    ).count()
