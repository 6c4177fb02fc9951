"""``thidua tables``: print the tables of states, permissions and settings, from the code, into docs/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from thidua.analytics import rules as analytics
from thidua.apologies import rules as apologies
from thidua.campaigns import rules as campaigns
from thidua.core.dossiers import MOVES, DossierState
from thidua.core.obligations import BoardState
from thidua.core.refusals import need
from thidua.documents import rules as documents
from thidua.dossiers import rules as dossiers
from thidua.host import variables
from thidua.monitoring import rules as monitoring
from thidua.people import rules as people
from thidua.reports import rules as reports
from thidua.summaries import rules as summaries
from thidua.surveys import rules as surveys
from thidua.ui import command

ROOMS = {
    "analytics": analytics,
    "apologies": apologies,
    "campaigns": campaigns,
    "documents": documents,
    "dossiers": dossiers,
    "monitoring": monitoring,
    "people": people,
    "reports": reports,
    "summaries": summaries,
    "surveys": surveys,
}
# The table of settings stands between these two lines of its page.
BEGIN, END = "<!-- printed by `thidua tables` from host/variables.py -->", "<!-- end of the printed table -->"
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
    for room, rules in ROOMS.items():
        for verb, who in rules.PERMISSIONS.items():
            yield f"| {room} | `{verb}` | {who} |"


def operating() -> str:
    """The page as it is, with its table printed anew."""
    before, _begin, rest = _printed("operating.md").partition(BEGIN)
    _old, end, after = rest.partition(END)
    need(end, f"docs/operating.md has no “{BEGIN}” … “{END}”.")
    return f"{before}{BEGIN}\n\n{chr(10).join(variables.table())}\n\n{END}{after}"


class Command(command.Command):
    help = "Print the tables of states, permissions and settings into docs/."
    example = "thidua tables --check"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say whether the printed tables are true")

    def handle(self, *, check, **options):
        with translation.override("en"):
            pages = {"states.md": "\n".join(states()) + "\n", "permissions.md": "\n".join(permissions()) + "\n"}
        pages["operating.md"] = operating()
        differing = [name for name, text in pages.items() if _printed(name) != text]
        need(not (check and differing), f"Run `thidua tables`: {', '.join(differing)} differ from the code.")
        for name in differing:
            (DOCS / name).write_text(pages[name], encoding="utf-8")
        self.answer({"written": differing})


def _printed(name: str) -> str:
    page = DOCS / name
    return page.read_text(encoding="utf-8") if page.exists() else ""
