"""The best value that is known of each unit and criterion, with its source: what overviews and reports count."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db.models import F, Max, Min, Q, QuerySet

from thidua.core.figures import NoValue, Verdict, verdict
from thidua.core.measures.schema import Count
from thidua.core.plan.schema import Criterion, Plan
from thidua.core.words import Sentence, _
from thidua.reports import computing, live
from thidua.reports.models import Figure, Result


class Source(StrEnum):
    """Where a value comes from, the one that goes before the others first."""

    ACCEPTED = "accepted"
    CHECKED = "checked"
    COMPUTED = "computed"
    DECLARED = "declared"
    REGISTRATIONS = "registrations"

    @property
    def label(self) -> Sentence:
        return SOURCE_LABELS[self]


SOURCE_LABELS = {
    Source.ACCEPTED: _("Accepted"),
    Source.CHECKED: _("Checked"),
    Source.COMPUTED: _("From records"),
    Source.DECLARED: _("Declared"),
    Source.REGISTRATIONS: _("From registrations"),
}


def source_of(criterion: Criterion) -> Source:
    """Of what a measure counts: records that were handed in, or what lies here."""
    return Source.REGISTRATIONS if criterion.source == Source.REGISTRATIONS else Source.COMPUTED


@dataclass(frozen=True)
class Stated:
    """A unit and a criterion. Both numbers are None where nothing arose; ``met`` is None where nothing can be said.

    Where a criterion holds "in every field" the numbers are sums over the fields, and it is met where each field is.
    """

    criterion: str
    unit_id: int
    unit_kind: str
    source: Source
    numerator: Decimal | None
    denominator: Decimal | None
    met: bool | None


def stated(plan: Plan, figures: QuerySet[Figure], results: QuerySet[Result]) -> list[Stated]:
    """What the office accepted or checked goes before what records say, and this before what a unit declares alone.

    ``figures`` and ``results``: those of one campaign and year, as far as they are in sight. Two queries.
    """
    criteria = {each.id: each for each in plan.criteria}
    found = from_records(plan, results)
    for at, parts in _by_unit(figures).items():
        own = _of_people(criteria.get(at.criterion), at, parts)
        if own and (own.source in (Source.ACCEPTED, Source.CHECKED) or at not in found):
            found[at] = own
    return list(found.values())


class _At(NamedTuple):
    criterion: str
    unit_id: int
    unit_kind: str


class _Part(NamedTuple):
    """One field of what people stated."""

    source: Source
    numerator: Decimal | None
    denominator: Decimal | None


def _by_unit(figures: QuerySet[Figure]) -> dict[_At, list[_Part]]:
    found: dict[_At, list[_Part]] = defaultdict(list)
    for criterion, unit, kind, nothing, top, bottom, checked, at, accepted, *stamps in figures.values_list(
        "criterion", "unit_id", "unit__kind", "nothing_arose", "numerator", "denominator",
        "checked_numerator", "declared_at", "accepted_numerator", "checked_denominator", "checked_at",
        "accepted_denominator", "accepted_at",
    ):  # fmt: skip
        checked_bottom, checked_at, accepted_bottom, accepted_at = stamps
        part = _Part(Source.DECLARED, None if nothing else top, None if nothing else bottom)
        if accepted_at:
            part = _Part(Source.ACCEPTED, accepted, accepted_bottom)
        elif checked_at and checked_at >= at:
            part = _Part(Source.CHECKED, checked, checked_bottom)
        found[_At(criterion, unit, kind)].append(part)
    return found


def _of_people(criterion: Criterion | None, at: _At, parts: list[_Part]) -> Stated | None:
    """The weakest source of the fields is that of the whole."""
    if criterion is None:
        return None
    order = list(Source)
    source = max((part.source for part in parts), key=order.index)
    arose = [part for part in parts if part.numerator is not None]
    numerator, denominator = _sum(part.numerator for part in arose), _sum(part.denominator for part in arose)
    verdicts = [verdict(criterion, part.numerator, part.denominator) for part in arose]
    known = [each is Verdict.MET for each in verdicts if each is not Verdict.NOT_APPLICABLE]
    return Stated(*at, source, numerator, denominator, all(known) if known else None)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def from_records(plan: Plan, results: QuerySet[Result]) -> dict[_At, Stated]:
    """What the plan's measures count for each unit. One query that gives a row a unit and criterion, with the lowest
    and highest share of its fields: no row of a field leaves the database."""
    criteria = {each.id: each for each in plan.criteria}
    share = F("numerator") / F("denominator")
    is_field, is_whole = Q(scope__isnull=False, denominator__gt=0), Q(scope=None)
    rows = (
        results.counted_by(plan.measures)
        .values_list("criterion", "unit_id", "unit__kind")
        .annotate(
            top=Max("numerator", filter=is_whole),
            bottom=Max("denominator", filter=is_whole),
            lowest=Min(share, filter=is_field),
            highest=Max(share, filter=is_field),
            why=Max("reason", filter=is_whole),
        )
    )
    found = {}
    for criterion, unit, kind, numerator, denominator, lowest, highest, reason in rows:
        if reason == NoValue.COLUMN_MISSING or criterion not in criteria:
            continue
        at, wanted = _At(criterion, unit, kind), criteria[criterion]
        is_met = _met(wanted, numerator, denominator, lowest, highest)
        arose = denominator or None
        found[at] = Stated(*at, Source.COMPUTED, numerator if arose else None, arose, is_met)
    return found


def counted_here(plan: Plan, campaign: int, year: int, units: live.Units, *, today: dt.date) -> list[Stated]:
    """What lies in this system itself, of the units that have some of it. One query a measure."""
    found = []
    for measure in live.measures(plan, [each.id for each in plan.criteria]):
        criterion, kinds = plan.criterion(measure.criterion), computing.kinds_of(plan, measure.criterion)
        for at, (whole, *_fields) in live.counts(measure, campaign, [year], units, today=today).items():
            if at.unit_kind in kinds:
                of_unit = _At(criterion.id, at.unit_id, at.unit_kind)
                found.append(Stated(*of_unit, source_of(criterion), *_values(criterion, whole)))
    return found


def _values(criterion: Criterion, whole: Count) -> tuple[Decimal | None, Decimal | None, bool | None]:
    """Numerator, denominator and whether the target is met; a criterion that counts has no denominator."""
    top = Decimal(str(whole.numerator))
    bottom = None if criterion.kind == "count" else Decimal(str(whole.denominator))
    if bottom == 0:
        return None, None, None
    return top, bottom, verdict(criterion, top, bottom) is Verdict.MET


def _met(
    criterion: Criterion,
    numerator: Decimal | None,
    denominator: Decimal | None,
    lowest: Decimal | None,
    highest: Decimal | None,
) -> bool | None:
    if not denominator:
        return None
    worst = highest if criterion.direction == "at_most" else lowest
    if worst is None or criterion.kind == "count":
        return verdict(criterion, numerator, denominator) is Verdict.MET
    return verdict(criterion, worst, Decimal(1)) is Verdict.MET
