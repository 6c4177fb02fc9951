"""``thidua plan new|check|show|load|publish|upgrade``."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.campaigns import actions, changes, followers, queries
from thidua.campaigns.models import Campaign
from thidua.core import bounds
from thidua.core.plan.reader import Problem, how_many
from thidua.core.plan.show import show
from thidua.core.refusals import Denied, need
from thidua.core.vietnamese import day
from thidua.host.files import content_of
from thidua.ui import command


def text_of(file: Path) -> str:
    """The text of a plan file. Raises Denied where it cannot be read."""
    try:
        return content_of(file, bounds.PLAN_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise Denied(_("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}) from error
    except UnicodeDecodeError as error:
        raise Denied(_("%(file)s is not a text file in UTF-8.") % {"file": file}) from error


def as_json(problem: Problem) -> dict[str, object]:
    return {
        "level": problem.level,
        "path": problem.path,
        "line": problem.line,
        "code": problem.code,
        "message": str(problem.sentence),
    }


def as_line(file: Path, problem: Problem) -> str:
    where = f"{file}:{problem.line}" if problem.line else str(file)
    level = _("error") if problem.level == "error" else _("warning")
    return f"{where}: {level}: {problem.path}: {problem.sentence}"


class New(command.Command):
    help = "Write a commented skeleton of a plan, to be changed into one's own."
    example = "thidua plan new plan.toml"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="file to be written; it must not be there yet")

    def handle(self, *, file, **options):
        text = resources.files("thidua.campaigns").joinpath("skeleton.toml").read_text(encoding="utf-8")
        try:
            with file.open("x", encoding="utf-8") as new:
                new.write(text)
        except FileExistsError as error:
            raise Denied(_("%(file)s is there already; name another file.") % {"file": file}) from error
        except OSError as error:
            said = {"file": file, "why": error.strerror}
            raise Denied(_("%(file)s cannot be written: %(why)s.") % said) from error
        self.answer({"file": str(file)}, _("%(file)s is written; change it, then: thidua plan check.") % {"file": file})


class FileCommand(command.Command):
    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="plan file (TOML)")


class Check(FileCommand):
    help = "Read a plan file and name every problem in it."
    example = "thidua plan check plan.toml"

    def handle(self, *, file, **options):
        _plan, problems = queries.read_plan(text_of(file), file.name)
        errors = how_many(problems, "error")
        for problem in problems:
            self.say(as_line(file, problem))
        count = ngettext("%(n)s error.", "%(n)s errors.", errors) % {"n": errors}
        self.answer({"ok": not errors, "problems": [as_json(problem) for problem in problems]}, "" if errors else count)
        need(not errors, count)


class Show(FileCommand):
    help = "Print the campaign of a plan file as people read it."
    example = "thidua plan show plan.toml"

    def handle(self, *, file, **options):
        plan, problems = queries.read_plan(text_of(file), file.name)
        if plan is None:
            raise Denied(as_line(file, problems[0]))
        self.answer({"id": plan.id, "text": show(plan)}, show(plan))


class Load(FileCommand):
    help = "Store a plan file as the next draft of its campaign."
    example = "thidua plan load plan.toml"

    def handle(self, *, file, **options):
        version, problems = actions.load(text=text_of(file), name=file.name, by=None, at=timezone.now())
        for problem in problems:
            self.say(as_line(file, problem))
        self.answer(
            {
                "campaign": version.campaign.code,
                "version": version.number,
                "published": version.published_at is not None,
            },
            _("Version %(number)s of %(code)s is stored.") % {"number": version.number, "code": version.campaign.code},
        )


class Publish(command.Command):
    help = "Put the newest draft of a campaign in force; what units owe becomes what it says, and they are written to."
    example = "thidua plan publish cchc-2023-2025 --dry-run"

    def add_arguments(self, parser):
        parser.add_argument("campaign", metavar="CAMPAIGN", help="code of the campaign")
        parser.add_argument("--dry-run", action="store_true", help="say what it would change, and change nothing")

    def handle(self, *, campaign, dry_run, **options):
        found = Campaign.objects.filter(code=campaign).first()
        need(found, _("There is no campaign “%(code)s”.") % {"code": campaign})
        version = found.versions.order_by("-number").first()
        need(version.published_at is None, _("The newest version is already published."))
        if dry_run:
            self._say(version)
            return
        done = actions.publish(version=version, by=None, at=timezone.now())
        self.answer(
            {"campaign": campaign, "version": version.number, "obligations": done},
            "\n".join([_("Published."), *(line.sentence for line in changes.told(version))]),
        )

    def _say(self, version) -> None:
        found = changes.consequences(version, at=timezone.now())
        rows, warnings = changes.listed(found), [str(sentence) for sentence in followers.warnings(found.step)]
        fallen = [
            {"unit": row.unit.code, "obligation": row.name, "until": on(row.fallen)} for row in rows if row.fallen
        ]
        told = {
            "campaign": version.campaign.code,
            "version": version.number,
            "dry_run": True,
            "units": found.units,
            "lines": [
                {
                    "what": line.kind.value,
                    "obligation": line.key,
                    "units": line.units,
                    "people": line.people,
                    "due_before": line.due_before and on(line.due_before),
                    "due": on(line.due_at),
                }
                for line in found.lines
            ],
            "extensions_that_fall": fallen,
            "before_today": found.raised,
            "warnings": warnings,
        }
        said = [line.sentence for line in found.lines] or [_("Nothing that a unit owes changes.")]
        said += [
            _("%(unit)s: the extension of “%(name)s” to %(day)s falls.")
            % {"unit": row.unit.name, "name": row.name, "day": day(timezone.localtime(row.fallen))}
            for row in rows
            if row.fallen
        ]
        said += [_("“%(name)s” is due before today; it becomes due today.") % {"name": name} for name in found.raised]
        self.answer(told, "\n".join([*said, *warnings]))


def on(moment: dt.datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


class Upgrade(command.Command):
    help = "Add the measures that the shipped edition of a plan has and the published version lacks."
    example = "thidua plan upgrade cchc-2023-2025 --publish"

    def add_arguments(self, parser):
        parser.add_argument("campaign", metavar="CAMPAIGN", help="code of the campaign")
        parser.add_argument("--publish", action="store_true", help="put the new version in force at once")

    def handle(self, *, campaign, publish, **options):
        found = Campaign.objects.filter(code=campaign).first()
        need(found, _("There is no campaign “%(code)s”.") % {"code": campaign})
        version = actions.upgrade(campaign=found, by=None, at=timezone.now())
        if publish:
            actions.publish(version=version, by=None, at=timezone.now())
        said = {"number": version.number, "code": campaign}
        self.answer(
            {"campaign": campaign, "version": version.number, "published": publish},
            _("Version %(number)s of %(code)s is in force.") % said
            if publish
            else _("Version %(number)s of %(code)s is stored; read it and publish it.") % said,
        )


class Command(command.Subcommands):
    help = "Begin, check, show, load, publish and upgrade plans."
    verbs = {"new": New, "check": Check, "show": Show, "load": Load, "publish": Publish, "upgrade": Upgrade}
