"""Who hands in records, takes them back and has them out again."""

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.people import rules as people

PERMISSIONS = {
    "import_records": _("Focal point or head of the unit, standing office"),
    "withdraw": _("Focal point or head of the unit, standing office"),
    "export": _("Focal point or head of the unit, standing office"),
}


def check_import_records(person, unit, *, at):
    need(
        unit.pk in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office imports its records."),
    )
    people.check_open(unit, at=at)


def check_withdraw(person, batch, *, at):
    need(
        batch.unit_id in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office takes its records back."),
    )


def check_export(person, batch, *, at):
    need(
        batch.unit_id in person.access.acts_for or person.access.is_office,
        _("Only the unit itself or the standing office has the records of a unit out."),
    )
