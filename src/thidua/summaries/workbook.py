"""The annexes of the consolidated report: registrations, results, units that owe, criteria by unit, sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.figures import Verdict, target, verdict
from thidua.core.plan.schema import Plan
from thidua.core.units import UnitKind
from thidua.dossiers import queries as dossiers
from thidua.dossiers.queries import Asked
from thidua.exchange.workbook import Column, Sheet, write_sheets
from thidua.monitoring.queries import OPEN
from thidua.people.models import Unit
from thidua.reports.models import Figure
from thidua.reports.queries import Source, stated
from thidua.summaries.numbers import Number
from thidua.summaries.queries import HANDED_IN, Scope, Stood, registered, result_reports


def annexes(counted: Scope, stood: list[Stood], found: list[Number]) -> bytes:
    """``stood``: every obligation with its state at the moment of the count; ``found``: the numbers of the report."""
    asked = dossiers.asked_of(result_reports(counted))
    sheets = (
        Sheet(_("Registrations"), _registration_columns(counted.campaign.current.plan), _registrations(counted)),
        Sheet(_("Results"), _result_columns(asked), _results(counted, asked)),
        Sheet(_("Units that owe"), _owing_columns(), _owing(stood, counted)),
        Sheet(_("Criteria by unit"), _criteria_columns(), _criteria(counted)),
        Sheet(_("Sources of the numbers"), _source_columns(), _sources(found)),
    )
    with write_sheets(sheets) as file:
        return file.read()


OF_THE_UNIT = ("unit__code", "unit__name", "unit__kind")


def _unit_columns() -> list[Column]:
    return [Column(_("Code of the unit"), 14), Column(_("Unit"), 40), Column(_("Kind of unit"), 26)]


def _unit(unit) -> tuple[str, str, str]:
    return unit.code, unit.name, str(UnitKind(unit.kind).label)


def _registration_columns(plan: Plan) -> list[Column]:
    """Kind and field by the plan's own words, where it sorts registrations by them."""
    sorted_by = [(plan.word_for("kind"), 16), (plan.word_for("field"), 30)]
    return [
        *_unit_columns(),
        Column(_("Title"), 60),
        *(Column(word, width) for word, width in sorted_by if word),
        Column(_("State"), 20),
        Column(_("Handed in at"), 17, "moment"),
        Column(_("Days late"), 10, "number"),
        Column(_("Decided at"), 17, "moment"),
        Column(_("Page"), 40),
    ]


def _registrations(counted: Scope) -> Iterator[tuple]:
    plan = counted.campaign.current.plan
    kinds, fields = ({each.id: each.label for each in options} for options in (plan.kinds, plan.fields))
    has_kind, has_field = plan.word_for("kind"), plan.word_for("field")
    rows = counted.dossiers.filter(kind=DossierKind.REGISTRATION, state__in=HANDED_IN).select_related("unit")
    sorted_by = ("initiative_kind", "field")
    read = ("title", *sorted_by, "state", "submitted_at", "days_late", "decided_at", *OF_THE_UNIT)
    for row in rows.only(*read).order_by("unit__sort_key", "pk").iterator(chunk_size=2000):
        yield (
            *_unit(row.unit),
            row.title,
            *([kinds.get(row.initiative_kind, "")] if has_kind else []),
            *([fields.get(row.field, "")] if has_field else []),
            str(DossierState(row.state).label),
            row.submitted_at and localtime(row.submitted_at),
            row.days_late,
            row.decided_at and localtime(row.decided_at),
            f"{settings.BASE_URL}{row.get_absolute_url()}",
        )


def _result_columns(asked: Asked) -> list[Column]:
    answers = [Column(heading, width) for heading, width in asked.headings]
    return [*_unit_columns(), Column(_("Registration"), 60), Column(_("State"), 20), *answers]


def _results(counted: Scope, asked: Asked) -> Iterator[tuple]:
    read = ("title", "answers", "version", "form", "state", "about__title", *OF_THE_UNIT)
    for row in result_reports(counted).only(*read).iterator(chunk_size=2000):
        about = row.about.title if row.about else row.title
        answers = asked.of(row.version_id, row.form, row.answers)
        yield (*_unit(row.unit), about, str(DossierState(row.state).label), *answers)


