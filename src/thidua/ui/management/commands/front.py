from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from thidua.ui import front


class Command(BaseCommand):
    help = "Gather Bootstrap and the typeface from their packages into the home folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, help="another folder than <home>/front")

    def handle(self, *args, to: Path | None = None, **options):
        written = front.gather(to or Path(settings.HOME) / "front")
        self.stdout.write(f"{len(written)} files in {written[0].parent}")
