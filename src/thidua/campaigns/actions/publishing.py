"""A version of the plan is put in force: what units and people owe becomes what it says, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import QuerySet

from thidua.campaigns import changes, followers, letters, rules
from thidua.campaigns.actions.plans import check_measures
from thidua.campaigns.changes import Change, Step
from thidua.campaigns.models import Campaign, Obligation, PlanVersion, without_text
from thidua.core.obligations import FactKind
from thidua.core.plan.consequences import Outcome
from thidua.ledger import actions as ledger
from thidua.ledger import turns
from thidua.people import actions as people
from thidua.people.models import Unit

AT_ONCE = 5_000  # obligations written in one statement
Tell = Callable[[int], None]


def _nobody(_percent: int) -> None:
    return


@transaction.atomic
def publish(*, version: PlanVersion, by, at: dt.datetime, tell: Tell = _nobody) -> dict[str, int]:
    """Put a version in force, change what is owed as it says, and write to the units. Returns how many obligations
    became what (by kind of fact). ``tell`` is told how far it is, in percent."""
    turns.take(in_force(version.campaign_id))
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=version.campaign_id)
    version = PlanVersion.objects.get(pk=version.pk)
    version.campaign = campaign
    if by is None:
        rules.check_next(version)
    else:
        rules.check_publish(by, version, at=at)
    check_measures(campaign, version.plan)
    step = changes.step_to(version, at=at)
    before = campaign.current.number if campaign.current else None
    version.published_at, version.published_by = at, by
    version.save(update_fields=["published_at", "published_by"])
    _put_in_force(campaign, version)
    followers.follow(version)  # papers before obligations, as whoever hands one in takes them
    done = _settle(step, by=by, at=at, tell=tell)
    ledger.record(
        by=by, at=at, verb="campaigns.publish", thing=version,
        before={"version": before}, after={"version": version.number, **done},
    )  # fmt: skip
    people.write_letters(letters.publish(version, at=at, is_first=before is None), at=at)
    tell(99)
    return done


def in_force(campaign_id: int) -> str:
    """The turn of whoever publishes; shared by those who rely on the version in force."""
    return f"plan {campaign_id}"


def _put_in_force(campaign: Campaign, version: PlanVersion) -> None:
    plan = version.plan
    campaign.current = version
    campaign.name, campaign.short_name = plan.name, plan.short_name
    campaign.first_year, campaign.last_year = plan.first_year, plan.last_year
    campaign.save()


@transaction.atomic
def catch_up(*, campaign: Campaign, at: dt.datetime) -> int:
    """Give units and people who came after publishing what they owe from today on, bring up what fell behind, and write
    to them. Returns how many obligations changed."""
    version = held(campaign.pk).current
    done = _settle(changes.step_to(version, at=at), by=None, at=at)
    if done:
        ledger.record(by=None, at=at, verb="campaigns.catch_up", thing=version.campaign, after=done)
        people.write_letters(letters.catch_up(version, at=at), at=at)
    return sum(done.values())


@transaction.atomic
def ask_unit(*, campaign: Campaign, unit: Unit, year: int, at: dt.datetime) -> None:
    """Make what the unit and its people do not owe yet of one year, because they hand it in now."""
    step = changes.step_to(held(campaign.pk).current, at=at)
    _ask(step, changes.asked_of_newcomers(step, unit_id=unit.pk, year=year), by=None, at=at)


def bring_up(campaign_id: int, rows: QuerySet[Obligation], *, at: dt.datetime) -> None:
    """What is owed again, after a paper was taken back, is owed as the version in force says.

    The caller has locked the rows, so no turn is taken: who publishes at this moment comes to them afterwards.
    """
    step = changes.step_to(_in_force(campaign_id).current, at=at)
    _change(step, list(changes.of_existing(step, rows)), by=None, at=at)


def held(campaign_id: int) -> Campaign:
    """The campaign with its version in force, which no other takes the place of until the transaction ends."""
    turns.take(in_force(campaign_id), shared=True)
    return _in_force(campaign_id)


def _in_force(campaign_id: int) -> Campaign:
    campaigns = Campaign.objects.select_related("current").defer(*without_text("current"))
    campaign = campaigns.get(pk=campaign_id)
    campaign.current.campaign = campaign
    return campaign


def _settle(step: Step, *, by, at: dt.datetime, tell: Tell = _nobody) -> dict[str, int]:
    """Fact → how many obligations. Those that exist are locked in one order, then judged, then written."""
    rows = Obligation.objects.filter(campaign=step.campaign).order_by("pk")
    found = list(changes.of_existing(step, rows.select_for_update(of=("self",), no_key=True)))
    tell(20)
    done = _change(step, found, by=by, at=at, tell=lambda part: tell(20 + part * 6 // 10))
    made = _ask(step, changes.asked_of_newcomers(step), by=by, at=at)
    tell(90)
    return done | ({FactKind.NEW.value: made} if made else {})


def _change(step: Step, found: list[Change], *, by, at: dt.datetime, tell: Tell = _nobody) -> dict[str, int]:
    alike: dict[tuple[str, Outcome], list[int]] = defaultdict(list)
    for each in found:
        alike[each.key, each.outcome].append(each.pk)
    written, done = 0, defaultdict(int)
    for (key, made), pks in alike.items():
        for first in range(0, len(pks), AT_ONCE):
            some = pks[first : first + AT_ONCE]
            _write(step, key, made, some, by=by, at=at)
            written += len(some)
            tell(100 * written // len(found))
        done[made.effect.value] += len(pks)
    return dict(done)


def _write(step: Step, key: str, made: Outcome, pks: list[int], *, by, at: dt.datetime) -> None:
    """The facts first: they take the date of before from the rows."""
    told = {"pks": pks, "version": step.version.pk, "at": at, "by": by and by.pk, "kind": made.effect.value,
            "due_at": made.due_at, "extended_to": made.extended_to}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(TELL, told)
        if made.fallen:
            cursor.execute(TELL, told | {"kind": FactKind.EXTENSION_FELL.value, "extended_to": made.fallen})
    rows = Obligation.objects.filter(pk__in=pks)
    if made.effect is FactKind.DROPPED:
        rows.update(dropped_in=step.version.number)
    if made.effect in (FactKind.MOVED, FactKind.REWORDED, FactKind.ASKED_AGAIN):
        _reset(step, key, made, rows)
    if made.effect is FactKind.ASKED_AGAIN:
        rows.update(dropped_in=None)


def _reset(step: Step, key: str, made: Outcome, rows: QuerySet[Obligation]) -> None:
    """What is not handed in is owed on the terms of the version."""
    planned = step.wanted[key]
    if made.fallen:
        rows.filter(excused=False).update(reason="", approved_by=None)  # they were the extension's
    rows.filter(submitted_at=None).update(
        version=step.version,
        kind=planned.kind,
        year=planned.year,
        criterion=planned.criterion,
        opens_on=planned.opens_on,
        at_least=planned.at_least,
        due_at=made.due_at,
        extended_to=made.extended_to,
    )


TELL = """
    insert into campaigns_fact (obligation_id, kind, version_id, due_before, due_at, extended_to, reason, at, by_id)
    select id, %(kind)s, %(version)s, due_at, %(due_at)s, %(extended_to)s, '', %(at)s, %(by)s
      from campaigns_obligation where id = any (%(pks)s)
"""
ASK = """
    with newcomers as (@),
    made as (
        insert into campaigns_obligation
            (campaign_id, version_id, key, kind, year, criterion, opens_on, at_least, unit_id, person_id, due_at,
             standing, excused, reason)
        select %(campaign)s, %(version)s, n.key, t.kind, t.year, t.criterion, t.opens_on, t.at_least, n.unit_id,
               n.person_id, n.due_at, 'none', false, ''
          from newcomers n join jsonb_to_recordset(%(terms)s) as t
               (key text, kind text, year int, criterion text, opens_on date, at_least int) on t.key = n.key
        on conflict do nothing
        returning id, due_at)
    insert into campaigns_fact (obligation_id, kind, version_id, due_at, reason, at, by_id)
    select id, 'new', %(version)s, due_at, '', %(at)s, %(by)s from made
""".replace("@", changes.NEWCOMERS)


def _ask(step: Step, asked: dict[str, object], *, by, at: dt.datetime) -> int:
    """Make the obligations of those who do not have them; how many."""
    more = {"terms": changes.terms_of(step), "version": step.version.pk, "at": at, "by": by and by.pk}
    with connection.cursor() as cursor:
        cursor.execute(ASK, asked | more)
        return cursor.rowcount
