"""``thidua tables``: print the tables of states, permissions, settings and keys of plans, from the code, into docs/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.utils import translation
from django.utils.module_loading import module_has_submodule

from thidua.core.dossiers import MOVES, DossierState
from thidua.core.obligations import BoardState
from thidua.core.plan import manual
from thidua.core.refusals import need
from thidua.host import variables
from thidua.ledger import jobs
from thidua.ui import command

# A printed table stands between these two lines of its page.
BEGIN, END = "<!-- printed by `thidua tables` from {source} -->", "<!-- end of the printed table -->"
DOCS = Path(__file__).resolve().parents[5] / "docs"


def states() -> Iterator[str]:
    yield "# States\n\nPrinted by `thidua tables`; change `core/dossiers.py`, not this page.\n"
    yield "## A dossier: which verb leads from where to where\n\n| Verb | From | To |\n|---|---|---|"
    for verb, (sources, target) in MOVES.items():
        listed = ", ".join(str(state.label) for state in DossierState if state in sources)
        yield f"| `{verb}` | {listed} | {target.label} |"
    yield "\n## An obligation on the board\n\n| State | Shown as |\n|---|---|"
    for state in BoardState:
        yield f"| `{state.value}` | {state.label} |"


def permissions() -> Iterator[str]:
    yield "# Who may do what\n\nPrinted by `thidua tables` from the `PERMISSIONS` of each room's rules.\n"
    yield "| Room | Verb | Who |\n|---|---|---|"
    for room, rules in _rules():
        for verb, who in rules.PERMISSIONS.items():
            yield f"| {room} | `{verb}` | {who} |"


def _rules() -> Iterator[tuple[str, ModuleType]]:
    """Every room that has rules."""
    for app in sorted(apps.get_app_configs(), key=lambda each: each.name):
        if app.name.startswith("thidua.") and module_has_submodule(app.module, "rules"):
            yield app.label, import_module(f"{app.name}.rules")


def repeated() -> Iterator[str]:
    """What the worker does again and again."""
    yield "| When (UTC) | What |\n|---|---|"
    for kind in sorted(jobs.kinds.values(), key=lambda each: (_order(each.cron), each.name)):
        if kind.cron:
            yield f"| {_when(kind.cron)} | {kind.label} |"


def _order(cron: str) -> tuple[bool, str]:
    minute, hour = (cron.split() or ["", ""])[:2]
    return hour.isdigit(), f"{hour.zfill(2)}{minute.zfill(4)}"


def _when(cron: str) -> str:
    """Of the forms that rooms use: each minute, every so many, at one of each hour, at one time of the day."""
    minute, hour = cron.split()[:2]
    if minute == "*":
        return "every minute"
    if minute.startswith("*/"):
        return f"every {minute[2:]} minutes"
    return f"{int(hour):02}:{int(minute):02}" if hour.isdigit() else f"every hour at {int(minute):02}"


# Page → its tables, by what they are printed from.
TABLES: dict[str, dict[str, Callable[[], Iterable[str]]]] = {
    "operating.md": {"host/variables.py": variables.table, "ledger.jobs": repeated},
    "plan.md": {"core/plan/manual.py": manual.page},
}


def with_tables(name: str) -> str:
    """The page as it is, with its tables printed anew."""
    page = _printed(name)
    for source, table in TABLES[name].items():
        begin = BEGIN.format(source=source)
        before, _begin, rest = page.partition(begin)
        _old, end, after = rest.partition(END)
        need(end, f"docs/{name} has no “{begin}” … “{END}”.")
        page = f"{before}{begin}\n\n{chr(10).join(table())}\n\n{END}{after}"
    return page


class Command(command.Command):
    help = "Print the tables of states, permissions, settings and keys of plans into docs/."
    example = "thidua tables --check"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say whether the printed tables are true")

    def handle(self, *, check, **options):
        with translation.override("en"):
            pages = {"states.md": "\n".join(states()) + "\n", "permissions.md": "\n".join(permissions()) + "\n"}
            pages |= {name: with_tables(name) for name in TABLES}
        differing = [name for name, text in pages.items() if _printed(name) != text]
        need(not (check and differing), f"Run `thidua tables`: {', '.join(differing)} differ from the code.")
        for name in differing:
            (DOCS / name).write_text(pages[name], encoding="utf-8")
        self.answer({"written": differing})


def _printed(name: str) -> str:
    page = DOCS / name
    return page.read_text(encoding="utf-8") if page.exists() else ""
