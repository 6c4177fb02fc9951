"""``thidua records import|list|undo|export``."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.analytics import actions, queries, workbook
from thidua.analytics.actions import Choices
from thidua.analytics.models import Batch
from thidua.analytics.outcome import Outcome, Status
from thidua.analytics.registry import dataset_of, importable
from thidua.core.records.datasets import Dataset
from thidua.core.records.headings import LEFT_OUT, UNIT
from thidua.core.records.periods import period as period_of
from thidua.core.records.problems import Reason, Refused
from thidua.core.refusals import Away, Denied, need
from thidua.ui import command

SHOWN = 50  # problems that a person reads on a terminal


def _add_batch(parser, *, required: bool) -> None:
    parser.add_argument("--unit", required=required, default="", metavar="CODE", help="code of the unit")
    parser.add_argument("--period", required=required, default="", metavar="YEAR", help="year of the records")


class Import(command.Command):
    help = "Read a file of records, check every row and keep the valid ones as the unit's figures in that period."
    example = "thidua records import dossiers motcua.xlsx --unit hoa-sen --period 2023 --dry-run"

    def add_arguments(self, parser):
        known = ", ".join(sorted(each.id for each in importable()))
        parser.add_argument("dataset", metavar="DATASET", help=f"one of: {known}")
        parser.add_argument("file", type=Path, metavar="FILE", help="Excel, OpenDocument or CSV")
        _add_batch(parser, required=True)
        parser.add_argument(
            "--sheet",
            action="append",
            default=[],
            metavar="NAME",
            help="sheet to read; '*' for all with these headings",
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADING=COLUMN",
            help=f"what a heading (or the letter of a column) means; {UNIT}: the row's unit; {LEFT_OUT}: left out",
        )
        parser.add_argument("--nothing-arose", action="store_true", help="the file has headings only, and rightly so")
        parser.add_argument("--dry-run", action="store_true", help="only check")
        parser.add_argument("--only-if-all-valid", action="store_true", help="take no row while one is wrong")

    def handle(self, *, dataset, file, unit, period, sheet, dry_run, only_if_all_valid, nothing_arose, **options):
        choices = Choices(
            sheets=tuple(sheet), nothing_arose=nothing_arose, dry_run=dry_run, only_if_all_valid=only_if_all_valid
        )
        try:
            outcome = self._imported(dataset, file, unit, period, choices, options["map"])
        except Denied as refusal:
            code = Reason.AWAY if isinstance(refusal, Away) else Reason.UNKNOWN
            outcome = Outcome(dataset, unit, period, reason=Refused(code, refusal.sentence))
        self._say(file, outcome)
        self.answer(outcome.as_json(), self._summary(outcome))
        if outcome.status is Status.REFUSED:
            sys.exit(1)

    def _imported(self, dataset: str, file: Path, unit: str, period: str, choices: Choices, said: list[str]) -> Outcome:
        known = dataset_of(dataset)
        columns = self._columns(said, known)
        need(file.is_file() and os.access(file, os.R_OK), _("%(file)s cannot be read.") % {"file": file})
        return actions.import_records(
            dataset=known, file=file, name=file.name, unit=queries.unit_by_code(unit), period=period_of(period),
            choices=replace(choices, columns=columns), by=None, at=timezone.now(),
        )  # fmt: skip

    def _columns(self, said: list[str], dataset: Dataset) -> dict[str, str]:
        columns = {}
        for each in said:
            heading, equals, column = each.rpartition("=")
            if not equals or not heading:
                self.wrong(_("--map takes HEADING=COLUMN, not “%(said)s”.") % {"said": each})
            if column not in (UNIT, LEFT_OUT) and not dataset.column(column):
                known = ", ".join([*(each.name for each in dataset.columns), UNIT, LEFT_OUT])
                self.wrong(_("There is no column “%(column)s”. Known: %(known)s.") % {"column": column, "known": known})
            columns[heading] = column
        return columns

    def _say(self, file: Path, outcome: Outcome) -> None:
        for problem in outcome.problems[:SHOWN]:
            where = ":".join(str(each) for each in (file.name, problem.sheet, problem.row) if each)
            level = _("error") if problem.level == "error" else _("warning")
            self.say(f"{where}: {level}: {problem.sentence}")
        if (left := len(outcome.problems) - SHOWN) > 0:
            self.say(_("… and %(count)s more; --json names them all.") % {"count": left})
        if outcome.reason:
            self.say(str(outcome.reason))

    def _summary(self, outcome: Outcome) -> str:
        words = {
            Status.IMPORTED: _("Imported as batch %(batch)s") % {"batch": outcome.batch},
            Status.CHECKED: _("Checked, nothing kept"),
            Status.UNCHANGED: _("Unchanged: this file is batch %(batch)s") % {"batch": outcome.batch},
            Status.REFUSED: _("Refused"),
        }
        counts = {
            "read": outcome.read,
            "taken": outcome.accepted,
            "refused": outcome.refused,
            "repeated": outcome.repeated,
        }
        rows = _("rows read %(read)s, taken %(taken)s, refused %(refused)s, repeated %(repeated)s") % counts
        return f"{words[outcome.status]}: {rows}."


class List(command.Command):
    help = "List the batches, the newest first, and which of them count in figures."
    example = "thidua records list --unit hoa-sen --json"

    def add_arguments(self, parser):
        parser.add_argument("--dataset", default="", metavar="DATASET", help="only this dataset")
        _add_batch(parser, required=False)

    def handle(self, *, dataset, unit, period, **options):
        chosen = queries.unit_by_code(unit) if unit else None
        of, year = dataset_of(dataset).id if dataset else "", period_of(period).name if period else ""
        found = queries.batches(dataset=of, unit=chosen, period=year)
        counting = queries.in_force_ids(found)
        rows = [queries.told(batch, counting) for batch in found]
        shown = ("batch", "dataset", "unit", "period", "rows", "refused", "state", "file")
        self.answer(rows, "\n".join("\t".join(str(row[key]) for key in shown) for row in rows))


class Undo(command.Command):
    help = "Take the batch in force back, so that the one before it counts again; --batch names another."
    example = "thidua records undo dossiers --unit hoa-sen --period 2023"

    def add_arguments(self, parser):
        parser.add_argument("dataset", nargs="?", default="", metavar="DATASET")
        _add_batch(parser, required=False)
        parser.add_argument("--batch", type=int, metavar="ID", help="a given batch")

    def handle(self, *, dataset, unit, period, batch, **options):
        if not batch and not (dataset and unit and period):
            self.wrong(_("Name DATASET, --unit and --period, or --batch."))
        chosen = _chosen(dataset, unit, period, batch)
        chosen = actions.withdraw(batch=chosen, by=None, at=timezone.now())
        before = queries.batches(dataset=chosen.dataset, unit=chosen.unit, period=chosen.period)
        now = next(iter(queries.in_force_ids(before)), None)
        text = _("Batch %(batch)s is taken back.") % {"batch": chosen.pk}
        self.answer({"status": "withdrawn", "batch": chosen.pk, "in_force": now}, text)


class Export(command.Command):
    help = "Write the cleaned rows of a batch as Excel or Parquet, by the ending of the target."
    example = "thidua records export dossiers --unit hoa-sen --period 2023 --to rows.xlsx"

    def add_arguments(self, parser):
        parser.add_argument("dataset", nargs="?", default="", metavar="DATASET")
        _add_batch(parser, required=False)
        parser.add_argument("--batch", type=int, metavar="ID", help="a given batch")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="target, .xlsx or .parquet")

    def handle(self, *, dataset, unit, period, batch, to, **options):
        if not batch and not (dataset and unit and period):
            self.wrong(_("Name DATASET, --unit and --period, or --batch."))
        if to.suffix not in (".xlsx", ".parquet"):
            self.wrong(_("The target ends in .xlsx or .parquet."))
        chosen = _chosen(dataset, unit, period, batch)
        source = actions.export(batch=chosen, by=None, at=timezone.now())
        try:
            self._write(chosen, source, to)
        except OSError as error:
            values = {"file": to, "why": error.strerror}
            raise Denied(_("%(file)s cannot be written: %(why)s.") % values) from error
        text = ngettext("%(n)s row written.", "%(n)s rows written.", chosen.rows) % {"n": chosen.rows}
        self.answer({"batch": chosen.pk, "file": str(to), "rows": chosen.rows}, text)

    def _write(self, batch: Batch, source: Path, to: Path) -> None:
        if to.suffix == ".parquet":
            shutil.copyfile(source, to)
            return
        with workbook.rows_in_excel(batch, source) as made, to.open("wb") as target:
            shutil.copyfileobj(made, target)


def _chosen(dataset: str, unit: str, period: str, batch: int | None) -> Batch:
    if batch:
        chosen = queries.batch_by_id(batch)
        is_of = (chosen.dataset, chosen.unit.code, chosen.period)
        fits = all(said in ("", its) for said, its in zip((dataset, unit, period), is_of, strict=True))
        need(fits, _("Batch %(batch)s is of %(what)s.") % {"batch": batch, "what": " · ".join(is_of)})
        return chosen
    return queries.batch_in_force(dataset_of(dataset).id, queries.unit_by_code(unit), period_of(period).name)


class Command(command.Subcommands):
    help = "Import, list, take back and export records."
    verbs = {"import": Import, "list": List, "undo": Undo, "export": Export}
