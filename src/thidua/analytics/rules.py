"""Who hands in records, takes them back and has them out again."""

from thidua.core.refusals import Conflict, TooOften, need
from thidua.core.words import _
from thidua.ledger.kinds import FREE_AFTER
from thidua.people import rules as people

PERMISSIONS = {
    "hand_in": _("Focal point or head of the unit, standing office"),
    "check_again": _("Who handed the file in"),
    "confirm": _("Who handed the file in, while they may import for the unit"),
    "drop": _("Who handed the file in"),
    "import_records": _("Focal point or head of the unit, standing office"),
    "withdraw": _("Focal point or head of the unit, standing office"),
    "deliver": _("Program with an access code, as who made it"),
    "export": _("Focal point or head of the unit, standing office"),
}
MOST_UNDECIDED = 10
# What programs of one unit may have waiting; a delivery of the largest size is read within minutes.
MOST_WAITING, MOST_HELD = 5, 400 * 1024 * 1024
SOON = 60


def check_importable(dataset):
    need(not dataset.is_own, _("“%(name)s” are kept here already; no file of them is taken.", name=dataset.name))


def check_hand_in(person, unit, *, undecided, at):
    """``undecided``: how many files of the person wait; each holds room until it is decided on, or a day old."""
    check_import_records(person, unit, at=at)
    need(
        undecided < MOST_UNDECIDED,
        _("%(count)s of your files wait to be decided on; confirm or drop one of them first.", count=undecided),
    )


def check_deliver(token, *, waiting, held, at):
    """``waiting``: how many batches of the unit's programs are not read yet; ``held``: their bytes with this one."""
    if waiting >= MOST_WAITING or held > MOST_HELD:
        sentence = _("%(count)s batches of this unit wait to be read; send this one when they are.", count=waiting)
        raise TooOften(sentence, retry_after=SOON)


def check_replace(delivery, *, at):
    """Not an action: other content under the key of one that is not read yet."""
    if at <= delivery.sent_at + FREE_AFTER:
        raise Conflict(
            _("The batch key “%(key)s” stands for other content; give new content a new key.", key=delivery.batch_key)
        )


def check_check_again(person, upload, *, at):
    _check_own(person, upload)


def check_confirm(person, upload, *, at):
    _check_own(person, upload)
    check_import_records(person, upload.unit, at=at)


def check_drop(person, upload, *, at):
    if upload.is_running and at > upload.asked_at + FREE_AFTER:
        _check_whose(person, upload)
    else:
        _check_own(person, upload)


def _check_whose(person, upload):
    need(upload.handed_in_by_id == person.pk, _("Only who handed the file in sees it and decides on it."))


def _check_own(person, upload):
    _check_whose(person, upload)
    need(not upload.is_running, _("The file is being read; wait for the outcome."))


def check_import_records(person, unit, *, at):
    need(
        person.is_active and (unit.pk in person.access.acts_for or person.access.is_office),
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
    check_rows(batch)


def check_rows(batch):
    """Not an action: whoever has rows out, there must be some."""
    need(batch.key, _("Nothing arose in this batch, so there are no rows."))
