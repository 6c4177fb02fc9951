from django.conf import settings
from django.core.management import call_command

from thidua.ledger import actions as ledger
from thidua.ui import catalogue, command, front


class Command(command.Command):
    help = "Make ready to run: tables, shared cache, front-end files, catalogues. Safe to repeat."
    example = "thidua init"

    def handle(self, **options):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        ledger.guard()  # a restore gives every table the rights that new tables have
        front.gather(settings.HOME / "front")
        call_command("collectstatic", interactive=False, verbosity=0)
        catalogue.compile_all()
        self.answer({"ready": True})
