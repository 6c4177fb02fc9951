"""A plan as people read it, in plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from thidua.core.plan.schema import Plan
from thidua.core.vietnamese import day, number, percent
from thidua.core.words import _


def show(plan: Plan) -> str:
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield plan.name
    yield f"{plan.organisation}, {plan.first_year}–{plan.last_year}"
    yield from _part(
        _("Legal bases"), (f"{each.symbol} ({day(each.issued_on)}): {each.subject}" for each in plan.legal_bases)
    )
    yield from _part(_("Purposes"), plan.purposes)
    yield from _part(_("Requirements"), plan.requirements)
    yield from _part(_("Audiences"), (each.name for each in plan.audiences))
    for year in plan.years:
        heading = _("Year %(year)s: %(theme)s", year=year, theme=plan.themes.get(str(year), "–"))
        yield from _part(
            heading, (f"{day(each.due_on)}  {each.name}" for each in plan.obligations if each.year == year)
        )
    yield from _part(
        _("Criteria"), (f"{each.wording} [{_target(each.kind, each.threshold)}]" for each in plan.criteria)
    )
    yield from _part(_("Duties"), (f"{each.body}: {each.text}" for each in plan.duties))
    yield from _part(_("Recipients"), (f"{each.name} ({each.purpose})" for each in plan.recipients))


def _part(heading: object, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n{heading}"
    for line in lines:
        yield f"  - {line}"


def _target(kind: str, threshold: float) -> str:
    return number(threshold) if kind == "count" else percent(threshold)
