"""What a kind of criterion is stands in core/plan/kinds.py; nothing else asks what it is called."""

import re
from pathlib import Path

import thidua
from thidua.core.plan.kinds import CRITERION_KINDS

SOURCE = Path(thidua.__file__).parent
ASKED = re.compile(rf"""kind\s*(==|!=|in)\s*[("'{{]+(?:{"|".join(set(CRITERION_KINDS) - {"personal"})})["']""")
# A plan names its kinds, and the manual and the skeleton of a plan show them.
NAMES = {SOURCE / "core/plan/kinds.py", SOURCE / "core/plan/manual.py"}


def test_no_code_asks_what_a_kind_is_called():
    files = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]
    found = [f"{path}: {match[0]}" for path in files if path not in NAMES for match in ASKED.finditer(path.read_text())]
    assert not found
