"""What ``thidua units`` and ``thidua people`` share: a file in, a report out."""

from __future__ import annotations

import abc
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core import bounds
from thidua.core.refusals import Denied
from thidua.host.files import content_of
from thidua.people import bulk
from thidua.ui import command


class ImportCommand(command.Command):
    """``run`` is the import of people.bulk that the verb stands for; each verb sets its own."""

    run: Callable[..., bulk.Outcome]
    file_help = "Excel or CSV file"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help=self.file_help)
        parser.add_argument("--dry-run", action="store_true", help="only check the rows")

    def handle(self, *, file, dry_run, **options):
        try:
            content = content_of(file, bounds.FILE_BYTES)
        except OSError as error:
            raise Denied(_("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}) from error
        outcome = self.run(content=content, name=file.name, by=None, at=timezone.now(), commit=not dry_run)
        for each in [*outcome.errors, *outcome.refused]:
            self.say(f"{file}:{each.row}: {each.column}: {each.message}")
        counts = {"created": outcome.created, "changed": outcome.changed, "unchanged": outcome.unchanged}
        self.answer(outcome.as_json(), _("New: %(created)s; changed: %(changed)s; unchanged: %(unchanged)s.") % counts)
        if outcome.errors:
            raise command.CommandError(_("Nothing was imported; %(count)s errors.") % {"count": len(outcome.errors)})


class ListCommand(command.Command, abc.ABC):
    def add_arguments(self, parser):
        parser.add_argument("--search", default="", metavar="WORDS", help="words of the name, with or without marks")

    @abc.abstractmethod
    def rows(self, search: str) -> list[dict[str, str]]:
        """One mapping a line of the list."""

    def handle(self, *, search, **options):
        rows = self.rows(search)
        self.answer(rows, "\n".join("\t".join(row.values()) for row in rows))
