"""``thidua signatures check``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from thidua.core.refusals import Denied
from thidua.documents import checker, marks, trust
from thidua.documents.signatures import Reason, Status, Verdict
from thidua.host.files import content_of
from thidua.ui import command
from thidua.ui.templatetags.ui import gio

TOLD = ("signer", "signed_at", "issuer", "intact", "whole_document", "trusted", "valid_at_signing")


class Check(command.Command):
    help = "Check the digital signatures of PDF files: by whom, when, intact, trusted."
    example = "thidua signatures check bao-cao.pdf --trust root.pem --json"

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="PDF file")
        parser.add_argument(
            "--trust",
            action="append",
            type=Path,
            default=[],
            metavar="FILE",
            help="one more trusted root, for this call",
        )

    def handle(self, *, files, trust, **options):
        roots = _roots(trust)
        found = [(file, _verdict(file, roots)) for file in self.progress(files, len(files))]
        for file, verdict in found:
            if sentence := marks.why(verdict, is_public=None, has_roots=bool(roots.version)):
                self.say(f"{file}: {sentence}")
        self.answer([_as_json(*each) for each in found], _table(found))


def _roots(more: list[Path]) -> trust.Roots:
    """Those of both kinds of units, and those of this call: a file alone does not say whose it is."""
    try:
        return trust.read([*settings.TRUST_PUBLIC, *settings.TRUST_PRIVATE, *more])
    except (OSError, trust.TrustUnreadable) as error:
        raise Denied(
            _("The trusted root cannot be read: %(why)s.") % {"why": getattr(error, "filename", None) or error}
        ) from error


def _verdict(file: Path, roots: trust.Roots) -> Verdict:
    try:
        if file.stat().st_size > checker.SIZE_LIMIT:
            return checker.TOO_MUCH
        data = content_of(file, checker.SIZE_LIMIT)
    except OSError:
        return Verdict(Status.UNREADABLE, reason=Reason.MISSING)
    return checker.check(data, roots)


def _as_json(file: Path, verdict: Verdict) -> dict[str, Any]:
    signatures = [{name: getattr(each, name) for name in TOLD} for each in verdict.signatures]
    return {"file": str(file), "signed": verdict.signed, "status": verdict.status, "signatures": signatures}


def _table(found: list[tuple[Path, Verdict]]) -> str:
    """A line a signature, in columns."""
    rows = [[_("File"), _("Verdict"), _("Signed by"), _("Signed at"), _("Issuer")]]
    for file, verdict in found:
        rows += [
            [str(file), str(marks.LABELS[each.status]), each.signer, gio(each.signed_at), each.issuer]
            for each in verdict.signatures
        ] or [[str(file), str(marks.LABELS[verdict.status]), "", "", ""]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


class Command(command.Subcommands):
    help = "Check digital signatures."
    verbs = {"check": Check}
