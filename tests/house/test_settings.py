"""Each setting is declared once (host/variables.py), so that it is checked at start and stands in docs/operating.md."""

import re
from pathlib import Path

import thidua
from thidua.host import variables

SOURCE = Path(thidua.__file__).parent
DECLARED = {each.name for each in variables.VARIABLES}
# Of tests of the product itself, or of systems beside it.
OTHERS = {"THIDUA_"}


def test_every_setting_that_the_code_names_is_declared():
    named = {
        (name, str(path.relative_to(SOURCE)))
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"\b(?:THIDUA|DATABASE)_[A-Z0-9_]*\b", path.read_text(encoding="utf-8"))
        if name.startswith("THIDUA_") or name.endswith("_URL")
    }
    unknown = sorted(each for each in named if each[0] not in DECLARED | OTHERS)
    assert not unknown, f"declare them in host/variables.py: {unknown}"


def test_settings_are_read_through_their_declaration():
    text = (SOURCE / "config" / "settings.py").read_text(encoding="utf-8")
    assert "os.environ" not in text, "value() of host/variables.py reads the environment"
