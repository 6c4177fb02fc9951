"""Writes of dossiers: one verb per function. Each checks, changes, records one ledger row, and tells who must know."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Campaign, Obligation, without_text
from thidua.core.answers import day_of, share_of, weight_of, with_ids
from thidua.core.dossiers import DossierKind, DossierState, move
from thidua.core.obligations import StandingKind, days_past
from thidua.core.refusals import Conflict, need
from thidua.core.vietnamese import nfc, nfc_lines
from thidua.core.words import _
from thidua.dossiers import letters, parts, rules
from thidua.dossiers.models import Attachment, Author, Dossier, Milestone, Note, Progress, Version
from thidua.ledger import actions as ledger
from thidua.ledger import files
from thidua.people import actions as people
from thidua.people.models import Person, Unit

# The best dossier decides where the unit stands; the first of these that is found.
STANDINGS = (
    (DossierState.ACCEPTED, StandingKind.ACCEPTED),
    (DossierState.SUBMITTED, StandingKind.SUBMITTED),
    (DossierState.RETURNED, StandingKind.RETURNED),
    (DossierState.PRESENTED, StandingKind.DRAFT),
    (DossierState.DRAFT, StandingKind.DRAFT),
)


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
    obligation = obligation_of(campaign.pk, key, unit.pk)
    rules.check_begin(by, unit, obligation, at=at)
    planned = campaign.current.plan.obligation(key)
    about = about and _locked(about)  # two reports on one registration wait for one another
    already = Dossier.objects.filter(token=token, unit=unit).first()
    if already:
        return already
    rules.check_subject(unit, planned, about=about, continues=continues)
    form = form_for(campaign.current.plan, planned, unit)
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
        title=about.title if about else "",
        token=token,
        created_at=at,
        created_by=by,
        saved_at=at,
        saved_by=by,
        is_sample=unit.is_sample,
    )
    try:
        with transaction.atomic():
            dossier.save()
    except IntegrityError:  # the same form, sent twice at the same moment
        return Dossier.objects.get(token=token, unit=unit)
    if answers:
        _write(dossier, _named(answers, {}), by=by, at=at)
    _note_standing(dossier)
    ledger.record(by=by, at=at, verb="dossiers.begin", thing=dossier, unit_id=unit.pk, after={"form": form.id})
    return dossier


def form_for(plan, planned, unit: Unit):
    """The form of this kind for the unit's audience."""
    audiences = {audience.id for audience in plan.audiences if unit.kind in audience.kinds}
    forms = [form for form in plan.forms if form.kind == planned.kind and audiences & set(form.audiences)]
    need(forms, _("The plan has no such form for units of this kind."))
    return forms[0]


def obligation_of(campaign_id: int, key: str, unit_id: int) -> Obligation:
    obligation = Obligation.objects.filter(campaign_id=campaign_id, key=key, unit_id=unit_id, person=None).first()
    need(obligation, _("The plan asks nothing of this kind from this unit."))
    return obligation


def _locked(dossier: Dossier) -> Dossier:
    locked = Dossier.objects.select_for_update(of=("self",)).select_related("unit", "version")
    return locked.defer(*without_text("version")).get(pk=dossier.pk)


@transaction.atomic
def save(*, dossier: Dossier, answers: dict, revision: int, by: Person, at: dt.datetime) -> Dossier:
    """Keep what was typed. Raises Conflict when somebody saved since the page was opened; nothing is overwritten."""
    dossier = _locked(dossier)
    rules.check_save(by, dossier, at=at)
    if dossier.revision != revision:
        raise Conflict(_("%(name)s saved this form in the meantime.", name=dossier.saved_by.full_name))
    answers = _named(answers, dossier.answers)
    changed = {key: value for key, value in answers.items() if dossier.answers.get(key) != value}
    if not changed:
        return dossier
    before = {key: dossier.answers.get(key) for key in changed}
    _write(dossier, changed, by=by, at=at)
    ledger.record(
        by=by, at=at, verb="dossiers.save", thing=dossier, unit_id=dossier.unit_id, before=before, after=changed
    )
    return dossier


