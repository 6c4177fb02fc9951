"""Rows of the trail in the words of people: what was done, to what, and the values before and after."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from thidua.campaigns.models import Campaign
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.core.vietnamese import day, number
from thidua.dossiers.queries import VERBS as OF_DOSSIERS
from thidua.ledger.models import Entry
from thidua.people.models import Unit
from thidua.people.queries import acting_words


def _of_dossiers(*verbs: str) -> dict[str, object]:
    return {f"dossiers.{verb}": OF_DOSSIERS[verb] for verb in verbs}


# What people look for together: the name of the group, and its verbs in the order of the work.
GROUPS: dict[str, tuple[object, dict[str, object]]] = {
    "papers": (
        gettext_lazy("Papers of the units"),
        _of_dossiers("begin", "save", "attach", "detach", "confirm", "present", "recall", "submit", "withdraw"),
    ),
    "decisions": (gettext_lazy("Decisions on papers"), _of_dossiers("accept", "return_")),
    "progress": (gettext_lazy("Progress of initiatives"), _of_dossiers("report_progress", "close")),
    "figures": (
        gettext_lazy("Figures and personal criteria"),
        {
            "reports.declare": gettext_lazy("Figure declared"),
            "reports.check": gettext_lazy("Figure checked"),
            "reports.accept": gettext_lazy("Figure accepted"),
            "reports.record": gettext_lazy("Personal criteria recorded"),
            "reports.compute": gettext_lazy("Figures computed from records"),
            "reports.take_rows": gettext_lazy("Rows behind a figure taken out in Excel"),
        },
    ),
    "records": (
        gettext_lazy("Records of systems"),
        {
            "analytics.hand_in": gettext_lazy("File of records handed in"),
            "analytics.deliver": gettext_lazy("Records sent by a program"),
            "analytics.check_again": gettext_lazy("File of records checked again"),
            "analytics.confirm": gettext_lazy("File of records confirmed"),
            "analytics.drop": gettext_lazy("File of records dropped"),
            "analytics.import_records": gettext_lazy("Records imported"),
            "analytics.withdraw": gettext_lazy("Records taken back"),
            "analytics.export": gettext_lazy("Records had out"),
        },
    ),
    "apologies": (
        gettext_lazy("Letters of apology"),
        {
            "apologies.issue": gettext_lazy("Letters of apology issued"),
            "apologies.complete": gettext_lazy("Letters of apology written"),
            "apologies.fail": gettext_lazy("Letters of apology failed"),
            "apologies.write_again": gettext_lazy("Letters of apology asked for again"),
        },
    ),
    "obligations": (
        gettext_lazy("Extensions, excuses, reminders and marks"),
        {
            "campaigns.extend": gettext_lazy("Extended"),
            "campaigns.excuse": gettext_lazy("Excused"),
            "campaigns.cancel_extension": gettext_lazy("Extension taken back"),
            "campaigns.cancel_excuse": gettext_lazy("Excuse taken back"),
            "monitoring.remind": gettext_lazy("Reminded"),
            "monitoring.set_aside": gettext_lazy("Mark set aside"),
            "campaigns.catch_up": gettext_lazy("Obligations for units and people who came later"),
        },
    ),
    "plan": (
        gettext_lazy("Plan and indices"),
        {
            "campaigns.load": gettext_lazy("Plan loaded"),
            "campaigns.have_published": gettext_lazy("Publishing of a plan asked for"),
            "campaigns.publish": gettext_lazy("Plan published"),
            "campaigns.record_index": gettext_lazy("Index recorded"),
        },
    ),
    "trail": (gettext_lazy("The trail itself"), {"ledger.change_way": gettext_lazy("Rows are sealed in a new way")}),
    "people": (
        gettext_lazy("Units, people and rights"),
        {
            "people.import_units": gettext_lazy("Unit imported"),
            "people.close_unit": gettext_lazy("Unit closed"),
            "people.reopen_unit": gettext_lazy("Last day of the unit taken back"),
            "people.import_people": gettext_lazy("Person imported"),
            "people.add_member": gettext_lazy("Colleague added"),
            "people.grant_role": gettext_lazy("Role granted"),
            "people.delegate": gettext_lazy("Deputy acts for the head"),
            "people.revoke_delegation": gettext_lazy("Delegation taken back"),
            "people.issue_first_passwords": gettext_lazy("First password issued"),
            "people.issue_token": gettext_lazy("Access code for software made"),
            "people.revoke_token": gettext_lazy("Access code for software revoked"),
        },
    ),
    "accounts": (
        gettext_lazy("Accounts and signing in"),
        {
            "people.sign_in": gettext_lazy("Signed in"),
            "people.fail_sign_in": gettext_lazy("Wrong passwords"),
            "people.end_session": gettext_lazy("Browser signed out from elsewhere"),
            "people.ask_reset": gettext_lazy("New password asked for by letter"),
            "people.reset_password": gettext_lazy("New password chosen by letter"),
            "people.change_password": gettext_lazy("Password changed"),
            "people.add_factor": gettext_lazy("Second factor set up"),
            "people.remove_factor": gettext_lazy("Second factor turned off"),
            "people.remove_factors": gettext_lazy("Second factor removed by an administrator"),
            "people.renew_codes": gettext_lazy("Recovery codes made anew"),
            "people.attach_identity": gettext_lazy("Sign-in by another service attached"),
            "people.connect_provider": gettext_lazy("Identity provider connected"),  # rows of before
            "people.remove_identity": gettext_lazy("Sign-in by another service removed"),
            "people.change_address": gettext_lazy("E-mail address changed"),
            "people.object_to_address": gettext_lazy("Change of address taken back from the old one"),
            "people.agree_to_address": gettext_lazy("New address agreed to count at once"),
            "people.use_first": gettext_lazy("Access code used for the first time"),
        },
    ),
    "documents": (
        gettext_lazy("Consolidated reports and templates"),
        {
            "summaries.prepare": gettext_lazy("Consolidated report asked for"),
            "summaries.complete": gettext_lazy("Consolidated report written"),
            "summaries.fail": gettext_lazy("Consolidated report failed"),
            "documents.replace": gettext_lazy("Template replaced"),
            "documents.restore": gettext_lazy("Template restored"),
            "exchange.ask": gettext_lazy("Large Excel file asked for"),
        },
    ),
    "surveys": (
        gettext_lazy("Satisfaction surveys"),
        {"surveys.open_": gettext_lazy("Survey opened"), "surveys.close": gettext_lazy("Survey closed")},
    ),
    "machine": (
        gettext_lazy("How the system runs"),
        {
            "ledger.try_again": gettext_lazy("Failed work asked for again"),
            "ledger.set_aside": gettext_lazy("Failed work set aside"),
            "people.mail_again": gettext_lazy("Refused letter mailed again"),
            "people.set_letter_aside": gettext_lazy("Refused letter set aside"),
        },
    ),
    "sample": (
        gettext_lazy("Demonstration"),
        {
            "demo.fill": gettext_lazy("Demonstration data made"),
            "desk.demo": gettext_lazy("Demonstration data made"),  # rows of before
        },
    ),
}
VERBS = {verb: words for _name, verbs in GROUPS.values() for verb, words in verbs.items()}
NAMES = {
    "address": gettext_lazy("Network address"),
    "count": gettext_lazy("How many"),
    "device": gettext_lazy("Browser"),
    "email": gettext_lazy("E-mail"),
    "factor": gettext_lazy("Second factor"),
    "since": gettext_lazy("Since"),
    "step": gettext_lazy("Step"),
    "batches": gettext_lazy("Batches"),
    "batch": gettext_lazy("Batch"),
    "code": gettext_lazy("Code"),
    "criterion": gettext_lazy("Criterion"),
    "denominator": gettext_lazy("Denominator"),
    "digest": gettext_lazy("Fingerprint of the rows"),
    "deputy": gettext_lazy("Deputy"),
    "dossiers": gettext_lazy("Papers"),
    "ends_on": gettext_lazy("Last day"),
    "excused": gettext_lazy("Excused"),
    "explanation": gettext_lazy("Explanation"),
    "figures": gettext_lazy("Figures"),
    "file": gettext_lazy("File"),
    "form": gettext_lazy("Form"),
    "from": gettext_lazy("From"),
    "head": gettext_lazy("Last seal"),
    "indices": gettext_lazy("Indices"),
    "kind": gettext_lazy("Kind"),
    "letters": gettext_lazy("Letters"),
    "mark": gettext_lazy("Mark"),
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
    "refused": gettext_lazy("Rows refused"),
    "role": gettext_lazy("Role"),
    "rows": gettext_lazy("Rows"),
    "seed": gettext_lazy("Seed"),
    "sha256": gettext_lazy("Fingerprint of the file"),
    "share": gettext_lazy("Share"),
    "stage": gettext_lazy("Stage"),
    "state": gettext_lazy("State"),
    "to": gettext_lazy("To"),
    "token": gettext_lazy("Access code"),
    "unit": gettext_lazy("Unit"),
    "units": gettext_lazy("Units"),
    "saves": gettext_lazy("Times saved"),
    "until": gettext_lazy("New due date"),
    "way": gettext_lazy("Way of sealing"),
    "version": gettext_lazy("Number of the version"),
    "year": gettext_lazy("Year"),
}
NOTHING = "–"
DAY = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])")
COUNTS = ("numerator", "denominator")
STAGES = {
    "register": gettext_lazy("units are registering"),
    "report": gettext_lazy("units are reporting"),
    "done": gettext_lazy("all is handed in"),
}
KINDS = {"state": (DossierState,), "kind": (UnitKind, DossierKind), "post": (PostKind,), "role": (RoleKind,)}


@dataclass(frozen=True)
class Change:
    """One value: ``was`` is empty where there was none before, ``now`` where only the value before is told."""

    name: object
    was: object
    now: object


@dataclass(frozen=True)
class Told:
    """One row as the page and the workbook show it; ``url`` is empty where the reader may not open the thing."""

    entry: Entry
    who: str
    acting_as: str
    what: object
    thing: str
    unit: str
    changes: list[Change]
    url: str = ""


def told(
    entries: Iterable[Entry], campaigns: list[Campaign], urls: Mapping[tuple[str, str], str] | None = None
) -> list[Told]:
    """The rows of one page."""
    entries = list(entries)
    names = Unit.objects.filter(pk__in={each.unit_id for each in entries}).values_list("pk", "name")
    units, planned = dict(names), named_in_plans(campaigns)
    return [_told(each, planned, units, (urls or {}).get((each.thing_type, each.thing_id), "")) for each in entries]


def told_all(entries: Iterable[Entry], campaigns: list[Campaign]) -> Iterator[Told]:
    """Rows without end, one by one; the names of the units are read once."""
    units, planned = dict(Unit.objects.values_list("pk", "name")), named_in_plans(campaigns)
    return (_told(each, planned, units, "") for each in entries)


def named_in_plans(campaigns: list[Campaign]) -> dict[str, str]:
    """Id → name of the obligations and criteria, by which the trail knows them. What several plans call by one id has
    each of its names."""
    names: dict[str, dict[str, None]] = {}
    for plan in (each.current.plan for each in campaigns):
        named = {each.id: each.name for each in plan.obligations} | {each.id: each.short for each in plan.criteria}
        for id, name in named.items():
            names.setdefault(id, {})[name] = None
    return {id: " / ".join(each) for id, each in names.items()}


def _told(entry: Entry, planned: dict[str, str], units: dict[int, str], url: str) -> Told:
    return Told(
        entry=entry,
        who=gettext("The system") if entry.by_id is None else entry.by_name,
        acting_as=gettext("By itself") if entry.by_id is None else acting_words(entry.acting_as),
        what=VERBS.get(entry.verb, entry.verb),
        thing=_thing(entry, planned),
        unit=units.get(entry.unit_id, ""),
        changes=_changes(entry, planned),
        url=url,
    )


def _thing(entry: Entry, planned: dict[str, str]) -> str:
    """What the plan names by an id has its name there."""
    key = entry.thing_label.split(" ")[0]
    if key not in planned:
        return entry.thing_label
    scope = entry.thing_label.removeprefix(key).partition("·")[0].strip()
    return ", ".join(filter(None, (planned[key], scope)))


def _changes(entry: Entry, planned: dict[str, str]) -> list[Change]:
    """Values before and after side by side, in the order in which they were recorded."""
    changes = []
    for key in dict.fromkeys((*entry.before, *entry.after)):
        was = _value(key, entry.before.get(key), planned)
        now = _value(key, entry.after[key], planned) if key in entry.after else ""
        changes.append(Change(_name(key, planned), "" if was == NOTHING else was, now))
    return [each for each in changes if each.was != "" or each.now != ""]


def _name(key: str, planned: dict[str, str]) -> object:
    head, _space, tail = key.rpartition(" ")
    return f"{head}, {planned[tail]}" if head and tail in planned else NAMES.get(key, key)


def _value(key: str, value: object, planned: dict[str, str]) -> object:
    if value in (None, "", "None"):
        return NOTHING
    if isinstance(value, bool) or value in ("True", "False"):
        return gettext("Yes") if str(value) == "True" else gettext("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key == "stage":
        return STAGES.get(str(value), value)
    if key == "criterion":
        return planned.get(str(value), value)
    if key in COUNTS:
        return number(Decimal(str(value)))
    for kind in KINDS.get(key, ()):
        with suppress(ValueError):
            return kind(value).label
    if isinstance(value, str) and "T" in value and (when := parse_datetime(value)):
        return f"{localtime(when):%H:%M %d/%m/%Y}"
    if isinstance(value, str) and DAY.fullmatch(value):
        with suppress(ValueError):  # a text that only looks like a day
            return day(dt.date.fromisoformat(value))
    return value
