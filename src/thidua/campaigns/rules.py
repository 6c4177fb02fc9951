"""Who may work on plans, and when."""

from thidua.core.obligations import StandingKind
from thidua.core.refusals import need
from thidua.core.units import RoleKind
from thidua.core.words import _

PERMISSIONS = {
    "load": _("Standing office or administrator"),
    "publish": _("Standing office"),
    "extend": _("Standing office"),
    "excuse": _("Standing office"),
    "cancel_extension": _("Standing office"),
    "cancel_excuse": _("Standing office"),
    "record_index": _("Standing office"),
}


def check_load(person, *, at):
    need(person.access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR), _("Only the standing office loads plans."))


def check_publish(person, version, *, at):
    need(person.access.is_office, _("Only the standing office publishes a plan."))
    check_next(version)


def check_next(version):
    """It is the newest draft of its campaign."""
    need(version.published_at is None, _("This version is already published; load a new one to change it."))
    newest = version.campaign.versions.order_by("-number").values_list("number", flat=True).first()
    need(version.number == newest, _("A newer draft (version %(number)s) exists; publish that one.", number=newest))


def check_extend(person, obligation, *, at):
    need(person.access.is_office, _("Only the standing office grants an extension."))
    check_asked(obligation)
    need(not obligation.excused, _("It is excused; take the excuse back first."))
    handed_in = obligation.standing in {StandingKind.SUBMITTED, StandingKind.ACCEPTED}
    need(not handed_in, _("It is handed in already, so more time changes nothing."))


def check_excuse(person, obligation, *, at):
    need(person.access.is_office, _("Only the standing office excuses a unit."))
    check_asked(obligation)


def check_cancel_extension(person, obligation, *, at):
    need(person.access.is_office, _("Only the standing office takes an extension back."))
    need(obligation.extended_to, _("There is no extension to take back."))
    handed_in = obligation.standing in {StandingKind.SUBMITTED, StandingKind.ACCEPTED}
    need(not handed_in, _("It was handed in within the extension, which stays."))


def check_cancel_excuse(person, obligation, *, at):
    need(person.access.is_office, _("Only the standing office takes an excuse back."))
    need(obligation.excused, _("There is no excuse to take back."))


def check_asked(obligation):
    """The plan in force still asks for it."""
    need(
        obligation.dropped_in is None,
        _("It is no longer asked since version %(n)s of the plan.", n=obligation.dropped_in),
    )


def check_record_index(person, *, at):
    need(person.access.is_office, _("Only the standing office records what was published for an index."))
