from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from thidua.ledger import actions as ledger
from thidua.ui import catalogue, command, front, starting


class Command(command.Command):
    help = "Make ready to run: tables, shared cache, front-end files, catalogues. Safe to repeat."
    example = "thidua init"

    def handle(self, **options):
        self._say_what_changes()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        ledger.guard()  # a restore gives every table the rights that new tables have
        front.gather(settings.HOME / "front")
        call_command("collectstatic", interactive=False, verbosity=0)
        catalogue.compile_all(instead=settings.HOME / "locale")
        changes = [str(sentence) for sentence in starting.changes()]
        for sentence in changes:
            self.say(sentence)
        self.answer({"ready": True, "left_to_decide": changes})

    def _say_what_changes(self) -> None:
        """The migrations of an upgrade that change figures say so: a line in ``says`` of their class."""
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            return
        for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
            if said := getattr(migration, "says", ""):
                self.say(said)
