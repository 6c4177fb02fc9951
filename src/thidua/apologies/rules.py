"""Who issues letters of apology."""

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.core.writing import WritingState
from thidua.ledger.kinds import FREE_AFTER
from thidua.people import rules as people

PERMISSIONS = {
    "issue": _("Focal point or head of the unit, standing office"),
    "write_again": _("Who issued the letters, standing office"),
}


def check_issue(person, unit, *, at):
    need(
        unit.pk in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office issues its letters of apology."),
    )
    people.check_open(unit, at=at)


def check_write_again(person, run, *, at):
    need(
        run.issued_by_id == person.pk or person.access.is_office,
        _("Only who issued the letters or the standing office has them written again."),
    )
    need(run.state != WritingState.READY, _("The letters are written already."))
    is_late = at > (run.asked_at or run.issued_at) + FREE_AFTER
    need(run.state == WritingState.FAILED or is_late, _("The letters are being written; wait for the outcome."))
