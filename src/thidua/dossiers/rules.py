"""Who may do what to a dossier, and when. Every check is run again inside the action."""

from __future__ import annotations

import datetime as dt

from thidua.campaigns import rules as campaigns
from thidua.core.answers import answers_to, is_shown, problem_of
from thidua.core.dossiers import EDITABLE, DossierKind, DossierState, move
from thidua.core.obligations import days_past
from thidua.core.refusals import DeadlinePassed, Denied, need
from thidua.core.words import Sentence, _
from thidua.dossiers.parts import PARTS
from thidua.people import rules as people

PERMISSIONS = {
    "begin": _("Focal point or head of the unit"),
    "save": _("Focal point or head of the unit"),
    "present": _("Focal point or head of the unit"),
    "recall": _("Focal point or head of the unit"),
    "submit": _("Head of the unit, or the deputy who acts for the head"),
    "withdraw": _("Head of the unit, or the deputy who acts for the head"),
    "close": _("Focal point or head of the unit"),
    "confirm": _("The author"),
    "report_progress": _("Focal point or head of the unit"),
    "accept": _("Standing office"),
    "return_": _("Standing office"),
}


def check_begin(person, unit, obligation, *, at):
    need(unit.pk in person.access.acts_for, _("Only the unit itself fills in this form."))
    people.check_open(unit, at=at)
    campaigns.check_asked(obligation)
    need(obligation.opens_on <= at.date(), _("This form opens on %(day)s.", day=f"{obligation.opens_on:%d/%m/%Y}"))


def check_save(person, dossier, *, at):
    need(dossier.unit_id in person.access.acts_for, _("Only the unit itself fills in this form."))
    people.check_open(dossier.unit, at=at)
    need(
        dossier.state in EDITABLE,
        _("This cannot be changed now: it is “%(state)s”.", state=DossierState(dossier.state).label),
    )


def check_subject(unit, planned, *, about, continues):
    """A report speaks of one registration that stands; a registration may continue one of last year's."""
    for earlier in (about, continues):
        need(earlier is None or earlier.unit_id == unit.pk, _("That registration belongs to another unit."))
    if planned.kind == DossierKind.REPORT:
        need(about, _("Choose the registration that this report is about."))
        need(
            about.kind == DossierKind.REGISTRATION
            and about.year == planned.year
            and about.state in {DossierState.SUBMITTED, DossierState.ACCEPTED},
            _("A report is about a registration of the same year that was handed in."),
        )
        need(
            not about.reports.exclude(state=DossierState.WITHDRAWN).exists(),
            _("There is a report on this registration already; go on with that one."),
        )
    if continues is not None:
        need(
            planned.kind == continues.kind == DossierKind.REGISTRATION
            and continues.year == planned.year - 1
            and continues.state == DossierState.ACCEPTED,
            _("Only an accepted registration of the year before is carried forward."),
        )
        check_open_ended(continues)


def check_open_ended(dossier):
    """Last year's initiative is carried on once, or closed; never both."""
    need(dossier.closed_at is None, _("This initiative is closed already."))
    need(
        not dossier.continued_by.exclude(state=DossierState.WITHDRAWN).exists(),
        _("This initiative is carried on already."),
    )


def check_attach(dossier, question: str):
    questions = {each.id for each in dossier.plan_form.questions if each.type == "files"}
    need(question in questions, _("The form has no place for files there."))


def late_sentence(dossier, obligation, *, at: dt.datetime) -> Sentence | None:
    """What follows from the due day having passed; None while there is time, and for a returned dossier.

    Late is refused or marked, as the plan says; a returned dossier follows its own new date.
    """
    if dossier.state == DossierState.RETURNED or dossier.submitted_at is not None or at <= obligation.closes_at:
        return None
    day = f"{obligation.closes_at.astimezone(at.tzinfo):%d/%m/%Y}"
    if dossier.plan_obligation.late == "refused":
        return _("The form closed on %(day)s. Your text is kept; ask the standing office for an extension.", day=day)
    return _(
        "The due day, %(day)s, has passed. It can still be handed in, marked as %(days)s days late.",
        day=day,
        days=days_past(obligation.closes_at, at, at.tzinfo),
    )


