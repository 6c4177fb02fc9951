"""A plan as people read it, in plain text for a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from thidua.core.figures import target
from thidua.core.measures.schema import Measure
from thidua.core.plan.schema import Criterion, Form, Index, Obligation, Plan
from thidua.core.units import PostKind
from thidua.core.vietnamese import day, number
from thidua.core.words import _


def show(plan: Plan) -> str:
    """The whole campaign, part by part; a part without entries is left out."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield plan.name
    yield f"{plan.organisation}, {plan.first_year}–{plan.last_year}"
    yield from _frame(plan)
    for year in plan.years:
        yield from _year(plan, year)
    yield from _part(_("Criteria"), (_criterion(each, plan) for each in plan.criteria))
    for measure in plan.measures:
        yield from _measure(measure, plan)
    for form in plan.forms:
        yield from _form(form, plan)
    yield from _part(_("Indices"), (_index(each) for each in plan.indices))
    yield from _part(_("Awards"), (_with(each.name, each.quota) for each in plan.awards))
    yield from _part(_("Duties"), (_until(f"{each.body}: {each.text}", each.due_on) for each in plan.duties))
    yield from _part(_("Recipients"), (f"{each.name} ({each.purpose})" for each in plan.recipients))


def _frame(plan: Plan) -> Iterator[str]:
    bases = (f"{each.symbol} ({day(each.issued_on)}), {each.issuer}: {each.subject}" for each in plan.legal_bases)
    yield from _part(_("Legal bases"), bases)
    yield from _part(_("Purposes"), plan.purposes)
    yield from _part(_("Requirements"), plan.requirements)
    yield from _part(_("Audiences"), (each.name for each in plan.audiences))
    yield from _part(plan.word_for("kind") or _("Kinds of registrations"), (each.label for each in plan.kinds))
    yield from _part(plan.word_for("field") or _("Fields"), (each.label for each in plan.fields))
    yield from _part(_("Named lists"), (f"{name}: {', '.join(values)}" for name, values in plan.lists.items()))


def _year(plan: Plan, year: int) -> Iterator[str]:
    name = str(plan.year_name(year))
    heading = f"{name[:1].upper()}{name[1:]}: {plan.themes.get(str(year), '–')}"
    rounds = [f"{day(each.opens_on)}–{day(each.closes_on)}  {each.name}" for each in plan.rounds if each.year == year]
    owed = sorted((each for each in plan.obligations if each.year == year), key=lambda each: each.due_on)
    yield from _part(heading, [*rounds, *(_obligation(each, plan) for each in owed)])


def _part(heading: object, lines: Iterable[str]) -> Iterator[str]:
    listed = [f"  - {line}" for line in lines]
    if listed:
        yield f"\n{heading}"
        yield from listed


def _obligation(each: Obligation, plan: Plan) -> str:
    return f"{day(each.due_on)}  {each.name} ({_who(each.audiences, plan)})"


def _criterion(each: Criterion, plan: Plan) -> str:
    scopes = _with("", ", ".join(each.scopes))
    who = _who(each.audiences, plan)
    if each.posts:
        who = f"{who}; {_('only: %(posts)s', posts=', '.join(str(PostKind(post).label) for post in each.posts))}"
    return f"{each.wording} [{target(each)}]{scopes} ({who})"


def _measure(each: Measure, plan: Plan) -> Iterator[str]:
    """How a criterion is computed: its denominator in words, then the conditions as they stand in the file."""
    criterion = plan.criterion(each.criterion)
    heading = _(
        "Measure of “%(name)s”, version %(version)s, from records “%(dataset)s”",
        name=criterion.short,
        version=each.version,
        dataset=each.dataset,
    )
    parts = [("filter", each.filter), ("denominator", each.denominator), ("numerator", each.numerator)]
    parts += [("mean_of", f"{each.mean_of} / {number(each.out_of)}" if each.mean_of else "")]
    parts += [("day", each.day), ("scope", each.scope), *((f"apart.{name}", text) for name, text in each.apart.items())]
    parts += [("needs", " | ".join(group)) for group in each.needs]
    yield from _part(heading, [criterion.denominator, *(f"{key}: {value}" for key, value in parts if value)])


def _form(form: Form, plan: Plan) -> Iterator[str]:
    heading = _("Form “%(name)s” (%(audiences)s)", name=form.name, audiences=_who(form.audiences, plan))
    yield from _part(heading, (f"{each.label}{' *' if each.required else ''}" for each in form.questions))


def _index(each: Index) -> str:
    targets = [f"{year}: {number(value)} {each.unit}" for year, value in each.targets.items()]
    if each.target_rank:
        targets.append(str(_("among the first %(rank)s", rank=each.target_rank)))
    return _with(f"{each.name}: {each.description}", "; ".join(targets))


def _who(ids: tuple[str, ...], plan: Plan) -> str:
    """The audiences by name, or in two words where all of them are meant."""
    for is_personal, words in ((False, _("all units")), (True, _("all staff"))):
        everyone = {each.id for each in plan.audiences if each.personal is is_personal}
        if len(everyone) > 1 and set(ids) == everyone:
            return str(words)
    return "; ".join(plan.audience(id).name for id in ids)


def _with(text: str, more: str) -> str:
    return f"{text} ({more})" if more else text


def _until(text: str, due_on: dt.date | None) -> str:
    return text if due_on is None else f"{text} ({day(due_on)})"
