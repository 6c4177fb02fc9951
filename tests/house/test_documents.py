"""What the documents name is there: a proof that nobody can run is none."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = re.compile(r"\b(?:tests/[\w/]+(?:\.py)?|test_\w+\.py)")


def test_tests_that_documents_name_are_there():
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "docs").rglob("*.md")
        for name in TESTS.findall(path.read_text(encoding="utf-8"))
    }
    assert named
    assert [each for each in sorted(named) if not ((ROOT / each[1]).exists() or each[1] in known)] == []
