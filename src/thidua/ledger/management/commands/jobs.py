"""``thidua jobs``: work that failed; have it tried again, or set it aside."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.ledger import care
from thidua.ledger.kinds import label_of
from thidua.ledger.models import FailedJob
from thidua.ui import command


def _found(number: int) -> FailedJob:
    job = FailedJob.objects.filter(pk=number).first()
    need(job, _("There is no failed work of the number %(n)s.") % {"n": number})
    return job


class List(command.Command):
    help = "List work that was given up, or, with --all, also what is still tried or was set aside."
    example = "thidua jobs list --json"

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", dest="everything", help="also what waits for no person")

    def handle(self, *, everything, **options):
        found = FailedJob.objects.all() if everything else FailedJob.objects.given_up()
        rows = [_as_json(job) for job in found.order_by("-failed_at")]
        lines = [
            f"{row['number']:>6}  {row['failed_at']:%d/%m/%Y %H:%M}  {row['label']}: {row['error']}" for row in rows
        ]
        self.answer(rows, "\n".join(lines) or _("No work has failed."))


class Retry(command.Command):
    help = "Have failed work tried again, with all its tries."
    example = "thidua jobs retry 12"

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, metavar="NUMBER", help="as the list says")

    def handle(self, *, number, **options):
        care.try_again(job=_found(number), by=None, at=timezone.now())
        self.answer({"retried": number}, _("The work is asked for again."))


class SetAside(command.Command):
    help = "Set failed work aside: it is not done, and that is known."
    example = 'thidua jobs set-aside 12 --why "The unit handed the file in anew"'

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, metavar="NUMBER", help="as the list says")
        parser.add_argument("--why", required=True, help="the reason, kept beside it")

    def handle(self, *, number, why, **options):
        care.set_aside(job=_found(number), why=why, by=None, at=timezone.now())
        self.answer({"set_aside": number}, _("The work is set aside."))


def _as_json(job: FailedJob) -> dict[str, object]:
    return {
        "number": job.pk,
        "job": job.name,
        "label": label_of(job.name),
        "arguments": job.arguments,
        "tries": job.tries,
        "error": job.error,
        "sentence": job.sentence,
        "failed_at": timezone.localtime(job.failed_at),
        "next_try_at": job.next_try_at,
        "given_up_at": job.given_up_at,
        "set_aside_at": job.set_aside_at,
        "why": job.why,
    }


class Command(command.Subcommands):
    help = "Work of the background that failed."
    verbs = {"list": List, "retry": Retry, "set-aside": SetAside}
