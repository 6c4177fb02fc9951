"""``thidua report consolidated``: the consolidated report of a year, as Word with its annexes as Excel."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.campaigns import queries as campaigns
from thidua.core.refusals import Denied, need
from thidua.summaries import drafting
from thidua.ui import command


class Consolidated(command.Command):
    help = "Write the consolidated report of one year: Word, and its annexes as Excel beside it."
    example = "thidua report consolidated --campaign cchc-2023-2025 --year 2023 -o bao-cao-2023.docx"

    def add_arguments(self, parser):
        parser.add_argument("--campaign", required=True, help="code of the campaign")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.docx")
        parser.add_argument("--annexes", type=Path, metavar="FILE.xlsx", help="where the annexes go (FILE.xlsx)")

    def handle(self, *, campaign, year, output, annexes, **options):
        found = campaigns.campaign_by_code(campaign)
        need(
            found.first_year <= year <= found.last_year,
            _("The campaign runs from %(first)s to %(last)s.") % {"first": found.first_year, "last": found.last_year},
        )
        annexes = annexes or output.with_suffix(".xlsx")
        for target in (output, annexes):
            need(target.parent.is_dir(), _("There is no folder “%(folder)s”.") % {"folder": target.parent})
        drafted = drafting.draft(found, year, now=timezone.localtime())
        for target, content in ((output, drafted.word), (annexes, drafted.annexes)):
            try:
                target.write_bytes(content)
            except OSError as error:
                values = {"file": target, "why": error.strerror}
                raise Denied(_("%(file)s cannot be written: %(why)s.") % values) from error
        document = {"word": output, "annexes": annexes, "numbers": drafted.numbers}
        self.answer(document, _("Written: %(word)s and %(annexes)s") % {"word": output, "annexes": annexes})


class Command(command.Subcommands):
    help = "Write reports for the body above."
    verbs = {"consolidated": Consolidated}
