"""Rows of the trail in the words of people: what was done, to what, and the values before and after."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from thidua.campaigns.models import Campaign
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.core.vietnamese import number
from thidua.dossiers.queries import VERBS as OF_DOSSIERS
from thidua.ledger.models import Entry
from thidua.people.models import Unit
from thidua.people.queries import acting_words

VERBS = {
    **{f"dossiers.{verb}": words for verb, words in OF_DOSSIERS.items()},
    "campaigns.catch_up": gettext_lazy("Obligations for units and people who came later"),
    "campaigns.excuse": gettext_lazy("Excused"),
    "campaigns.extend": gettext_lazy("Extended"),
    "campaigns.load": gettext_lazy("Plan loaded"),
    "campaigns.publish": gettext_lazy("Plan published"),
    "campaigns.record_index": gettext_lazy("Index recorded"),
    "desk.demo": gettext_lazy("Demonstration data made"),
    "documents.replace": gettext_lazy("Template replaced"),
    "documents.restore": gettext_lazy("Template restored"),
    "monitoring.remind": gettext_lazy("Reminded"),
    "people.add_member": gettext_lazy("Colleague added"),
    "people.close_unit": gettext_lazy("Unit closed"),
    "people.delegate": gettext_lazy("Deputy acts for the head"),
    "people.grant_role": gettext_lazy("Role granted"),
    "people.import_people": gettext_lazy("Person imported"),
    "people.import_units": gettext_lazy("Unit imported"),
    "people.issue_first_passwords": gettext_lazy("First password issued"),
    "reports.accept": gettext_lazy("Figure accepted"),
    "reports.check": gettext_lazy("Figure checked"),
    "reports.compute": gettext_lazy("Figures computed from records"),
    "reports.declare": gettext_lazy("Figure declared"),
    "reports.record": gettext_lazy("Personal criteria recorded"),
    "summaries.complete": gettext_lazy("Consolidated report written"),
    "summaries.fail": gettext_lazy("Consolidated report failed"),
    "summaries.prepare": gettext_lazy("Consolidated report asked for"),
}
NAMES = {
    "batches": gettext_lazy("Batches"),
    "code": gettext_lazy("Code"),
    "criterion": gettext_lazy("Criterion"),
    "denominator": gettext_lazy("Denominator"),
    "deputy": gettext_lazy("Deputy"),
    "dossiers": gettext_lazy("Papers"),
    "ends_on": gettext_lazy("Last day"),
    "excused": gettext_lazy("Excused"),
    "explanation": gettext_lazy("Explanation"),
    "figures": gettext_lazy("Figures"),
    "file": gettext_lazy("File"),
    "form": gettext_lazy("Form"),
    "from": gettext_lazy("From"),
    "indices": gettext_lazy("Indices"),
    "kind": gettext_lazy("Kind"),
    "milestone": gettext_lazy("Milestone"),
    "milestones": gettext_lazy("Milestones"),
    "name": gettext_lazy("Name"),
    "nothing_arose": gettext_lazy("Nothing arose"),
    "numerator": gettext_lazy("Numerator"),
    "obligations": gettext_lazy("Obligations"),
    "people": gettext_lazy("People"),
    "percent": gettext_lazy("Done (%)"),
    "personal results": gettext_lazy("Personal results"),
    "post": gettext_lazy("Post at the unit"),
    "role": gettext_lazy("Role"),
    "seed": gettext_lazy("Seed"),
    "share": gettext_lazy("Share"),
    "stage": gettext_lazy("Stage"),
    "state": gettext_lazy("State"),
    "to": gettext_lazy("To"),
    "unit": gettext_lazy("Unit"),
    "units": gettext_lazy("Units"),
    "until": gettext_lazy("New due date"),
    "version": gettext_lazy("Number of the version"),
    "year": gettext_lazy("Year"),
}
NOTHING = "–"
COUNTS = ("numerator", "denominator")
KINDS = {"state": (DossierState,), "kind": (UnitKind, DossierKind), "post": (PostKind,), "role": (RoleKind,)}


@dataclass(frozen=True)
class Told:
    """One row as the page shows it."""

    entry: Entry
    acting_as: str
    what: object
    thing: str
    before: list[tuple[object, object]]
    after: list[tuple[object, object]]


def told(entries: Iterable[Entry], campaign: Campaign | None) -> list[Told]:
    entries = list(entries)
    units = dict(Unit.objects.filter(pk__in={each.unit_id for each in entries}).values_list("pk", "name"))
    plan = campaign.current.plan if campaign else None
    planned = {} if plan is None else {each.id: each.name for each in plan.obligations}
    planned |= {} if plan is None else {each.id: each.short for each in plan.criteria}
    return [
        Told(
            entry=each,
            acting_as=acting_words(each.acting_as),
            what=VERBS.get(each.verb, each.verb),
            thing=_thing(each, planned, units),
            before=[pair for pair in _values(each.before, planned) if pair[1] != NOTHING],
            after=_values(each.after, planned),
        )
        for each in entries
    ]


def _thing(entry: Entry, planned: dict[str, str], units: dict[int, str]) -> str:
    """What the plan names by an id has its name there, and the unit it is about."""
    key = entry.thing_label.split(" ")[0]
    if key not in planned:
        return entry.thing_label
    scope = entry.thing_label.removeprefix(key).partition("·")[0].strip()
    return ", ".join(filter(None, (planned[key], scope, units.get(entry.unit_id))))


def _values(values: dict[str, object], planned: dict[str, str]) -> list[tuple[object, object]]:
    return [(_name(key, planned), _value(key, value)) for key, value in values.items()]


def _name(key: str, planned: dict[str, str]) -> object:
    head, _space, tail = key.rpartition(" ")
    return f"{head}, {planned[tail]}" if head and tail in planned else NAMES.get(key, key)


def _value(key: str, value: object) -> object:
    if value in (None, "", "None"):
        return NOTHING
    if isinstance(value, bool) or value in ("True", "False"):
        return gettext("Yes") if str(value) == "True" else gettext("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key in COUNTS:
        return number(Decimal(str(value)))
    for kind in KINDS.get(key, ()):
        with suppress(ValueError):
            return kind(value).label
    if isinstance(value, str) and "T" in value and (when := parse_datetime(value)):
        return f"{localtime(when):%H:%M %d/%m/%Y}"
    return value
