"""Who issues letters of apology."""

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.people import rules as people

PERMISSIONS = {"issue": _("Focal point or head of the unit, standing office")}


def check_issue(person, unit, *, at):
    need(
        unit.pk in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office issues its letters of apology."),
    )
    people.check_open(unit, at=at)
