"""Who has the consolidated report written."""

from __future__ import annotations

from thidua.core.refusals import need
from thidua.core.words import _

PERMISSIONS = {"prepare": _("Standing office")}


def check_prepare(person, *, at):
    need(person.access.is_office, _("Only the standing office has the consolidated report written."))
