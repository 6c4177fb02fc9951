"""The scorecard of a unit: what it declared, was found and was accepted, beside what was computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from thidua.campaigns.models import Campaign, Obligation
from thidua.core.figures import Verdict, verdict
from thidua.core.plan import schema
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.vietnamese import fold
from thidua.documents import queries as documents
from thidua.people.models import Unit
from thidua.reports import computed
from thidua.reports.computed import Entry
from thidua.reports.models import Evidence, Figure
from thidua.reports.queries.stated import Source, source_of

REFUSED_LATE = "refused"
DECLARABLE = frozenset({"ratio", "count", "task"})


@dataclass(frozen=True)
class Line:
    """One criterion (and field, where the plan or the records name some) of a unit, with its best value.

    The office's value goes before what records say, and this before what the unit declares alone; "" is no value yet.
    ``is_met`` is given where it does not follow from the value: a target "in every field".
    """

    criterion: Criterion
    scope: str
    figure: Figure | None
    computed: Entry | None
    numerator: Decimal | None
    denominator: Decimal | None
    source: Source | str
    is_met: bool | None = None

    @property
    def verdict(self) -> Verdict | None:
        if self.source == "":
            return None
        if self.is_met is not None:
            return Verdict.MET if self.is_met else Verdict.MISSED
        return verdict(self.criterion, self.numerator, self.denominator)

    @property
    def is_counted(self) -> bool:
        """Whether a measure gives the value, from records or from what lies here."""
        return self.source in (Source.COMPUTED, Source.REGISTRATIONS)

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None

    @property
    def difference(self) -> bool:
        """Whether what the unit declared is not what its records say."""
        stated, found = self.figure, self.computed
        if stated is None or stated.numerator is None or found is None or found.value is None:
            return False
        if self.criterion.kind == "count":
            return stated.numerator != found.numerator
        return bool(stated.denominator) and stated.numerator / stated.denominator != found.value


def lines(plan: Plan, campaign_id: int, unit: Unit, year: int) -> list[Line]:
    """What the plan asks the unit to declare, a line each field of the plan. Two queries."""
    figures = Figure.objects.filter(campaign=campaign_id, unit=unit, year=year)
    criteria = [each for each in criteria_of(plan, unit) if each.source != Source.REGISTRATIONS]
    return lines_of(criteria, figures, computed.of_unit(plan, campaign_id, unit, [year], criteria)[year])


def lines_of(criteria: Iterable[Criterion], figures: Iterable[Figure], found: computed.Of) -> list[Line]:
    stated = {(figure.criterion, figure.scope): figure for figure in figures}
    return [
        _line(criterion, scope, stated.get((criterion.id, scope)), found)
        for criterion in criteria
        for scope in criterion.scopes or ("",)
    ]


def _line(criterion: Criterion, scope: str, figure: Figure | None, found: computed.Of) -> Line:
    entry = found.get((criterion.id, fold(scope) if scope else None))
    is_counted = entry is not None and entry.is_known
    if scope and entry is None:  # records that name no dossier of this field say that nothing arose in it
        whole = found.get((criterion.id, None))
        is_counted = whole is not None and whole.is_known
    if figure and figure.accepted_at:
        values = figure.accepted_numerator, figure.accepted_denominator, Source.ACCEPTED
    elif figure and figure.checked_at and figure.checked_at >= figure.declared_at:
        values = figure.checked_numerator, figure.checked_denominator, Source.CHECKED
    elif is_counted:
        arose = entry if entry and entry.denominator != 0 else None
        values = arose and arose.numerator, arose and arose.denominator, source_of(criterion)
    elif figure:
        values = figure.numerator, figure.denominator, Source.DECLARED
    else:
        values = None, None, ""
    return Line(criterion, scope, figure, entry, *values)


def criteria_of(plan: Plan, unit: Unit) -> list[Criterion]:
    """The criteria that speak of units of this kind."""
    audiences = {each.id for each in plan.audiences if unit.kind in each.kinds and not each.personal}
    return [each for each in plan.criteria if each.kind in DECLARABLE and audiences & set(each.audiences)]


def mark_evidence(figures: Iterable[Figure]) -> list[Evidence]:
    """The files behind figures and what their signatures are, kept on the figures. One query."""
    figures = list(figures)
    files = documents.with_verdicts(Evidence.objects.order_by("pk"), public="figure__unit__is_public")
    prefetch_related_objects(figures, Prefetch("evidence", files))
    found = [each for figure in figures for each in figure.evidence.all()]
    documents.mark_signatures(found)
    return found


def closings(campaign: Campaign, unit: Unit, year: int) -> dict[str, dt.datetime]:
    """Criterion → when its figure closes for this unit; only those that the plan refuses when they are late."""
    strict = strict_figures(campaign.current.plan, year)
    if not strict:
        return {}
    owed = Obligation.objects.of_year(campaign, year).asked().filter(unit=unit, person=None, key__in=strict)
    return {each.criterion: each.closes_at for each in owed}


def strict_figures(plan: Plan, year: int) -> set[str]:
    """The obligations to hand in a figure that are refused when they are late."""
    return {each.id for each in plan.obligations if closes(each, "figure", year)}


def closes(planned: schema.Obligation, kind: str, year: int) -> bool:
    return planned.late == REFUSED_LATE and planned.kind == kind and planned.year == year
