"""Who may have a large workbook written."""

from __future__ import annotations

from thidua.core.refusals import TooOften, need
from thidua.core.vietnamese import number
from thidua.core.words import _
from thidua.exchange.models import Export

PERMISSIONS = {"ask": _("Whoever may open the list")}
AT_ONCE = 3
MOST_ROWS = 1_000_000  # a sheet has 48,576 more


def check_size(count):
    """Not an action: what every workbook asks, at once or by the worker."""
    need(
        count <= MOST_ROWS, _("A workbook takes at most %(most)s rows; narrow the list first.", most=number(MOST_ROWS))
    )


def check_ask(person, *, at):
    """The list itself was opened by now, so it may be seen."""
    if Export.objects.visible_to(person).unfinished().count() >= AT_ONCE:
        sentence = _("%(n)s of your Excel files are still being written; wait until one is ready.", n=AT_ONCE)
        raise TooOften(sentence)
