import os
import signal
import sys

from django.conf import settings
from django.core.management import get_commands

from thidua.host import process, supervise
from thidua.ui import command


class Command(command.Command):
    help = "Start everything on this machine: database, web pages, jobs. Ctrl-C stops it."
    example = "thidua run --port 8001"

    def add_arguments(self, parser):
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="default: PORT or 8000")
        parser.add_argument("--empty", action="store_true", help="load no example data on the first start")

    def handle(self, *, port: str, empty: bool, **options):
        if os.environ.get("THIDUA_WITH_PARENT"):
            process.die_with_parent_now(signal.SIGTERM)
        first_data = not empty and "demo" in get_commands()
        sys.exit(supervise.run(settings.HOME, str(port), first_data))
