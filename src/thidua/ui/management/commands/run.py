import sys

from thidua.host import supervise
from thidua.ui import command


class Command(command.Command):
    help = "Start everything on this machine: database, web pages, jobs. Ctrl-C stops it."
    example = "thidua run --port 8001"

    def add_arguments(self, parser):
        supervise.add_arguments(parser)

    def handle(self, *, port: str, empty: bool, **options):
        sys.exit(supervise.serve(port, empty))
