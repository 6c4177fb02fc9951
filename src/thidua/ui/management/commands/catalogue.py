import sys

from django.conf import settings

from thidua.ui import catalogue, command


class Extract(command.Command):
    help = "Collect the messages of all rooms into their catalogues."
    example = "thidua catalogue extract"

    def handle(self, **options):
        written = [str(path.relative_to(catalogue.ROOT.parent)) for path in catalogue.extract_all()]
        self.answer({"written": written}, "\n".join(written) or "All catalogues are up to date.")


class Compile(command.Command):
    help = "Compile the catalogues that changed."
    example = "thidua catalogue compile"

    def handle(self, **options):
        written = [str(path) for path in catalogue.compile_all(instead=settings.HOME / "locale")]
        self.answer({"written": written}, f"{len(written)} compiled.")


class Check(command.Command):
    help = "Fail when a Vietnamese message is missing or broken."
    example = "thidua catalogue check"

    def handle(self, **options):
        problems = catalogue.check_all()
        for problem in problems:
            self.say(str(problem))
        listed = [{"file": found.file, "message": found.message, "trouble": found.trouble} for found in problems]
        self.answer({"problems": listed}, "" if problems else "All messages are translated.")
        if problems:
            sys.exit(1)


class Command(command.Subcommands):
    help = "Collect, compile and check the Vietnamese messages."
    verbs = {"extract": Extract, "compile": Compile, "check": Check}
