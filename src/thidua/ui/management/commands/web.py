import sys

from thidua.host import supervise
from thidua.ui import command


class Command(command.Command):
    help = "Serve the web pages alone, for a service of its own beside one of: thidua worker."
    example = "thidua web --port 8000"

    def add_arguments(self, parser):
        supervise.add_arguments_of_web(parser)

    def handle(self, *, port: str, address: str, **options):
        sys.exit(supervise.serve_web(port, address))