def _named(answers: dict, before: dict) -> dict:
    """The answers with each milestone named, so that its progress stays with it."""
    if "milestones" not in answers:
        return answers
    return {**answers, "milestones": with_ids(answers["milestones"], before.get("milestones") or [])}


def _write(dossier: Dossier, answers: dict, *, by: Person, at: dt.datetime) -> None:
    dossier.answers = {**dossier.answers, **answers}
    dossier.revision += 1
    dossier.saved_at, dossier.saved_by = at, by
    if dossier.state == DossierState.PRESENTED:
        dossier.state = DossierState.DRAFT
    dossier.fill_computed()
    dossier.save()
    if "authors" in answers:
        _write_authors(dossier, answers["authors"])
    if "milestones" in answers:
        _write_milestones(dossier, answers["milestones"])


def _write_authors(dossier: Dossier, rows: list[dict]) -> None:
    """A share that changed is to be confirmed again; an unchanged one keeps its confirmation."""
    present = {author.person_id: author for author in dossier.authors.all()}
    wanted: dict[int, Decimal] = {}
    for row in rows:
        share = share_of(row.get("share"))
        if share is not None:
            wanted[int(row["person"])] = share
    known = set(
        Person.objects.filter(pk__in=set(wanted) - set(present), posts__unit_id=dossier.unit_id).values_list(
            "pk", flat=True
        )
    )
    need(known >= set(wanted) - set(present), _("An author must be a person of the unit."))
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


@transaction.atomic
def present(*, dossier: Dossier, by: Person, at: dt.datetime) -> Dossier:
    """Lay the finished draft before the head of the unit; the head and the authors are told."""
    dossier = _locked(dossier)
    rules.check_present(by, dossier, at=at)
    _change(dossier, "present", by=by, at=at)
    people.write_letters(letters.present(dossier, by=by), at=at)
    return dossier


@transaction.atomic
def recall(*, dossier: Dossier, by: Person, at: dt.datetime) -> Dossier:
    """Take the draft back from the head's table to go on writing."""
    dossier = _locked(dossier)
    rules.check_recall(by, dossier, at=at)
    _change(dossier, "recall", by=by, at=at)
    return dossier


@transaction.atomic
def submit(*, dossier: Dossier, by: Person, at: dt.datetime) -> Dossier:
    """The head signs off and the dossier goes to the standing office; what was handed in is kept word for word."""
    dossier = _locked(dossier)
    obligation = obligation_of(dossier.campaign_id, dossier.obligation_key, dossier.unit_id)
    rules.check_submit(by, dossier, obligation, at=at)
    first = dossier.submitted_at is None
    dossier.submitted_at, dossier.submitted_by = at, by
    if first:
        closes = max(obligation.due_at, obligation.extended_to or obligation.due_at)
        dossier.days_late = days_past(closes, at, timezone.get_current_timezone())
    dossier.decided_at = dossier.decided_by = None
    dossier.answers = {**dossier.answers, **parts.kept(dossier)}
    _change(dossier, "submit", by=by, at=at)
    number = Version.objects.filter(dossier=dossier).count() + 1
    Version.objects.create(dossier=dossier, number=number, answers=dossier.answers, submitted_at=at, submitted_by=by)
    _note_standing(dossier)
    return dossier


@transaction.atomic
def accept(*, dossier: Dossier, by: Person, at: dt.datetime, message: str = "") -> Dossier:
    """The standing office takes the dossier; the unit is told."""
    dossier = _locked(dossier)
    rules.check_accept(by, dossier, at=at)
    dossier.decided_at, dossier.decided_by, dossier.message = at, by, nfc_lines(message)
    _change(dossier, "accept", by=by, at=at)
    _note_standing(dossier)
    people.write_letters(letters.accept(dossier, by=by), at=at)
    return dossier


