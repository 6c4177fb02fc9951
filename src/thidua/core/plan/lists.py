"""What a plan says once and means in many places: named lists in the conditions of measures, answers of a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from thidua.core.measures.schema import Measure
from thidua.core.plan.schema import Form, Plan, Question

# ``names(field, {petitions})`` stands for the values of ``lists.petitions``.
NAMED = re.compile(r"\{([^{}]{0,80})\}")


def filled(plan: Plan) -> Plan:
    """The plan with every list where it is meant; the name of a list that is not there stays, for the check to tell."""
    measures = tuple(_measure(each, plan.lists) for each in plan.measures)
    return replace(plan, measures=measures, forms=tuple(_form(each, plan) for each in plan.forms))


def spelt_out(text: str, lists: Mapping[str, tuple[str, ...]]) -> str:
    """A condition with the values of its lists, each in quotes."""

    def values(found: re.Match[str]) -> str:
        listed = lists.get(found[1])
        return found[0] if listed is None else ", ".join("'{}'".format(each.replace("'", "''")) for each in listed)

    return NAMED.sub(values, text)


def _measure(each: Measure, lists: Mapping[str, tuple[str, ...]]) -> Measure:
    return replace(
        each,
        filter=spelt_out(each.filter, lists),
        denominator=spelt_out(each.denominator, lists),
        numerator=spelt_out(each.numerator, lists),
        apart={name: spelt_out(text, lists) for name, text in each.apart.items()},
    )


def _form(form: Form, plan: Plan) -> Form:
    sections = tuple(
        replace(section, questions=tuple(_question(each, plan) for each in section.questions))
        for section in form.sections
    )
    return replace(form, sections=sections)


def _question(each: Question, plan: Plan) -> Question:
    """A question that plays the kind or the field of a registration need not repeat the plan's list."""
    offered = {"kind": plan.kinds, "field": plan.fields}.get(each.plays, ())
    return each if each.choices or not offered else replace(each, choices=offered)
