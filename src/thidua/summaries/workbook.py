"""The annexes of the consolidated report: registrations, results, units that owe, criteria by unit, sources."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.figures import verdict
from thidua.core.units import UnitKind
from thidua.exchange.workbook import Column, Sheet, write_sheets
from thidua.monitoring.queries import OPEN
from thidua.summaries.numbers import Number
from thidua.summaries.queries import HANDED_IN, Scope, Stood, result_reports


def annexes(counted: Scope, stood: list[Stood], found: list[Number]) -> bytes:
    """``stood``: every obligation with its state at the moment of the count; ``found``: the numbers of the report."""
    sheets = (
        Sheet(_("Registrations"), _registration_columns(), _registrations(counted)),
        Sheet(_("Results"), _result_columns(), _results(counted)),
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


def _registration_columns() -> list[Column]:
    return [
        *_unit_columns(),
        Column(_("Title"), 60),
        Column(_("Kind"), 16),
        Column(_("Field of reform"), 30),
        Column(_("State"), 20),
        Column(_("Handed in at"), 17, "moment"),
        Column(_("Days late"), 10, "number"),
        Column(_("Decided at"), 17, "moment"),
        Column(_("Page"), 40),
    ]


def _registrations(counted: Scope) -> Iterator[tuple]:
    plan = counted.campaign.current.plan
    kinds, fields = ({each.id: each.label for each in options} for options in (plan.kinds, plan.fields))
    rows = counted.dossiers.filter(kind=DossierKind.REGISTRATION, state__in=HANDED_IN).select_related("unit")
    read = ("title", "answers", "state", "submitted_at", "days_late", "decided_at", *OF_THE_UNIT)
    for row in rows.only(*read).order_by("unit__sort_key", "pk").iterator(chunk_size=2000):
        yield (
            *_unit(row.unit),
            row.title,
            kinds.get(row.answers.get("kind"), ""),
            fields.get(row.answers.get("field"), ""),
            str(DossierState(row.state).label),
            row.submitted_at and localtime(row.submitted_at),
            row.days_late,
            row.decided_at and localtime(row.decided_at),
            f"{settings.BASE_URL}{row.get_absolute_url()}",
        )


RESULT_ANSWERS = ("completion", "result", "effect", "difficulties", "lessons", "proposals")


def _result_columns() -> list[Column]:
    return [
        *_unit_columns(),
        Column(_("Registration"), 60),
        Column(_("State"), 20),
        Column(_("Carried out (%)"), 12),
        *(Column(each, 50) for each in (_("Result"), _("Effect"), _("Difficulties"), _("Lessons"), _("Proposals"))),
    ]


def _results(counted: Scope) -> Iterator[tuple]:
    read = ("title", "answers", "state", "about__title", *OF_THE_UNIT)
    for row in result_reports(counted).only(*read).iterator(chunk_size=2000):
        about = row.about.title if row.about else row.title
        answers = (row.answers.get(key, "") for key in RESULT_ANSWERS)
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
        Column(_("Target"), 10, "number"),
        Column(_("Result"), 16),
        Column(_("Source of the value"), 16),
        Column(_("Explanation"), 50),
    ]


def _criteria(counted: Scope) -> Iterator[tuple]:
    criteria = {each.id: each for each in counted.campaign.current.plan.criteria}
    for row in counted.figures.select_related("unit").order_by("unit__sort_key", "criterion", "scope"):
        criterion = criteria.get(row.criterion)
        if criterion is None:
            continue
        top, bottom, source = _best(row)
        yield (
            *_unit(row.unit),
            criterion.short,
            row.scope,
            top,
            bottom,
            criterion.threshold,
            str(verdict(criterion, top, bottom).label),
            source,
            row.explanation,
        )


def _best(row) -> tuple:
    if row.accepted_at:
        return row.accepted_numerator, row.accepted_denominator, _("Accepted")
    return row.numerator, row.denominator, _("Declared")


def _source_columns() -> list[Column]:
    return [
        Column(_("Placeholder"), 34),
        Column(_("Number"), 50),
        Column(_("Value"), 34),
        Column(_("How it is counted"), 60),
        Column(_("Page"), 70),
    ]


def _sources(found: list[Number]) -> Iterator[tuple]:
    for each in found:
        yield f"n.{each.key}", each.name, each.text, each.how, f"{settings.BASE_URL}{each.address}"
