"""One obligation, or many alike: more time, let off, each taken back; and how far a unit has come with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from thidua.campaigns import letters, rules
from thidua.campaigns.actions.publishing import bring_up
from thidua.campaigns.models import Fact, Obligation
from thidua.core.obligations import FactKind, StandingKind
from thidua.core.refusals import need, verdict
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import actions as people

FIELDS = ("extended_to", "excused", "reason", "approved_by")


def extend(*, obligation: Obligation, until: dt.datetime, reason: str, by, at: dt.datetime) -> None:
    """Give one unit more time. The due date itself stays; the board shows both. The same said again changes nothing."""
    extend_many(pks=[obligation.pk], until=until, reason=reason, by=by, at=at)


@transaction.atomic
def extend_many(*, pks: Collection[int], until: dt.datetime, reason: str, by, at: dt.datetime) -> int:
    """Give more time for each that may have it, and write to each unit once. Returns how many were extended."""
    need(reason.strip(), _("Write the reason of the extension."))
    need(until > at, _("The new date must lie ahead."), "until")
    rows = _fit(pks, rules.check_extend, by, at)
    for row in rows:
        need(until > row.due_at, _("The new date must lie after the due date."), "until")
        last = max(row.campaign.last_year, row.due_at.year) + 1
        need(until.year <= last, _("The new date must lie before the end of %(year)s.", year=last), "until")
    changed = [row for row in rows if (row.extended_to, row.reason) != (until, nfc(reason))]
    before = {"until": changed and changed[0].extended_to and changed[0].extended_to.isoformat()}
    for row in changed:
        row.extended_to, row.reason, row.approved_by = until, nfc(reason), by
    _decide(
        changed, FactKind.EXTENDED, nfc(reason), verb="campaigns.extend",
        before=before, after={"until": until.isoformat()}, by=by, at=at,
    )  # fmt: skip
    return len(changed)


def excuse(*, obligation: Obligation, reason: str, by, at: dt.datetime) -> None:
    """Take the obligation off one unit, with a reason and the approver's name. The same said again changes nothing."""
    excuse_many(pks=[obligation.pk], reason=reason, by=by, at=at)


@transaction.atomic
def excuse_many(*, pks: Collection[int], reason: str, by, at: dt.datetime) -> int:
    """Let off each that may be, and write to each unit once. Returns how many were excused."""
    need(reason.strip(), _("Write the reason of the excuse."))
    rows = _fit(pks, rules.check_excuse, by, at)
    changed = [row for row in rows if not (row.excused and row.reason == nfc(reason))]
    for row in changed:
        row.excused, row.reason, row.approved_by = True, nfc(reason), by
    _decide(
        changed, FactKind.EXCUSED, nfc(reason), verb="campaigns.excuse",
        before={"excused": False}, after={"excused": True}, by=by, at=at,
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def cancel_extension(*, obligation: Obligation, reason: str, by, at: dt.datetime) -> None:
    """Take an extension back: the due date counts again."""
    need(reason.strip(), _("Write why the extension is taken back."))
    (row,) = _fit([obligation.pk], rules.check_cancel_extension, by, at)
    before = {"until": row.extended_to.isoformat()}
    row.extended_to, row.reason, row.approved_by = None, "", None
    _decide(
        [row], FactKind.EXTENSION_CANCELLED, nfc(reason), verb="campaigns.cancel_extension",
        before=before, after={"until": None}, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def cancel_excuse(*, obligation: Obligation, reason: str, by, at: dt.datetime) -> None:
    """Take an excuse back: it is owed again, with the extension of before where there was one."""
    need(reason.strip(), _("Write why the excuse is taken back."))
    (row,) = _fit([obligation.pk], rules.check_cancel_excuse, by, at)
    extended = row.facts.filter(kind=FactKind.EXTENDED).order_by("pk").last() if row.extended_to else None
    row.excused, row.reason, row.approved_by = False, extended.reason if extended else "", extended and extended.by
    _decide(
        [row], FactKind.EXCUSE_CANCELLED, nfc(reason), verb="campaigns.cancel_excuse",
        before={"excused": True}, after={"excused": False}, by=by, at=at,
    )  # fmt: skip


def _fit(pks: Collection[int], check: Callable[..., object], by, at: dt.datetime) -> list[Obligation]:
    """Those that the rule lets pass, as they are now, held until the transaction ends: who comes at the same moment
    finds what was done. Refuses where there is none."""
    chosen = Obligation.objects.filter(pk__in=pks).order_by("pk")
    list(chosen.select_for_update(no_key=True).values_list("pk"))  # alone: what is joined may change while it waits
    rows = list(chosen.select_related("campaign__current", "version", "unit"))
    verdicts = [(row, verdict(check, by, row, at=at)) for row in rows]
    fit = [row for row, may in verdicts if may.allowed]
    need(fit, verdicts[0][1].sentence if verdicts else _("There is nothing to decide on here."))
    return fit


def _decide(
    rows: list[Obligation], kind: FactKind, reason: str, *, verb: str, before: dict, after: dict, by, at: dt.datetime
) -> None:
    """Write the rows, a fact for each, one row of the trail a unit, and one letter a unit and person."""
    if not rows:
        return
    Obligation.objects.bulk_update(rows, FIELDS, batch_size=1000)
    Fact.objects.bulk_create(
        [
            Fact(obligation=row, kind=kind, due_at=row.due_at, extended_to=row.extended_to, reason=reason, at=at, by=by)
            for row in rows
        ],
        batch_size=1000,
    )
    rows = sorted(rows, key=lambda row: (row.unit_id, row.pk))
    groups = [list(group) for _unit, group in groupby(rows, key=attrgetter("unit_id"))]
    ledger.record_all(
        [
            ledger.entry(
                by=by, at=at, verb=verb, thing=mine[0], unit_id=mine[0].unit_id, note=reason, before=before,
                after=after | ({"obligations": len(mine)} if len(mine) > 1 else {}),
            )
            for mine in groups
        ]
    )  # fmt: skip
    people.write_letters(letters.decided(groups, kind, reason), at=at)


def note_standing(
    *,
    campaign_id: int,
    key: str,
    unit_id: int,
    standing: StandingKind,
    submitted_at: dt.datetime | None,
    people: Collection[int] | None = None,
) -> None:
    """What a room above learned about one obligation, of the unit or of these people; the board reads only this. What
    is owed again is owed as the version in force says."""
    owed = Obligation.objects.filter(campaign_id=campaign_id, key=key, unit_id=unit_id)
    owed = owed.filter(person=None) if people is None else owed.filter(person__in=people)
    reopened = list(owed.exclude(submitted_at=None).values_list("pk", flat=True)) if submitted_at is None else []
    owed.update(standing=standing, submitted_at=submitted_at)
    if reopened:
        bring_up(campaign_id, Obligation.objects.filter(pk__in=reopened), at=timezone.now())