def _owing_columns() -> list[Column]:
    return [
        *_unit_columns(),
        Column(_("Obligation"), 50),
        Column(_("Due on"), 12, "date"),
        Column(_("Extended to"), 12, "date"),
        Column(_("State"), 22),
        Column(_("Days late"), 10, "number"),
        Column(_("Reason"), 40),
    ]


def _owing(stood: list[Stood], counted: Scope) -> Iterator[tuple]:
    names = {item.id: item.name for item in counted.campaign.current.plan.obligations}
    for each in stood:
        if each.standing.state not in OPEN:
            continue
        row = each.obligation
        yield (
            *_unit(row.unit),
            names.get(row.key, row.key),
            localtime(row.due_at).date(),
            row.extended_to and localtime(row.extended_to).date(),
            str(each.standing.state.label),
            each.standing.days_late,
            row.reason,
        )


def _criteria_columns() -> list[Column]:
    return [
        *_unit_columns(),
        Column(_("Criterion"), 40),
        Column(_("Field"), 28),
        Column(_("Numerator"), 12, "number"),
        Column(_("Denominator"), 12, "number"),
        Column(_("Target"), 18),
        Column(_("Result"), 16),
        Column(_("Source of the value"), 16),
        Column(_("Explanation"), 50),
    ]


def _criteria(counted: Scope) -> Iterator[tuple]:
    """The value of each unit that the report counted, with its source; below it the fields that it is the sum of."""
    criteria = {each.id: each for each in counted.campaign.current.plan.criteria}
    order = {id: at for at, id in enumerate(criteria)}
    values = [*stated(counted.campaign.current.plan, counted.figures, counted.results), *registered(counted)]
    units = Unit.objects.in_bulk({each.unit_id for each in values})
    figures, computed = _figures(counted), _computed_fields(counted)
    for each in sorted(values, key=lambda row: (units[row.unit_id].sort_key, row.unit_id, order[row.criterion])):
        at, criterion, unit = (each.criterion, each.unit_id), criteria[each.criterion], _unit(units[each.unit_id])
        explained = {figure.scope: figure.explanation for figure in figures[at]}
        fields = computed[at] if each.source is Source.COMPUTED else [_best(row) for row in figures[at] if row.scope]
        whole = ("", each.numerator, each.denominator, each.source)
        for place, (scope, top, bottom, source) in enumerate((whole, *fields)):
            result = verdict(criterion, top, bottom)
            if place == 0 and result is Verdict.MET and each.met is False:  # met in sum, and not in every field
                result = Verdict.MISSED
            yield (
                *unit,
                criterion.short,
                scope,
                top,
                bottom,
                str(target(criterion)),
                str(result.label),
                str(source.label),
                explained.get(scope, ""),
            )


def _figures(counted: Scope) -> dict[tuple[str, int], list[Figure]]:
    found = defaultdict(list)
    for row in counted.figures.order_by("scope"):
        found[row.criterion, row.unit_id].append(row)
    return found


def _computed_fields(counted: Scope) -> dict[tuple[str, int], list[tuple]]:
    """What the measures in force count in each field."""
    versions = {each.criterion: each.version for each in counted.campaign.current.plan.measures}
    rows = counted.results.in_force().exclude(scope=None).exclude(scope="").order_by("scope")
    found = defaultdict(list)
    for criterion, version, unit, scope, top, bottom in rows.values_list(
        "criterion", "measure_version", "unit_id", "scope", "numerator", "denominator"
    ):
        if versions.get(criterion) == version:
            found[criterion, unit].append((scope, top, bottom, Source.COMPUTED))
    return found


def _best(row: Figure) -> tuple:
    if row.accepted_at:
        return row.scope, row.accepted_numerator, row.accepted_denominator, Source.ACCEPTED
    if row.checked_at and row.checked_at >= row.declared_at:
        return row.scope, row.checked_numerator, row.checked_denominator, Source.CHECKED
    return row.scope, row.numerator, row.denominator, Source.DECLARED


def _source_columns() -> list[Column]:
    return [
        Column(_("Placeholder"), 34),
        Column(_("Number"), 50),
        Column(_("Value"), 34),
        Column(_("How it is counted"), 60),
        Column(_("Source"), 50),
        Column(_("Page"), 70),
    ]


def _sources(found: list[Number]) -> Iterator[tuple]:
    for each in found:
        yield f"n.{each.key}", each.name, each.text, each.how, each.source, f"{settings.BASE_URL}{each.address}"
