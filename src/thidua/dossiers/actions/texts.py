"""Beginning a dossier and keeping what is typed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Campaign
from thidua.core.answers import day_of, share_of, weight_of, with_ids
from thidua.core.dossiers import DossierState
from thidua.core.plan.schema import Form
from thidua.core.refusals import Conflict, need
from thidua.core.words import _
from thidua.dossiers import queries, rules
from thidua.dossiers.actions.changes import held, locked
from thidua.dossiers.actions.saves import keep_save
from thidua.dossiers.actions.standing import locked_obligation, note_standing
from thidua.dossiers.models import Author, Dossier, Milestone
from thidua.ledger import actions as ledger
from thidua.people.models import Person, Unit

# The columns that writing changes.
WRITTEN = ("answers", "revision", "saved_at", "saved_by", "state", "title", "initiative_kind", "field", "folded")


@transaction.atomic
def begin(
    *,
    campaign: Campaign,
    key: str,
    unit: Unit,
    token: uuid.UUID,
    by: Person,
    at: dt.datetime,
    answers=None,
    about: Dossier | None = None,
    continues: Dossier | None = None,
) -> Dossier:
    """Open a draft for an obligation of the plan. The same form sent twice (same token) is the same dossier."""
    campaign = campaigns.held(campaign.pk)
    # Two reports on one registration wait for one another, and so do carrying on and closing.
    about, continues = about and locked(about), continues and locked(continues)
    obligation = locked_obligation(campaign.pk, key, unit.pk)
    rules.check_begin(by, unit, obligation, at=at)
    if already := _sent_already(token, unit, key):
        return already
    planned = campaign.current.plan.obligation(key)
    rules.check_subject(unit, planned, about=about, continues=continues)
    form = form_for(campaign.current.plan, planned, unit)
    unnamed = "" if form.playing("title") else form.name
    dossier = Dossier(
        kind=planned.kind,
        campaign=campaign,
        version=campaign.current,
        form=form.id,
        obligation_key=key,
        year=planned.year,
        unit=unit,
        about=about,
        continues=continues,
        title=about.title if about else unnamed,
        token=token,
        created_at=at,
        created_by=by,
        saved_at=at,
        saved_by=by,
        is_sample=unit.is_sample,
    )
    dossier.save()
    if continues and not answers:
        answers = _carried(continues, on=at.date())
    if answers:
        write_answers(dossier, named(form, answers, {}), by=by, at=at)
    note_standing(dossier, obligation)
    ledger.record(by=by, at=at, verb="dossiers.begin", thing=dossier, unit_id=unit.pk, after={"form": dossier.form})
    return dossier


def _sent_already(token: uuid.UUID, unit: Unit, key: str) -> Dossier | None:
    already = Dossier.objects.filter(token=token).only("unit", "obligation_key").first()
    is_same = already is None or (already.unit_id, already.obligation_key) == (unit.pk, key)
    need(is_same, _("This form was sent for something else already; open it again."))
    return already


def _carried(earlier: Dossier, *, on: dt.date) -> dict:
    """Last year's answers without the authors who have left the unit: the shares are to be divided anew."""
    asked = earlier.plan_form.of_type("authors")
    if asked is None:
        return earlier.answers
    here = {str(pk) for pk in queries.people_at(earlier.unit_id, on=on)}
    authors = [row for row in earlier.answers.get(asked.id) or [] if str(row["person"]) in here]
    return {**earlier.answers, asked.id: authors}


def form_for(plan, planned, unit: Unit):
    """The form of this kind for the unit's audience."""
    audiences = {audience.id for audience in plan.audiences if unit.kind in audience.kinds}
    forms = [form for form in plan.forms if form.kind == planned.kind and audiences & set(form.audiences)]
    need(forms, _("The plan has no such form for units of this kind."))
    return forms[0]


@transaction.atomic
def save(*, dossier: Dossier, answers: dict, revision: int, by: Person, at: dt.datetime) -> Dossier:
    """Keep what was typed. Raises Conflict when somebody saved since the page was opened; nothing is overwritten."""
    dossier = held(dossier)
    rules.check_save(by, dossier, at=at)
    if dossier.revision != revision:
        raise Conflict(_("%(name)s saved this form in the meantime.", name=dossier.saved_by.full_name))
    answers = named(dossier.plan_form, answers, dossier.answers)
    changed = {key: value for key, value in answers.items() if dossier.answers.get(key) != value}
    if not changed:
        return dossier
    before = {key: dossier.answers.get(key) for key in changed}
    write_answers(dossier, changed, by=by, at=at)
    keep_save(dossier, before=before, after=changed, by=by, at=at)
    return dossier


def named(form: Form, answers: dict, before: dict) -> dict:
    """The answers with each milestone named, so that its progress stays with it."""
    asked = form.of_type("milestones")
    if asked is None or asked.id not in answers:
        return answers
    return {**answers, asked.id: with_ids(answers[asked.id], before.get(asked.id) or [])}


def write_answers(dossier: Dossier, answers: dict, *, by: Person, at: dt.datetime) -> None:
    dossier.answers = {**dossier.answers, **answers}
    dossier.revision += 1
    dossier.saved_at, dossier.saved_by = at, by
    if dossier.state == DossierState.PRESENTED:
        dossier.state = DossierState.DRAFT
    dossier.fill_computed()
    dossier.save(update_fields=WRITTEN)
    for type, write in (("authors", _write_authors), ("milestones", _write_milestones)):
        asked = dossier.plan_form.of_type(type)
        if asked and asked.id in answers:
            write(dossier, answers[asked.id])


def _write_authors(dossier: Dossier, rows: list[dict]) -> None:
    """A share that changed is to be confirmed again; an unchanged one keeps its confirmation."""
    present = {author.person_id: author for author in dossier.authors.all()}
    wanted: dict[int, Decimal] = {}
    for row in rows:
        share = share_of(row.get("share"))
        if share is not None:
            wanted[int(row["person"])] = share
    added = set(wanted) - set(present)
    here = queries.people_at(dossier.unit_id, on=timezone.localdate(dossier.saved_at))
    need(added <= set(here.filter(person__in=added)), _("An author must be a person of the unit."))
    gone = set(present) - set(wanted)
    if gone:
        dossier.authors.filter(person_id__in=gone).delete()
    fresh = []
    for position, (person_id, share) in enumerate(wanted.items()):
        author = present.get(person_id)
        if author is None:
            fresh.append(Author(dossier=dossier, person_id=person_id, share=share, position=position))
        elif author.share != share:
            author.share, author.confirmed_at, author.position = share, None, position
            author.save()
    if fresh:
        Author.objects.bulk_create(fresh)


def _write_milestones(dossier: Dossier, rows: list[dict]) -> None:
    """One milestone a row, found by its name. One taken away goes, unless news hangs on it: then it is only hidden."""
    present = {milestone.key: milestone for milestone in dossier.milestones.all()}
    fresh = []
    for position, row in enumerate(rows):
        milestone = present.pop(row["id"], None) or Milestone(dossier=dossier, key=row["id"])
        milestone.position = position
        milestone.title = str(row.get("title", ""))[:300]
        milestone.due_on = day_of(row.get("due_on"))
        milestone.weight = weight_of(row.get("weight")) or 1
        milestone.removed_at = None
        if milestone.pk is None:
            fresh.append(milestone)
        else:
            milestone.save()
    Milestone.objects.bulk_create(fresh)
    if present:
        gone = dossier.milestones.filter(key__in=present)
        gone.filter(progress__isnull=False).update(removed_at=dossier.saved_at)
        gone.filter(progress__isnull=True).delete()
