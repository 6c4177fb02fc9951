"""Nothing is done without a row in the trail, and the table of permissions is what rules and actions say.

Read from the source: an action records when it, or something that it calls, calls the ledger.
"""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

import thidua

ROOT = Path(thidua.__file__).parent
RECORDING = {("thidua.ledger.actions", name) for name in ("record", "record_all")}
# What somebody has read under the bell is nobody else's business.
NOT_RECORDED = {("thidua.people.actions.letters", "read_letters")}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(["thidua", *(part for part in parts if part != "__init__")])


def writing_modules() -> list[str]:
    """Where a room writes: its actions, and its import of lists; of the ledger, what people do about failed jobs."""
    found = [path for name in ("actions", "bulk") for path in ROOT.glob(f"*/{name}.py")]
    found += [path for name in ("actions", "bulk") for path in ROOT.glob(f"*/{name}/*.py")]
    found = [path for path in found if path.parent.name != "ledger"]
    return sorted(module_of(path) for path in [*found, ROOT / "ledger" / "care.py"])


@cache
def source(module: str) -> ast.Module:
    """The module read; nothing for what only looks like one, as a constant's method does."""
    path = ROOT.parent.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8") if file.exists() else "")


@cache
def functions(module: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in source(module).body if isinstance(node, ast.FunctionDef)}


@cache
def imported(module: str) -> dict[str, str]:
    """Name → what it stands for: a module, or a name within one."""
    nodes = [node for node in ast.walk(source(module)) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in nodes for alias in node.names}


def called(module: str, name: str) -> set[tuple[str, str]]:
    """(module, function) of what a function of ours calls."""
    found = set()
    for node in ast.walk(functions(module)[name]):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            full = imported(module).get(node.func.id, f"{module}.{node.func.id}")
            found.add(tuple(full.rsplit(".", 1)))
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            found.add((imported(module).get(node.func.value.id, ""), node.func.attr))
    return found


def records(module: str, name: str, seen=frozenset()) -> bool:
    if (module, name) in RECORDING:
        return True
    if (module, name) in seen or not module.startswith("thidua.") or name not in functions(module):
        return False
    return any(records(*each, seen | {(module, name)}) for each in called(module, name) if each[0])


def actions_of(module: str) -> list[str]:
    """Public functions that somebody does at some moment; of a package, those that it offers."""
    offered = offered_by(module.rpartition(".")[0])
    return [
        name
        for name, node in functions(module).items()
        if not name.startswith("_")
        and (offered is None or name in offered)
        and {"by", "at"} <= {each.arg for each in node.args.kwonlyargs}
    ]


@cache
def offered_by(package: str) -> set[str] | None:
    """The names in ``__all__`` of a package of actions; None for what is none."""
    if package.rpartition(".")[2] not in ("actions", "bulk"):
        return None
    return {
        each.value
        for node in source(package).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
        for each in node.value.elts
    }


ACTIONS = [(module, name) for module in writing_modules() for name in actions_of(module)]
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/rules.py"))


@pytest.mark.parametrize(("module", "name"), ACTIONS, ids=lambda part: part.removeprefix("thidua."))
def test_an_action_records_itself(module, name):
    assert records(module, name) != ((module, name) in NOT_RECORDED)


def test_all_rooms_are_walked():
    assert len(ACTIONS) > 30
    assert {module.split(".")[1] for module, _name in ACTIONS} >= {"campaigns", "dossiers", "people", "reports"}


@pytest.mark.parametrize("room", ROOMS)
def test_permissions_are_what_rules_and_actions_say(room):
    rules = f"thidua.{room}.rules"
    table = set(importlib.import_module(rules).PERMISSIONS)
    # A check that asks for the person is the check of a verb; the others are parts of several.
    checks = {
        name.removeprefix("check_")
        for name, node in functions(rules).items()
        if name.startswith("check_") and node.args.args[0].arg == "person"
    }
    done = {name for module, name in ACTIONS if module.split(".")[1] == room}
    assert checks - table == set(), "a check without its row in PERMISSIONS"
    assert table - done == set(), "a row of PERMISSIONS without its action"


def test_a_silent_action_would_be_found():
    """The reader of the source is not blind: read_letters is known to be silent, and delegate is not."""
    assert not records("thidua.people.actions.letters", "read_letters")
    assert records("thidua.people.actions.members", "delegate")
    assert records("thidua.people.bulk.units", "import_units")


WITH_KEY = re.compile(r"\b(Person|Unit|Campaign|ApiToken)\.objects\.select_for_update\((?!no_key=True)")


def test_what_rows_of_others_point_at_is_locked_without_its_key():
    """Each row that is written about a person or a unit locks their key: two steps that each hold the other's would
    wait for each other without end."""
    assert not [str(path) for path in ROOT.rglob("*.py") if WITH_KEY.search(path.read_text(encoding="utf-8"))]
