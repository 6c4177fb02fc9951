"""``thidua ledger verify``."""

from __future__ import annotations

from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.ledger.queries import verify
from thidua.ui import command


class Verify(command.Command):
    help = "Check the trail from its first row to its last; name the first row that was tampered with."
    example = "thidua ledger verify --json"

    def handle(self, **options):
        found = verify()
        self.answer(
            {
                "whole": found.whole,
                "rows": found.rows,
                "head": found.head,
                "unsealed": found.unsealed,
                "broken_at": found.broken_at,
                "entry": found.entry_id,
            },
            _("All %(n)s rows agree; the chain ends in %(head)s.") % {"n": found.rows, "head": found.head}
            if found.whole
            else "",
        )
        need(found.rows, _("The trail is empty: it holds no row at all."))
        need(
            found.broken_at is None,
            _("The chain breaks at row %(n)s (entry %(entry)s).") % {"n": found.broken_at, "entry": found.entry_id},
        )
        need(not found.unsealed, _("%(n)s rows carry no seal.") % {"n": found.unsealed})


class Command(command.Subcommands):
    help = "Verify the trail."
    verbs = {"verify": Verify}