def check_in_time(dossier, obligation, *, at: dt.datetime):
    late = late_sentence(dossier, obligation, at=at)
    if late and dossier.plan_obligation.late == "refused":
        raise DeadlinePassed(late)


def check_complete(dossier):
    """Every question the form demands has an answer; shares add to 100."""
    missing = missing_fields(dossier)
    if missing:
        raise Denied(
            _(
                "%(count)s answers are missing or wrong: %(names)s.",
                count=len(missing),
                names=", ".join(str(dossier.plan_form.question(key).label) for key in missing),
            ),
            missing,
        )


def missing_fields(dossier) -> dict[str, Sentence]:
    """Question id → what is wrong with its answer."""
    found: dict[str, Sentence] = {}
    by_file, form = _answered_by_file(dossier), dossier.plan_form
    answers = answers_to(form, dossier.answers)
    for question in form.questions:
        if question.id in by_file or not is_shown(form, question, answers):
            continue
        part = PARTS.get(question.type)
        problem = part.problem(dossier) if part else problem_of(question, answers.get(question.id))
        if problem:
            found[question.id] = problem
    return found


def _answered_by_file(dossier) -> set[str]:
    """The questions left empty that the attached file answers."""
    empty = {each.id for each in dossier.plan_form.questions if each.or_file and not dossier.answers.get(each.id)}
    attached = empty and any(
        each.removed_at is None and each.question != "progress" for each in dossier.attachments.all()
    )
    return empty if attached else set()


def check_present(person, dossier, *, at):
    need(dossier.unit_id in person.access.acts_for, _("Only the unit itself can present this to its head."))
    people.check_open(dossier.unit, at=at)
    move(dossier.state, "present")
    check_complete(dossier)


def check_recall(person, dossier, *, at):
    need(dossier.unit_id in person.access.acts_for, _("Only the unit itself can take this back."))
    move(dossier.state, "recall")


def check_submit(person, dossier, obligation, *, at):
    need(
        dossier.unit_id in person.access.signs_for,
        _("Only the head of the unit, or a deputy who acts for the head, can sign this off."),
    )
    people.check_open(dossier.unit, at=at)
    move(dossier.state, "submit")
    campaigns.check_asked(obligation)
    check_complete(dossier)
    check_in_time(dossier, obligation, at=at)


def check_withdraw(person, dossier, *, at):
    need(dossier.unit_id in person.access.signs_for, _("Only the head of the unit can withdraw this."))
    move(dossier.state, "withdraw")


def check_close(person, dossier, *, at):
    need(dossier.unit_id in person.access.acts_for, _("Only the unit itself closes its initiative."))
    need(dossier.kind == DossierKind.REGISTRATION, _("Only a registration is closed."))
    move(dossier.state, "close")
    check_open_ended(dossier)


def check_accept(person, dossier, *, at):
    need(person.access.is_office, _("Only the standing office accepts a dossier."))
    need(dossier.unit_id not in person.access.acts_for, _("You act for this unit, so a colleague must decide."))
    move(dossier.state, "accept")
    waiting = [author for author in dossier.authors.all() if author.confirmed_at is None]
    need(
        not waiting,
        _("%(count)s authors have not confirmed their share yet.", count=len(waiting)),
    )


def check_return_(person, dossier, *, at):
    need(person.access.is_office, _("Only the standing office returns a dossier."))
    need(dossier.unit_id not in person.access.acts_for, _("You act for this unit, so a colleague must decide."))
    move(dossier.state, "return_")


def check_confirm(person, author, *, at):
    need(author.person_id == person.pk, _("Only the author confirms his or her own share."))
    need(author.confirmed_at is None, _("This share is already confirmed."))


def check_report_progress(person, dossier, *, at):
    need(dossier.unit_id in person.access.acts_for, _("Only the unit itself reports progress."))
    people.check_open(dossier.unit, at=at)
    need(
        dossier.kind == DossierKind.REGISTRATION and dossier.state in {DossierState.SUBMITTED, DossierState.ACCEPTED},
        _("Progress is reported once the registration was handed in."),
    )
    need(dossier.closed_at is None, _("This initiative is closed already."))
