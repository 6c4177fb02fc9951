"""Each setting is declared once (host/variables.py), so that it is checked at start and stands in docs/operating.md."""

import re
from pathlib import Path

import thidua
from thidua.host import variables

SOURCE = Path(thidua.__file__).parent
DECLARED = {each.name for each in variables.VARIABLES}
# Not what sets one: environ["THIDUA_HTTP"] = "1".
READ = re.compile(r"""environ\w*(?:\.(?:get|pop|setdefault)\(|\[)\s*["'](\w+)["'](?!\] = )""")
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
    """A flag that is read as a text is on when it says "no"."""
    read = {
        (name, str(path.relative_to(SOURCE)))
        for path in SOURCE.rglob("*.py")
        for name in READ.findall(path.read_text(encoding="utf-8"))
        if name in DECLARED
    }
    assert not read, f"value() of host/variables.py reads the environment: {sorted(read)}"