@transaction.atomic
def return_(
    *, dossier: Dossier, notes: dict[str, str], message: str, correct_by: dt.date, by: Person, at: dt.datetime
) -> Dossier:
    """Give the dossier back with notes on its fields and a new due day; the unit is told at once."""
    dossier = _locked(dossier)
    rules.check_return_(by, dossier, at=at)
    need(notes or message.strip(), _("Write at least one note or a message: the unit must know what to correct."))
    need(correct_by > at.date(), _("The day to correct by must lie ahead."))
    dossier.decided_at, dossier.decided_by = at, by
    dossier.message, dossier.correct_by = nfc_lines(message), correct_by
    number = dossier.versions.count()
    Note.objects.bulk_create(
        Note(
            dossier=dossier,
            version_number=number,
            question=question,
            text=nfc_lines(text),
            written_at=at,
            written_by=by,
        )
        for question, text in notes.items()
    )
    _change(dossier, "return_", by=by, at=at, note=dossier.message)
    _note_standing(dossier)
    people.write_letters(letters.return_(dossier, by=by), at=at)
    return dossier


@transaction.atomic
def withdraw(*, dossier: Dossier, reason: str, by: Person, at: dt.datetime) -> Dossier:
    """The head takes the dossier out of the campaign; it stays readable, and the unit owes again."""
    dossier = _locked(dossier)
    rules.check_withdraw(by, dossier, at=at)
    need(reason.strip(), _("Write why this is withdrawn."))
    dossier.message = nfc_lines(reason)
    _change(dossier, "withdraw", by=by, at=at, note=dossier.message)
    _note_standing(dossier)
    return dossier


@transaction.atomic
def confirm(*, author: Author, by: Person, at: dt.datetime) -> None:
    """An author confirms his or her share."""
    author = Author.objects.select_for_update().select_related("dossier").get(pk=author.pk)
    rules.check_confirm(by, author, at=at)
    author.confirmed_at = at
    author.save(update_fields=["confirmed_at"])
    ledger.record(
        by=by,
        at=at,
        verb="dossiers.confirm",
        thing=author.dossier,
        unit_id=author.dossier.unit_id,
        after={"share": str(author.share)},
    )


@transaction.atomic
def attach(*, dossier: Dossier, question: str, uploads: Iterable, by: Person, at: dt.datetime) -> list[Attachment]:
    """Keep files with one question of the form: all of them, or none where one is refused."""
    dossier = _locked(dossier)
    rules.check_save(by, dossier, at=at)
    rules.check_attach(dossier, question)
    return [_attach(dossier, question, upload, by=by, at=at) for upload in uploads]


def _attach(dossier: Dossier, question: str, upload, *, by: Person, at: dt.datetime) -> Attachment:
    stored = files.store(upload, by=by, at=at)
    attachment = Attachment.objects.create(
        dossier=dossier, question=question, name=nfc(upload.name)[-255:], file=stored, attached_at=at, attached_by=by
    )
    after = {"file": attachment.name, "sha256": stored.sha256}
    ledger.record(by=by, at=at, verb="dossiers.attach", thing=dossier, unit_id=dossier.unit_id, after=after)
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment, by: Person, at: dt.datetime) -> None:
    """Take a file off the form; what was handed in before keeps it."""
    dossier = _locked(attachment.dossier)
    rules.check_save(by, dossier, at=at)
    attachment.removed_at = at
    attachment.save(update_fields=["removed_at"])
    ledger.record(
        by=by, at=at, verb="dossiers.detach", thing=dossier, unit_id=dossier.unit_id, before={"file": attachment.name}
    )


