import re
from pathlib import Path

from django.core.management import call_command

import thidua.ui
from thidua.ui import front

STATIC = Path(thidua.ui.__file__).parent / "static" / "ui"
TEMPLATES = Path(thidua.ui.__file__).parent / "templates"


def test_the_command_gathers_what_the_theme_and_the_pages_name(tmp_path):
    call_command("front", to=tmp_path, verbosity=0)
    names = {path.name for path in (tmp_path / "carried").iterdir()}
    wanted = set(re.findall(r'url\("\.\./carried/([^"]+)"\)', (STATIC / "theme.css").read_text(encoding="utf-8")))
    for page in TEMPLATES.rglob("*.html"):
        wanted |= set(re.findall(r"'carried/([^']+)'", page.read_text(encoding="utf-8")))
    assert len(wanted) == 4
    assert wanted <= names


def test_gathering_twice_writes_nothing_new(tmp_path):
    first = {path: path.stat().st_mtime_ns for path in front.gather(tmp_path)}
    assert first == {path: path.stat().st_mtime_ns for path in front.gather(tmp_path)}


def test_no_file_points_at_a_map_that_is_not_there(tmp_path):
    front.gather(tmp_path)
    assert b"sourceMappingURL" not in (tmp_path / "carried" / "bootstrap.min.css").read_bytes()


def test_every_icon_that_a_page_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    root = Path(thidua.ui.__file__).parent.parent
    named = set()
    for page in root.rglob("*.html"):
        named |= set(re.findall(r'\{% icon "([^"]+)"', page.read_text(encoding="utf-8")))
    assert named - drawn == set()


def test_no_page_carries_inline_script_or_style():
    root = Path(thidua.ui.__file__).parent.parent
    for page in root.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|hx-on", text), page
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), page
