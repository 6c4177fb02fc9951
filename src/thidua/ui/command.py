"""The base of our commands: one line of help, an example, one JSON document for machines, sentences for people.

A command of one verb::

    class Command(command.Command):
        help = "Verify the trail from its first entry to its last."
        example = "thidua verify --json"

        def add_arguments(self, parser):
            parser.add_argument("--from", dest="start", type=int, default=1, help="first entry")

        def handle(self, *, start, **options):
            for row in self.progress(rows, total=len(rows), label="entries"):
                ...
            self.answer({"entries": 12, "intact": True}, "12 entries, all intact.")

A command with sub-verbs (``thidua plan check FILE``), in ``campaigns/management/commands/plan.py``::

    class Check(command.Command):
        help = "Read a plan file and say what is wrong with it."
        example = "thidua plan check plan.toml"

        def add_arguments(self, parser):
            parser.add_argument("file", type=Path, metavar="FILE")

        def handle(self, *, file, **options):
            self.answer({"problems": []}, "The plan can be published.")

    class Command(command.Subcommands):
        help = "Check and load plans."
        verbs = {"check": Check}

A raised ``Denied`` becomes its sentence and exit 1; wrong usage (also ``self.wrong("…")``) is exit 2.
From Python, ``call_command("plan", "check", "plan.toml", json=True, stdout=buffer)`` lets ``Denied`` pass.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.utils.translation import gettext as _

from thidua.core.refusals import Denied

Item = TypeVar("Item")
BAR_WIDTH = 30
WRONG_USAGE = 2
# Options that Django adds to every command and that mean nothing to those who use ours.
HIDDEN = {"--version", "--verbosity", "--settings", "--pythonpath", "--no-color", "--force-color", "--skip-checks"}


class Command(BaseCommand):
    """Write ``help``, ``example``, ``add_arguments`` and ``handle``; answer through ``answer`` and ``say``."""

    help = ""
    example = ""
    requires_system_checks: list[str] = []
    suppressed_base_arguments = HIDDEN | {"--traceback"}

    as_json = False
    _answered = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's parser, called ``thidua``, with the example at the end and ``--json``."""
        if self.example:
            kwargs.setdefault("epilog", f"example: {self.example}")
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.prog = f"thidua {subcommand}"
        self._add_json(parser)
        return parser

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run ``handle``; on the command line a refusal is a sentence and an exit code, never a stack of calls."""
        self.as_json, self._answered = bool(options.get("json")), False
        try:
            result = super().execute(*args, **options)
        except (Denied, CommandError) as refusal:
            if not self._called_from_command_line or options.get("traceback"):
                raise
            self._refuse(str(refusal))
            sys.exit(getattr(refusal, "returncode", 1))
        if self.as_json and not self._answered:
            self.answer({})
        return result

    def run_from_argv(self, argv: list[str]) -> None:
        """What the parser refuses it says on stderr and leaves; a program gets its document all the same."""
        try:
            super().run_from_argv(argv)
        except SystemExit as stop:
            if stop.code == WRONG_USAGE and "--json" in argv and not self._answered:
                self.as_json = True
                self.answer({"error": str(_("The command was called wrongly; --help shows how."))})
            raise

    def answer(self, document: Any, text: str = "") -> None:
        """The result, on stdout: the document with ``--json``, otherwise the text. Once per command."""
        if self._answered:
            raise RuntimeError("A command answers once.")
        self._answered = True
        if self.as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))
        elif text:
            self.stdout.write(text)

    def say(self, text: str) -> None:
        """A line for the person who watches, on stderr."""
        self.stderr.write(text, style_func=str)

    def wrong(self, text: str) -> NoReturn:
        """Stop because the command was called wrongly: exit 2."""
        raise CommandError(text, returncode=WRONG_USAGE)

    def progress(self, items: Iterable[Item], total: int, label: str = "") -> Iterator[Item]:
        """Hand on the items and draw a bar on stderr, only when that is a terminal."""
        if not self.stderr.isatty():
            yield from items
            return
        shown = -1
        for done, item in enumerate(items):
            percent = 100 * done // max(total, 1)
            if percent != shown:
                self._draw(percent, label)
                shown = percent
            yield item
        self._draw(100, label, ending="\n")

    def _draw(self, percent: int, label: str, ending: str = "") -> None:
        bar = ("█" * (BAR_WIDTH * percent // 100)).ljust(BAR_WIDTH, "░")
        self.stderr.write(f"\r{bar} {percent:3d}% {label}{ending}", style_func=str, ending="")
        self.stderr.flush()

    def _refuse(self, sentence: str) -> None:
        self.say(sentence)
        if self.as_json and not self._answered:
            self.answer({"error": sentence})

    def _add_json(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


class Subcommands(Command):
    """A command whose first word is a verb: ``verbs = {"check": Check, …}``, each verb a ``Command``."""

    verbs: dict[str, type[Command]] = {}

    def add_arguments(self, parser: CommandParser) -> None:
        choices = parser.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")
        for name, kind in self.verbs.items():
            epilog = f"example: {kind.example}" if kind.example else None
            options = {"help": kind.help, "description": kind.help, "epilog": epilog}
            below = choices.add_parser(name, formatter_class=DjangoHelpFormatter, **options)
            below.prog = f"{parser.prog} {name}"
            kind().add_arguments(below)
            self._add_json(below)

    def _add_json(self, parser: ArgumentParser) -> None:
        # Declared at both levels it would be reset by the verb's default, so only the verbs have it.
        if not isinstance(parser, CommandParser) or getattr(parser, "_subparsers", None) is None:
            super()._add_json(parser)

    def handle(self, *args: Any, verb: str, **options: Any) -> Any:
        """Hand over to the verb's own ``handle``, which writes to the same streams."""
        chosen = self.verbs[verb](stdout=self.stdout, stderr=self.stderr)
        chosen.stdout, chosen.stderr, chosen.as_json = self.stdout, self.stderr, self.as_json
        try:
            return chosen.handle(*args, **options)
        finally:
            self._answered = chosen._answered


def _plain(value: Any) -> Any:
    """What JSON does not know: days and moments in ISO form, exact numbers and sentences as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
