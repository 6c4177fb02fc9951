from thidua.host import sizes
from thidua.ledger import worker
from thidua.ui import command, starting


class Command(command.Command):
    help = "Do the jobs of the queue: letters, reminders, papers, imports."
    example = "thidua worker --once"

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="stop when the queue is empty")
        parser.add_argument("--concurrency", type=int, default=sizes.jobs_at_once(), help="jobs at the same time")

    def handle(self, *, once: bool, concurrency: int, **options):
        if not once:
            starting.begin()
        worker.run(concurrency=concurrency, once=once, say=self.say)
