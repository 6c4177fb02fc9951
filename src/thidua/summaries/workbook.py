"""The annexes of the consolidated report: registrations, results, units that owe, criteria by unit, sources."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from thidua.core.dossiers import DossierState
from thidua.core.figures import target
from thidua.core.plan.schema import Plan
from thidua.core.units import UnitKind
from thidua.dossiers import queries as dossiers
from thidua.dossiers.queries import Asked
from thidua.exchange.workbook import Column, Sheet, write_sheets
from thidua.monitoring.queries import OPEN
from thidua.people.models import Unit
from thidua.reports.queries import best
from thidua.summaries.numbers import Number
from thidua.summaries.queries import REGISTRATIONS, Scope, Stood, result_reports


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
    rows = REGISTRATIONS.of(counted.dossiers).select_related("unit")
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
        Column(_("Source of the value"), 30),
        Column(_("Explanation"), 50),
    ]


def _criteria(counted: Scope) -> Iterator[tuple]:
    """The value of each unit that the report counted, with its source; below it the fields that it is the sum of."""
    order = {each.id: at for at, each in enumerate(counted.campaign.current.plan.criteria)}
    values = best(counted.values, with_parts=True)
    units = Unit.objects.in_bulk({at.unit_id for at in values})
    explained = {
        (row.criterion, row.unit_id, row.scope): row.explanation
        for row in counted.values.figures.exclude(explanation="")
    }
    for at in sorted(values, key=lambda at: (units[at.unit_id].sort_key, at.unit_id, order[at.criterion])):
        of_fields = [part for part in values[at].parts if part.numerator is not None]
        for value in (values[at], *of_fields):
            yield (
                *_unit(units[at.unit_id]),
                value.criterion.short,
                value.named,
                value.numerator,
                value.denominator,
                str(target(value.criterion)),
                str(value.verdict.label) if value.verdict else "",
                value.told,
                explained.get((at.criterion, at.unit_id, value.scope or ""), ""),
            )


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
