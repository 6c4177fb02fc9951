from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.host import roles, variables
from thidua.ui import command


class Command(command.Command):
    help = "Print the SQL that makes the two roles of a PostgreSQL of your own, or run it. Safe to repeat."
    example = "thidua roles | psql postgresql://postgres@host/postgres"

    def add_arguments(self, parser):
        parser.add_argument("--run", action="store_true", help="run it, as the role of DATABASE_SUPERUSER_URL")

    def handle(self, *, run: bool, **options):
        wanted = roles.of_addresses(variables.value("DATABASE_URL"), variables.value("DATABASE_OWNER_URL"))
        if not run:
            self.answer({"sql": roles.script(wanted)}, roles.script(wanted))
            return
        superuser = variables.value("DATABASE_SUPERUSER_URL")
        need(superuser, _("--run needs DATABASE_SUPERUSER_URL, the address of a role that may make roles."))
        roles.make(wanted, superuser)
        said = {"owner": wanted.owner, "app": wanted.app, "database": wanted.database}
        self.answer(said, _("The database %(database)s belongs to %(owner)s, and %(app)s runs the application.") % said)
