"""Writes of campaigns: load a draft, publish it, make obligations, extend and excuse, note how far a unit came."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from thidua.campaigns import editions, queries, rules
from thidua.campaigns.models import Campaign, IndexValue, Obligation, PlanVersion
from thidua.core.obligations import StandingKind
from thidua.core.plan.data import as_data
from thidua.core.plan.editions import with_measures
from thidua.core.plan.measures import without_new_version
from thidua.core.plan.reader import Problem, how_many
from thidua.core.plan.schema import Plan
from thidua.core.refusals import Denied, need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people.models import Unit

AT_ONCE = 5_000  # obligations written in one statement
FIRST_INDEX_YEAR = 2011  # PAPI, the oldest of the indices, is measured in all provinces since then


@transaction.atomic
def load(*, text: str, name: str, by, at: dt.datetime) -> tuple[PlanVersion, tuple[Problem, ...]]:
    """Store a plan file as the next draft of its campaign. The same text again is the same version."""
    if by is not None:
        rules.check_load(by, at=at)
    plan, problems = queries.read_plan(text, name)
    errors = [problem for problem in problems if problem.level == "error"]
    if plan is None or errors:
        raise Denied(
            _(
                "The plan has %(count)s errors; the first: %(first)s",
                count=how_many(errors),
                first=str(errors[0].sentence) if errors else "?",
            )
        )
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    campaign, _new = Campaign.objects.select_for_update(no_key=True).get_or_create(
        code=plan.id,
        defaults={
            "name": plan.name,
            "short_name": plan.short_name,
            "first_year": plan.first_year,
            "last_year": plan.last_year,
        },
    )
    same = campaign.versions.filter(sha256=sha256).first()
    if same:
        return same, problems
    _check_versions(campaign, plan)
    number = (campaign.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = PlanVersion.objects.create(
        campaign=campaign, number=number, source=text, data=as_data(plan), sha256=sha256, loaded_at=at, loaded_by=by
    )
    ledger.record(by=by, at=at, verb="campaigns.load", thing=version, after={"version": number, "sha256": sha256})
    return version, problems


def upgrade(*, campaign: Campaign, by, at: dt.datetime) -> PlanVersion:
    """The next draft: the version in force with the measures that the shipped edition has for criteria without one."""
    found = next((each for each in editions.behind() if each.campaign.pk == campaign.pk), None)
    if found is None:
        raise Denied(_("The plan %(code)s lacks nothing that its shipped edition has.", code=campaign.code))
    shipped, _computed = editions.shipped()[campaign.code]
    text = with_measures(found.campaign.current.source, shipped, set(found.criteria))
    version, _problems = load(text=text, name=f"{campaign.code}.toml", by=by, at=at)
    return version


def _check_versions(campaign: Campaign, plan: Plan) -> None:
    """A result tells by the version which measure it is of."""
    changed = without_new_version(campaign.current.plan, plan) if campaign.current else ()
    need(not changed, _("These measures changed; count their versions up: %(ids)s.", ids=", ".join(changed)))


@transaction.atomic
def publish(*, version: PlanVersion, by, at: dt.datetime) -> int:
    """Put a version in force and make the obligations it brings. Returns how many obligations are new."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=version.campaign_id)
    version.refresh_from_db()
    if by is not None:
        rules.check_publish(by, version, at=at)
    _check_versions(campaign, version.plan)
    before = campaign.current.number if campaign.current else None
    version.published_at, version.published_by = at, by
    version.save(update_fields=["published_at", "published_by"])
    plan = version.plan
    campaign.current = version
    campaign.name, campaign.short_name = plan.name, plan.short_name
    campaign.first_year, campaign.last_year = plan.first_year, plan.last_year
    campaign.save()
    made = make_obligations(campaign=campaign, plan=plan)
    ledger.record(
        by=by,
        at=at,
        verb="campaigns.publish",
        thing=version,
        before={"version": before},
        after={"version": version.number, "obligations": made},
    )
    return made


def make_obligations(*, campaign: Campaign, plan, unit: Unit | None = None, due_from: dt.date = dt.date.min) -> int:
    """Units × obligations × years (people where the criterion is personal), or those of one unit.

    What is there already stays as it is, so it may run again for units and people who came later.
    """
    before = campaign.obligations.count()
    units = list(Unit.objects.all()) if unit is None else [unit]
    asked = (each for each in plan.obligations if each.due_on >= due_from)
    rows = (row for each in asked for row in _rows(campaign, plan, each, units))
    while some := list(islice(rows, AT_ONCE)):
        Obligation.objects.bulk_create(some, ignore_conflicts=True)
    return campaign.obligations.count() - before


