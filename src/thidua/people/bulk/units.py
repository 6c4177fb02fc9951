"""Units from a list."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from thidua.core.units import ADDRESSES, UnitKind, code_from, is_code
from thidua.core.vietnamese import fold
from thidua.core.words import _
from thidua.exchange.outcome import Change, Outcome, RowError
from thidua.exchange.reading import Row, rows_of
from thidua.ledger import actions as ledger
from thidua.ledger import turns
from thidua.people import rules
from thidua.people.bulk.cells import (
    KIND_WORDS,
    PRIVATE_KIND_WORDS,
    PUBLIC_WORDS,
    UNIT_HEADINGS,
    Checks,
    kind_word,
)
from thidua.people.models import Unit

LONGEST_CODE = 40
NO_CODE = _(
    "A code has letters, digits and . - _ @ + (not first), no spaces, at most %(limit)s characters; not: %(taken)s.",
    limit=LONGEST_CODE,
    taken=", ".join(sorted(ADDRESSES)),
)
Wanted = dict[str, tuple[Row, dict]]


@transaction.atomic
def import_units(*, content: bytes, name: str, by, at: dt.datetime, commit: bool) -> Outcome:
    """Check the rows of a list of units; write them all when asked and none is wrong."""
    if by is not None:
        rules.check_import_units(by, at=at)
    rows = rows_of(content, name, UNIT_HEADINGS, ("name",))
    if commit:
        turns.take("units")  # codes that nobody has yet
    outcome = Outcome()
    found = Unit.objects.select_related("parent").order_by("pk")
    # A unit that is closed or reopened meanwhile waits, so that no older day is written over its own.
    found = found.select_for_update(of=("self",), no_key=True) if commit else found
    present = {unit.code: unit for unit in found}
    wanted = _parents_first(_wanted(rows, present, outcome), present, outcome)
    moved: dict[str, str] = {}
    touched = []
    for code, (row, values) in wanted.items():
        unit = present.setdefault(code, Unit(code=code))
        if change := _change(unit, row, values, present, outcome):
            old_path = unit.path
            unit.fill_computed()
            if old_path not in ("", unit.path):
                moved[old_path] = unit.path
            outcome.changes.append(change)
            touched.append(unit)
        else:
            outcome.unchanged += 1
    _check_closing(wanted, present, outcome)
    outcome.created = sum(each.is_new for each in outcome.changes)
    outcome.changed = len(outcome.changes) - outcome.created
    if commit and not outcome.errors:
        _write(touched, moved, outcome, by=by, at=at)
    return outcome


def _write(touched: list[Unit], moved: dict[str, str], outcome: Outcome, *, by, at: dt.datetime) -> None:
    for unit in touched:
        unit.save()
    for old, new in moved.items():  # what lies below, in the list or not, moves along
        below = Unit.objects.filter(path__startswith=old)
        below.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    outcome.committed = True
    ledger.record_all(
        [
            ledger.entry(
                by=by,
                at=at,
                verb="people.import_units",
                thing=unit,
                unit_id=unit.pk,
                before=change.before,
                after={"code": unit.code, "name": unit.name, **change.after},
            )
            for unit, change in zip(touched, outcome.changes, strict=True)
        ]
    )


def _wanted(rows: list[Row], present: dict[str, Unit], outcome: Outcome) -> Wanted:
    wanted: Wanted = {}
    codes = [row.values.get("code") or code_from(row.values["name"], LONGEST_CODE) for row in rows]
    times = Counter(codes)
    for row, code in zip(rows, codes, strict=True):
        checks = Checks(row, outcome)
        checks.need("name", row.values["name"], _("The name is missing."))
        if code not in present:
            checks.need("code", is_code(code) and len(code) <= LONGEST_CODE and code not in ADDRESSES, NO_CODE)
        if times[code] > 1:
            same = ", ".join(str(each.number) for each, its in zip(rows, codes, strict=True) if its == code)
            checks.wrong("code", _("The code “%(code)s” stands in rows %(rows)s.", code=code, rows=same))
        parent = row.values.get("parent", "")
        known = not parent or parent in present or parent in times
        checks.need("parent", known, _("There is no unit with the code “%(code)s”.", code=parent))
        wanted[code] = (row, {"parent": parent, **_facts(checks, present.get(code))})
    return wanted


def _facts(checks: Checks, unit: Unit | None) -> dict:
    """The columns of a row that the file has, without the parent."""
    values = checks.row.values
    facts: dict = checks.texts(Unit, "name", "place", "email", "phone")
    if values.get("kind") or unit is None:
        facts["kind"] = kind_word(values.get("kind", "") or values["name"], KIND_WORDS, UnitKind)
        sentence = _(
            "“%(kind)s” is no kind of unit; write one of: %(kinds)s.",
            kind=values.get("kind", ""),
            kinds=", ".join(UnitKind),
        )
        checks.need("kind", facts["kind"], sentence)
    if any(word in fold(values.get("kind", "")) for word in PRIVATE_KIND_WORDS):
        facts["is_public"] = False
    if ownership := values.get("ownership", ""):
        facts["is_public"] = PUBLIC_WORDS.get(fold(ownership))
        sentence = _("“%(word)s” is neither public nor private; write one of: public, private.", word=ownership)
        checks.need("ownership", facts["is_public"] is not None, sentence)
    days = {column: checks.day(column) for column in ("starts_on", "ends_on")}
    return facts | {column: day for column, day in days.items() if day}


def _parents_first(wanted: Wanted, present: dict[str, Unit], outcome: Outcome) -> Wanted:
    """Units in an order in which each parent comes before its children; a circle is an error."""
    ordered: Wanted = {}
    waiting = dict(wanted)
    while waiting:
        ready = [code for code, (_row, values) in waiting.items() if values["parent"] not in waiting]
        if not ready:
            for row, _values in waiting.values():
                outcome.errors.append(RowError(row.number, "parent", _("The unit lies below itself.")))
            break
        for code in ready:
            ordered[code] = waiting.pop(code)
    return ordered


def _change(unit: Unit, row: Row, values: dict, present: dict[str, Unit], outcome: Outcome) -> Change | None:
    """Put the row into the unit; what that changed, or None."""
    parent, is_new = present.get(values["parent"]) or unit.parent, unit.pk is None
    if parent and unit.path and f"/{unit.code}/" in parent.path:
        outcome.errors.append(RowError(row.number, "parent", _("The unit lies below itself.")))
        return None
    facts = {**values, "parent": parent}
    before = {key: plain(getattr(unit, key)) for key in facts}
    for key, value in facts.items():
        setattr(unit, key, value)
    after = {key: plain(value) for key, value in facts.items() if is_new or plain(value) != before[key]}
    if unit.ends_on and unit.ends_on < unit.starts_on:
        outcome.errors.append(RowError(row.number, "ends_on", _("A unit cannot end before it starts.")))
    if not after:
        return None
    return Change(row.number, unit.code, {} if is_new else {key: before[key] for key in after}, after, is_new)


def _check_closing(wanted: Wanted, present: dict[str, Unit], outcome: Outcome) -> None:
    """A unit closes after those below it, as when it is closed by hand."""
    closing = {change.thing for change in outcome.changes if "ends_on" in change.after}
    for child in present.values() if closing else []:
        above = child.parent
        if above and above.code in closing and (child.ends_on is None or child.ends_on > above.ends_on):
            sentence = _("“%(unit)s” below it is still open; close that one first.", unit=child.name)
            outcome.errors.append(RowError(wanted[above.code][0].number, "ends_on", sentence))


def plain(value) -> object:
    """A value as the trail and the JSON document keep it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.code if isinstance(value, Unit) else value
