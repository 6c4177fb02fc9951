"""Plan files: a draft is loaded, or made of what the product has come to know. And what was published for indices."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from thidua.campaigns import editions, queries, rules
from thidua.campaigns.models import Campaign, IndexValue, PlanVersion
from thidua.core.plan.data import as_data
from thidua.core.plan.editions import with_measures
from thidua.core.plan.measures import without_new_version
from thidua.core.plan.reader import Problem, how_many
from thidua.core.plan.schema import Plan
from thidua.core.refusals import Denied, need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger

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
    check_measures(campaign, plan)
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


def check_measures(campaign: Campaign, plan: Plan) -> None:
    """A result tells by the version which measure it is of."""
    changed = without_new_version(campaign.current.plan, plan) if campaign.current else ()
    need(not changed, _("These measures changed; count their versions up: %(ids)s.", ids=", ".join(changed)))


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
