"""Text from outside holds no process: patterns are linear, fields of forms have an end, marks are ordered bounded."""

from __future__ import annotations

import ast
import importlib
import io
import pkgutil
import re
import time
import zipfile
from pathlib import Path

import pytest
from django import forms
from django.core.files.base import ContentFile
from tests.house.linear import faults

import thidua
from thidua.analytics import duck
from thidua.analytics.cleaning.types import composed
from thidua.core import bounds
from thidua.core.plan import lines
from thidua.core.records import headings, values
from thidua.core.records.datasets import Column, ColumnType
from thidua.core.refusals import Denied
from thidua.core.vietnamese import fold, nfc, parse_day, parse_number, search_words, sort_key
from thidua.core.words import _
from thidua.dossiers.queries.words import Said, compared
from thidua.ledger.files import kind_of

ROOT = Path(thidua.__file__).parent
# Asked of a pattern at its name, so that the collection below is complete.
CALLS = {"sub", "subn", "search", "match", "fullmatch", "findall", "finditer", "split"}


def modules():
    for found in pkgutil.walk_packages(thidua.__path__, "thidua."):
        if ".migrations" not in found.name and found.name != "thidua.config.wsgi":
            yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern]:
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def test_every_pattern_takes_time_that_grows_as_its_text():
    found = patterns()
    assert len(found) > 40
    assert {name: wrong for name, pattern in found.items() if (wrong := faults(pattern))} == {}


def test_every_pattern_has_a_name_in_its_module():
    """RE2, which counts records (analytics.cleaning), is linear by itself and takes its patterns as text."""
    inline = []
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        at_top = {id(each) for node in tree.body for each in ast.walk(node) if isinstance(node, ast.Assign)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if getattr(node.func.value, "id", "") != "re":
                continue
            if node.func.attr in CALLS or (node.func.attr == "compile" and id(node) not in at_top):
                inline.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert inline == []


def test_unicode_is_put_in_order_in_two_places_alone():
    """Python's own normalisation takes the square of how many marks follow a letter, and so does DuckDB's."""
    allowed = {"core/vietnamese.py", "analytics/cleaning/types.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "unicodedata.normalize(" in (text := path.read_text(encoding="utf-8")) or "nfc_normalize(" in text
    }
    assert found == allowed


@pytest.mark.parametrize(
    "pattern",
    [r"\([^)]*\)|\[[^]]*\]", r"\s*(?:đ|vnd)\.?$", r"[^\s@]+@", r"\d+\.?\d*x", r"(a+)+b", r"(a|a)*b", r"^\s+|\s+$",
     r".*a.*b", r"\A(\w+\s?)*$", r'"(?:\\.|[^"])*"', r"\A\s*\S+\s*\d*x", r"<f[^>]*(?:/>|>[^<]*</f>)\s*"],
)  # fmt: skip
def test_the_test_knows_a_pattern_that_is_not(pattern):
    assert faults(re.compile(pattern))


@pytest.mark.parametrize(
    "pattern",
    [r"\([^()]*\)", r"[^0-9a-z]+", r"(?<![^\s@])[^\s@]+@", r"\d{9,}", r"\A[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z", r'"[^"]*"'],
)
def test_the_test_lets_linear_ones_pass(pattern):
    assert faults(re.compile(pattern)) == []


def hostile(size: int) -> list[str]:
    """Texts made to be looked at again and again, each of about so many characters."""
    return [
        sign * (size // len(sign))
        for sign in ("[", "(", "((x", "[)", " ", "T,", "1", "1.", "a", "@a", '"\\"', "'''", '"""', "a.", "=", "<f",
                     "<c r=", "#", "\\", "a\u0300", "\u0300\u0316", "đ ", "0 8: ", "8 h", "1 thang ", "- ")
    ]  # fmt: skip


READERS = {
    "fold": fold,
    "nfc": nfc,
    "sort_key": lambda text: sort_key(text[: len(text) // 4]),
    "heading": headings.key,
    "clean": values.clean,
    "words": search_words,
    "text": lambda text: values.read(Column("x", ColumnType.TEXT, _("x"), _("x")), text),
    "plan": lambda text: list(lines._statements(text)),
}


@pytest.mark.parametrize("name", READERS)
def test_a_megabyte_made_to_hold_a_process_is_read_in_moments(name):
    """A quadratic reader takes minutes for these: the bound leaves a slow machine fifty times what it needs."""
    texts, began = hostile(60_000), time.process_time()
    for text in texts:
        READERS[name](text)
    assert time.process_time() - began < 12


@pytest.mark.parametrize("type", [ColumnType.DAY, ColumnType.NUMBER, ColumnType.COUNT, ColumnType.YES_NO])
def test_a_cell_too_long_to_be_a_value_is_none(type):
    with pytest.raises(values.Unreadable):
        values.read(Column("x", type, _("x"), _("x")), "1" * (bounds.VALUE + 1))


@pytest.mark.parametrize("text", ["1e999999", "1e-999999", "9" * 5000, "1" + " " * 200 + "2"])
def test_a_number_without_end_is_no_number(text):
    with pytest.raises(ValueError):
        parse_number(text)
    with pytest.raises(ValueError):
        parse_day(text)


def test_letters_with_a_thousand_marks_are_put_in_order_at_once_by_the_engine_too(tmp_path):
    text, began = "a" + "\u0300" * 30_000 + "\u0316" * 30_000, time.process_time()
    with duck.connected(tmp_path) as connection:
        (length,) = connection.execute(f"select length({composed('x')}) from (select ? as x)", [text]).fetchone()
    assert length == bounds.MARKS
    assert len(fold(text)) == 1
    assert time.process_time() - began < 6


def test_two_versions_of_a_long_answer_are_compared_in_moments():
    words = [f"w{n % 30} " for n in range(4000)]
    other = ["x " if n % 50 == 0 else word for n, word in enumerate(words)]
    began = time.process_time()
    (shown,) = compared([Said("a", "A", "".join(words), [])], [Said("a", "A", "".join(other), [])])
    assert shown.changed
    assert "".join(text for kind, text in shown.pieces if kind != "ins") == "".join(words)
    assert "".join(text for kind, text in shown.pieces if kind != "del") == "".join(other)
    assert time.process_time() - began < 6


def every_form(kind=forms.BaseForm):
    for each in kind.__subclasses__():
        yield each
        yield from every_form(each)


def test_every_text_of_a_form_has_an_end():
    list(modules())
    endless = {
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in every_form()
        if form.__module__.startswith("thidua.")
        for name, field in form.base_fields.items()
        if type(field) is forms.CharField and field.max_length is None
    }
    assert endless == set()


def test_an_address_without_end_is_refused_before_it_is_taken_apart(client):
    assert client.get("/", {"q": "a" * bounds.QUERY}).status_code == 400
    assert client.get("/api/v1/datasets", {"q": "a" * bounds.QUERY}).json()["sentence"]


def test_the_list_of_an_archive_is_measured_before_it_is_read(db):
    """Twenty megabytes hold four hundred thousand empty parts; opening such a file took the web process seconds."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(12_000):
            archive.writestr(f"word/{number:050}.xml", b"")
        archive.writestr("word/document.xml", b"<w/>")
    with pytest.raises(Denied, match="giải nén"):
        kind_of(ContentFile(made.getvalue(), "many.docx"))