def _rows(campaign: Campaign, plan, obligation, units: list[Unit]) -> list[Obligation]:
    criterion = plan.criterion(obligation.criterion) if obligation.criterion else None
    common = {
        "campaign": campaign,
        "key": obligation.id,
        "kind": obligation.kind,
        "year": obligation.year,
        "criterion": obligation.criterion,
        "opens_on": obligation.opens_on,
        "due_at": obligation.due_at(plan.timezone),
        "at_least": obligation.at_least,
    }
    kinds = {kind for audience in obligation.audiences for kind in plan.audience(audience).kinds}
    meant = [each for each in units if each.kind in kinds and each.is_open(obligation.due_on)]
    if criterion is None or criterion.kind != "personal":
        return [Obligation(unit=each, **common) for each in meant]
    posts = queries.posts_meant(criterion, meant, on=obligation.due_on)
    return [Obligation(unit_id=unit_id, person_id=person_id, **common) for unit_id, person_id in posts]


@transaction.atomic
def catch_up(*, campaign: Campaign, at: dt.datetime) -> int:
    """Give units and people who came after publishing what they owe from today on. Returns how many are new."""
    made = make_obligations(campaign=campaign, plan=campaign.current.plan, due_from=timezone.localdate(at))
    if made:
        ledger.record(by=None, at=at, verb="campaigns.catch_up", thing=campaign, after={"obligations": made})
    return made


def _locked(obligation: Obligation) -> Obligation:
    """As it is now, held until the transaction ends: who comes at the same moment finds what was done."""
    return Obligation.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=obligation.pk)


@transaction.atomic
def extend(*, obligation: Obligation, until: dt.datetime, reason: str, by, at: dt.datetime) -> None:
    """Give one unit more time. The due date itself stays; the board shows both. The same said again changes nothing."""
    obligation = _locked(obligation)
    rules.check_extend(by, obligation, at=at)
    need(reason.strip(), _("Write the reason of the extension."))
    need(until > obligation.due_at, _("The new date must lie after the due date."), "until")
    last = max(obligation.campaign.last_year, obligation.due_at.year) + 1
    need(until.year <= last, _("The new date must lie before the end of %(year)s.", year=last), "until")
    before = obligation.extended_to
    if (before, obligation.reason) == (until, nfc(reason)):
        return
    obligation.extended_to, obligation.reason, obligation.approved_by = until, nfc(reason), by
    obligation.save(update_fields=["extended_to", "reason", "approved_by"])
    ledger.record(
        by=by,
        at=at,
        verb="campaigns.extend",
        thing=obligation,
        unit_id=obligation.unit_id,
        note=obligation.reason,
        before={"until": before and before.isoformat()},
        after={"until": until.isoformat()},
    )


@transaction.atomic
def excuse(*, obligation: Obligation, reason: str, by, at: dt.datetime) -> None:
    """Take the obligation off one unit, with a reason and the approver's name. The same said again changes nothing."""
    obligation = _locked(obligation)
    rules.check_excuse(by, obligation, at=at)
    need(reason.strip(), _("Write the reason of the excuse."))
    before = obligation.excused
    if before and obligation.reason == nfc(reason):
        return
    obligation.excused, obligation.reason, obligation.approved_by = True, nfc(reason), by
    obligation.save(update_fields=["excused", "reason", "approved_by"])
    ledger.record(
        by=by,
        at=at,
        verb="campaigns.excuse",
        thing=obligation,
        unit_id=obligation.unit_id,
        note=obligation.reason,
        before={"excused": before},
        after={"excused": True},
    )


@transaction.atomic
def record_index(
    *,
    campaign: Campaign,
    index: str,
    year: int,
    score: Decimal | None,
    rank: int | None,
    source: str,
    by,
    at: dt.datetime,
) -> IndexValue:
    """Keep what was published for an index in one year: score, rank, or both, and the paper that says so.

    Years before the campaign are taken too: they are what the campaign is measured from. The same said again changes
    nothing.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # a first value has no row to wait for
    rules.check_record_index(by, at=at)
    need(any(each.id == index for each in campaign.current.plan.indices), _("The plan follows no such index."))
    need(FIRST_INDEX_YEAR <= year <= at.year, _("Give the year that the index was measured for."))
    need(score is not None or rank is not None, _("Give the score, the rank, or both."))
    need(rank is None or rank >= 1, _("A rank is 1 or more."))
    need(source.strip(), _("Name the document that published it."))
    row = IndexValue.objects.select_for_update().filter(campaign=campaign, index=index, year=year).first()
    if row and (row.score, row.rank, row.source) == (score, rank, nfc(source)):
        return row
    before = {"score": str(row.score), "rank": row.rank, "source": row.source} if row else {}
    row = row or IndexValue(campaign=campaign, index=index, year=year)
    row.score, row.rank, row.source = score, rank, nfc(source)
    row.save()
    after = {"score": str(score), "rank": rank, "source": row.source}
    ledger.record(by=by, at=at, verb="campaigns.record_index", thing=row, before=before, after=after)
    return row


def note_standing(
    *,
    campaign_id: int,
    key: str,
    unit_id: int,
    standing: StandingKind,
    submitted_at: dt.datetime | None,
    people: Collection[int] | None = None,
) -> None:
    """What a room above learned about one obligation, of the unit or of these people; the board reads only this."""
    owed = Obligation.objects.filter(campaign_id=campaign_id, key=key, unit_id=unit_id)
    owed = owed.filter(person=None) if people is None else owed.filter(person__in=people)
    owed.update(standing=standing, submitted_at=submitted_at)
