"""Checking signatures in a process of its own (host.bounded): a file made to exhaust a machine ends that one alone."""

from __future__ import annotations

from thidua.core.refusals import Away
from thidua.core.words import _
from thidua.documents import signatures
from thidua.documents.signatures import Reason, Status, Verdict
from thidua.documents.trust import Roots
from thidua.host.bounded import MEGABYTE, Busy, Ended, Limits, Nursery

# By the clock, so far more than any file needs: a busy machine is no fault of the file.
LIMITS = Limits(seconds=60, memory=1024 * MEGABYTE)
SIZE_LIMIT = 100 * MEGABYTE
# What is kept of a file stays, so its process must have ended as often: somebody else may have ended the first.
ENDS = 2
TOO_MUCH = Verdict(Status.UNREADABLE, reason=Reason.TOO_MUCH)
nursery = Nursery("thidua.documents.checker", "pyhanko.sign.validation")


def check(data: bytes, roots: Roots) -> Verdict:
    """As ``signatures.check``; a file that takes too long or too much memory is unreadable. Raises Away."""
    if len(data) > SIZE_LIMIT:
        return TOO_MUCH
    for _try in range(ENDS):
        try:
            return nursery.run("thidua.documents.checker:look", data, roots, limits=LIMITS)
        except Busy:
            raise Away(_("Other files are being looked through at the moment; try again in a minute.")) from None
        except Ended:
            continue
    return TOO_MUCH


def look(data: bytes, roots: Roots, tell: object = None) -> Verdict:
    """What the process of its own does."""
    return signatures.check(data, roots)
