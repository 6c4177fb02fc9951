"""What ruff sees in Python, here in templates and their tags: nothing goes to a page but through Django's escaping,
every attribute is quoted, addresses are our own, and nothing runs in the page."""

import ast
import re
from pathlib import Path

import pytest

import thidua

SOURCE = Path(thidua.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
PYTHON = [path for path in SOURCE.rglob("*.py") if "/migrations/" not in str(path)]
# Put together from what is escaped already: the words of forms, and parts that format_html made.
LOOKED_AT = {"ui/templatetags/controls.py": 2, "ui/templatetags/ui.py": 2}
MARKING = {"mark_safe", "SafeString", "SafeText", "html_safe"}
FORMATTING = {"format_html", "format_html_join"}

UNESCAPED = re.compile(r"\|\s*safe(seq)?\b|\{%\s*(autoescape\s+off|filter\s+safe|debug)|\{\{\{")
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
UNQUOTED = re.compile(r"\s[\w:@-]+=(?!['\"])\S")
RUNS = re.compile(
    r"\son[a-z]+\s*=|\sstyle\s*=|javascript:|<style\b|<script(?![^>]*\b(?:src=|type=\"application/json\"))|\bsrcdoc\s*=",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"\b(?:href|src|action|formaction|hx-get|hx-post)=(\"[^\"]*\"|'[^']*')")
BEGINS = re.compile(r"\{\{\s*([\w.]+)")
# Names whose addresses are made by reverse(), by listing filters, or checked where they are made (came_from, letters).
OURS = re.compile(
    r"([\w]+\.)*(get_absolute_url|get_full_path|url|path|address|opens|src|href|action|formaction|down|rows|previous"
    r"|next|list|opened|machines|totp_svg_data_uri|\w+_url|\w+_at)"
)


def without_words(text: str) -> str:
    """The template without its tags and variables, which stand for a word."""
    told = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "x", told, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_lets_nothing_past_the_escaping(path):
    text = path.read_text(encoding="utf-8")
    assert not UNESCAPED.search(text)
    for tag in TAG.findall(without_words(text)):
        bare = re.sub(r"=(\"[^\"]*\"|'[^']*')", '="x"', tag)
        assert not UNQUOTED.search(bare), tag
        assert not RUNS.search(tag), tag
    assert not RUNS.search(re.sub(r"<script[^>]*\b(?:src=|type=\"application/json\")[^>]*>", "", text)), path
    for value in ADDRESS.findall(text):
        found = BEGINS.match(value.strip("\"'"))
        assert not found or OURS.fullmatch(found.group(1)), value


def marked(path: Path) -> list[str]:
    """Calls that take text for safe which is no constant of the program."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = 1 if name == "format_html_join" else 0
        if name in MARKING | FORMATTING and not _is_constant(node, at):
            found.append(f"{name} in line {node.lineno}")
    return found


def _is_constant(call: ast.Call, at: int) -> bool:
    given = call.args[at] if len(call.args) > at else None
    if isinstance(given, ast.IfExp):
        return isinstance(given.body, ast.Constant) and isinstance(given.orelse, ast.Constant)
    return isinstance(given, ast.Constant)


def test_only_constants_and_what_was_looked_at_are_taken_for_safe():
    found = {str(path.relative_to(SOURCE)): marked(path) for path in PYTHON}
    assert {name: len(calls) for name, calls in found.items() if calls} == LOOKED_AT, found
