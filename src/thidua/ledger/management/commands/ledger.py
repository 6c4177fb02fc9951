"""``thidua ledger verify | anchor | key``."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.ledger import actions, anchors, keys, queries
from thidua.ui import command


class Verify(command.Command):
    help = "Check the trail from its first row to its last, and against the anchors outside the database."
    example = "thidua ledger verify --against anchors.jsonl --json"

    def add_arguments(self, parser):
        parser.add_argument("--against", type=Path, metavar="FILE", help="anchors that were kept elsewhere")
        parser.add_argument("--key", type=Path, metavar="FILE", help="public key of another installation's anchors")

    def handle(self, *, against: Path | None = None, key: Path | None = None, **options):
        if key and not against:
            self.wrong(_("--key says who signed the file of --against: give both."))
        found = queries.verify(against, keys.read_public(key) if key else None)
        for sentence in found.taken_back:
            self.say(str(sentence))
        self.answer(self._document(found), self._sentence(found) if found.whole else "")
        need(found.whole, found.trouble or "")

    def _sentence(self, found: queries.Integrity) -> str:
        agree = _("All %(n)s rows agree; the chain ends in %(head)s.") % {"n": found.rows, "head": found.head}
        return f"{agree}\n{found.anchored}"

    def _document(self, found: queries.Integrity) -> dict[str, object]:
        good = found.good
        return {
            "whole": found.whole,
            "rows": found.rows,
            "head": found.head,
            "unsealed": found.unsealed,
            "broken_at": found.broken_at,
            "entry": found.entry_id,
            "anchor": {"number": good.number, "at": good.at, "last": good.last} if good else None,
            "disagrees": found.bad.number if found.bad else None,
            "unproven_from": found.unproven_from,
            "error": str(found.trouble or ""),
        }


class Anchor(command.Command):
    help = "Sign the head of the trail and append it to the file of anchors, outside the database."
    example = "thidua ledger anchor"

    def add_arguments(self, parser):
        parser.add_argument(
            "--after-restore", default="", metavar="REASON", help="the database was restored and is rightly shorter"
        )

    def handle(self, *, after_restore: str = "", **options):
        made = actions.anchor(at=timezone.now(), restored=after_restore)
        said = {"number": made.number, "rows": made.rows, "path": anchors.own_file()}
        self.answer(
            {"number": made.number, "at": made.at, "rows": made.rows, "last": made.last, "head": made.head},
            _("Anchor %(number)s: %(rows)s rows, in %(path)s.") % said,
        )


class Key(command.Command):
    help = "Print the public key by which others check the anchors of this installation."
    example = "thidua ledger key > thidua-anchors.pem"

    def handle(self, **options):
        key = anchors.own_key()
        self.answer(
            {"installation": anchors.own_name(), "key": keys.word(key), "pem": keys.public_pem(key)},
            keys.public_pem(key).rstrip(),
        )


class Command(command.Subcommands):
    help = "Verify the trail, anchor it outside the database."
    verbs = {"verify": Verify, "anchor": Anchor, "key": Key}
