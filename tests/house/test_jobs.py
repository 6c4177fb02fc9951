"""Jobs go through ``ledger.jobs``: another way to the queue would run beside the caller's transaction."""

import ast
from pathlib import Path

import thidua
from thidua.ledger import jobs

SOURCE = Path(thidua.__file__).parent
# Settings name its app besides.
OURS = {f"ledger/{name}.py" for name in ("jobs", "attempts", "upkeep", "worker")}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def test_nobody_else_speaks_to_the_queue():
    found = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if "procrastinate" in imported(path)}
    assert found - OURS == set()


def test_what_is_freed_can_be_put_back():
    """Else "try again" of a job that was given up would do nothing and say that it did."""
    assert [name for name, kind in jobs.kinds.items() if bool(kind.given_up) != bool(kind.again)] == []


def test_every_name_that_is_asked_for_is_declared():
    asked = {
        node.args[0].value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "jobs.ask"
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked - set(jobs.kinds) == set()
    assert asked >= {"summaries.complete", "analytics.read"}
