"""``thidua demo``: believable campaigns to try the product with."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.demo import filling
from thidua.ui import command


class Command(command.Command):
    help = "Fill an empty database with made-up campaigns."
    example = "thidua demo --units 300 --seed 1 --stage report"

    def add_arguments(self, parser):
        parser.add_argument("--units", type=int, default=300)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--stage", choices=filling.STAGES, default="report", help="how far the last year has come")
        parser.add_argument("--registrations", type=int, help="about how many in the large campaign")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are units already")

    def handle(self, *, units, seed, stage, registrations, if_empty, **options):
        if filling.has_data():
            need(if_empty, _("There are units already; the demonstration fills only an empty database."))
            self.answer({"filled": False})
            return
        steps = filling.fill(units=units, seed=seed, stage=stage, registrations=registrations, at=timezone.now())
        for step in self.progress(steps, len(filling.STEPS), _("demonstration data")):
            self.say(step)
        self.say(_("Sign in with the password %(password)s as:") % {"password": filling.PASSWORD})
        for username, purpose in filling.accounts():
            self.say(f"  {username:<12} {purpose}")
        self.answer({"filled": True, "units": units, "seed": seed, "stage": stage})
