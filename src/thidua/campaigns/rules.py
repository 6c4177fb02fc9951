"""Who may work on plans, and when."""

from thidua.core.refusals import need
from thidua.core.units import RoleKind
from thidua.core.words import _

PERMISSIONS = {
    "load": _("Standing office or administrator"),
    "publish": _("Standing office"),
    "extend": _("Standing office"),
    "excuse": _("Standing office"),
    "record_index": _("Standing office"),
}


def check_load(person, *, at):
    need(person.access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR), _("Only the standing office loads plans."))


def check_publish(person, version, *, at):
    need(person.access.is_office, _("Only the standing office publishes a plan."))
    need(version.published_at is None, _("This version is already published; load a new one to change it."))
    newest = version.campaign.versions.order_by("-number").values_list("number", flat=True).first()
    need(version.number == newest, _("A newer draft (version %(number)s) exists; publish that one.", number=newest))


def check_extend(person, obligation, *, at):
    need(person.access.is_office, _("Only the standing office grants an extension."))


def check_excuse(person, obligation, *, at):
    need(person.access.is_office, _("Only the standing office excuses a unit."))


def check_record_index(person, *, at):
    need(person.access.is_office, _("Only the standing office records what was published for an index."))
