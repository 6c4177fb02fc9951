"""The command line: ``thidua <command>`` over Django's management commands, with the database held for the while."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from thidua.host import postgres, supervise, variables
from thidua.host.home import home
from thidua.host.process import HostError

OURS = "thidua."
# Commands that change tables run as the owner of the tables; everything else as the application.
AS_OWNER = {"createcachetable", "flush", "init", "makemigrations", "migrate", "restore", "sqlflush", "squashmigrations"}
# Those that watch others, which load Django themselves.
SUPERVISED = {"run", "web"}
# Processes that people use, or that write to them: they demand more of the settings.
SERVING = {"run", "web", "worker"}
# Commands that neither read nor write rows, and the supervisor, which holds the database itself.
WITHOUT_DATABASE = {
    "catalogue",
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "roles",
    "run",
    "signatures",
    "version",
    "web",
}


def main() -> None:
    """Entry point of the console script."""
    _speak_utf8()
    words = sys.argv[1:]
    name = words[0] if words else "help"
    _set_environment(name)
    try:
        variables.check(serving=name in SERVING)
        if name in {"help", "-h", "--help"} and len(words) < 2:
            _print_overview()
            return
        if name in SUPERVISED and not _asks_for_help(words):
            sys.exit(supervise.main(name, words[1:]))
        with _database(name, words):
            _execute(["thidua", *words])
    except HostError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _speak_utf8() -> None:
    """Vietnamese text must come out whole, whatever the locale of the caller."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def _set_environment(name: str) -> None:
    """Everything that settings read must be there before they are loaded."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thidua.config.settings")
    if name == "run":
        os.environ["THIDUA_HTTP"] = "1"
    if name in AS_OWNER:
        os.environ["THIDUA_AS_OWNER"] = "1"


@contextlib.contextmanager
def _database(name: str, words: list[str]) -> Iterator[None]:
    needless = name in WITHOUT_DATABASE or name.startswith("-") or _asks_for_help(words)
    if needless or variables.value("DATABASE_URL"):
        yield
        return
    with postgres.hold(home()):
        if name not in AS_OWNER and not _has_tables():
            _make_tables()
        yield


def _has_tables() -> bool:
    import psycopg

    with psycopg.connect(postgres.url(home(), "owner")) as connection:
        return connection.execute("select to_regclass('django_migrations')").fetchone() != (None,)


def _make_tables() -> None:
    """A command on a machine where nothing ran yet; what ``init`` says goes to people, not into the answer."""
    command = [sys.executable, "-m", "thidua.config.cli", "init"]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:  # noqa: S603 — our own command
        raise HostError("The tables could not be made; see above.")


def _asks_for_help(words: list[str]) -> bool:
    return bool({"-h", "--help"} & set(words))


def _execute(words: list[str]) -> None:
    from django.core.management import ManagementUtility

    utility = ManagementUtility(words)
    utility.prog_name = "thidua"
    utility.execute()


def _print_overview() -> None:
    """Our commands with a line each, then the names of Django's."""
    import textwrap

    import django
    from django.core.management import get_commands

    django.setup()
    homes = {name: app if isinstance(app, str) else app.__module__ for name, app in get_commands().items()}
    ours = sorted(name for name, app in homes.items() if app.startswith(OURS))
    others = " ".join(sorted(set(homes) - set(ours)))
    width = max((len(name) for name in ours), default=0)
    lines = [f"  {name.ljust(width)}  {_line_of_help(homes[name], name)}" for name in ours]
    rest = textwrap.fill(others, 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    text = ["usage: thidua COMMAND [--help]", "", "commands:", *lines, "", "commands of Django and its parts:", rest]
    print("\n".join(text))  # noqa: T201


def _line_of_help(app: str, name: str) -> str:
    from django.core.management import load_command_class

    try:
        return str(load_command_class(app, name).help).strip().splitlines()[0]
    except Exception as error:  # one broken command shall not hide the others
        return f"(cannot be loaded: {error})"


if __name__ == "__main__":
    main()