@transaction.atomic
def report_progress(
    *,
    dossier: Dossier,
    text: str,
    by: Person,
    at: dt.datetime,
    milestone: Milestone | None = None,
    percent: int | None = None,
    upload=None,
) -> Progress:
    """Tell what was done, and how far a milestone came; a photo or file may go with it."""
    dossier = _locked(dossier)
    if milestone is not None:
        milestone = dossier.milestones.filter(pk=milestone.pk, removed_at=None).first()
        need(milestone, _("This milestone was taken out of the registration; reload the page."))
    rules.check_report_progress(by, dossier, at=at)
    need(text.strip(), _("Write what was done."))
    need(percent is None or 0 <= percent <= 100, _("Percent done lies between 0 and 100."))
    attachment = None
    if upload is not None:
        attachment = Attachment.objects.create(
            dossier=dossier,
            question="progress",
            name=nfc(upload.name)[-255:],
            file=files.store(upload, by=by, at=at),
            attached_at=at,
            attached_by=by,
        )
    news = Progress.objects.create(
        dossier=dossier,
        milestone=milestone,
        percent=percent,
        text=nfc_lines(text),
        attachment=attachment,
        written_at=at,
        written_by=by,
    )
    before = {}
    if milestone is not None and percent is not None:
        before = {"percent": milestone.percent}
        milestone.percent = percent
        milestone.done_on = (milestone.done_on or at.date()) if percent == 100 else None
        milestone.save(update_fields=["percent", "done_on"])
    ledger.record(
        by=by,
        at=at,
        verb="dossiers.report_progress",
        thing=dossier,
        unit_id=dossier.unit_id,
        before=before,
        after={"milestone": milestone and milestone.title, "percent": percent},
    )
    return news


def _change(dossier: Dossier, verb: str, *, by: Person, at: dt.datetime, note: str = "") -> None:
    before = dossier.state
    dossier.state = move(before, verb)
    dossier.save()
    ledger.record(
        by=by,
        at=at,
        verb=f"dossiers.{verb}",
        thing=dossier,
        unit_id=dossier.unit_id,
        note=note,
        before={"state": before},
        after={"state": dossier.state},
    )


def _note_standing(dossier: Dossier) -> None:
    """Where the unit stands with the obligation: its best dossiers decide, as many as the plan asks for."""
    # Papers handed in at the same moment count one another: the second waits here, then sees the first.
    obligation = _locked_obligation(dossier)
    found = list(
        Dossier.objects.filter(
            campaign_id=dossier.campaign_id, obligation_key=dossier.obligation_key, unit_id=dossier.unit_id
        )
        .exclude(state=DossierState.WITHDRAWN)
        .order_by(F("submitted_at").asc(nulls_last=True))
        .values_list("state", "submitted_at", "days_late")
    )
    needed = reports_needed(dossier) if dossier.kind == DossierKind.REPORT else obligation.at_least
    standing, submitted_at = StandingKind.NONE, None
    for state, kind in STANDINGS:
        reached = [row for row in found if STATE_RANK[row[0]] <= STATE_RANK[state]]
        if found and len(reached) >= needed:
            standing, submitted_at = kind, max((row[1] for row in reached[:needed] if row[1]), default=None)
            break
    else:
        standing = StandingKind.DRAFT if found else StandingKind.NONE
    campaigns.note_standing(
        campaign_id=dossier.campaign_id,
        key=dossier.obligation_key,
        unit_id=dossier.unit_id,
        standing=standing,
        submitted_at=submitted_at,
    )


def _locked_obligation(dossier: Dossier) -> Obligation:
    return Obligation.objects.select_for_update(no_key=True).get(
        campaign_id=dossier.campaign_id, key=dossier.obligation_key, unit_id=dossier.unit_id, person=None
    )


STATE_RANK = {state: rank for rank, (state, _standing) in enumerate(STANDINGS)}


def reports_needed(dossier: Dossier) -> int:
    """A unit owes one result report for each registration that stands in the same year."""
    return max(
        Dossier.objects.filter(
            campaign_id=dossier.campaign_id,
            year=dossier.year,
            unit_id=dossier.unit_id,
            kind=DossierKind.REGISTRATION,
            state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
        ).count(),
        1,
    )
