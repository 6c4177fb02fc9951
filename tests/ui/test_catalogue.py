"""Collecting, checking and compiling messages, on a small house of one room."""

import errno
import gettext

import polib
import pytest

from thidua.ui import catalogue

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext, gettext_lazy as later
from thidua.core import words

def sentences(n, name):
    _("Hello")
    _("%(name)s is " "missing.", name=name)
    later("Later")
    words._("From a module")
    ngettext("%(n)s day", "%(n)s days", n)
    pgettext("month", "May")
    _(name)
"""
TEMPLATE = """{% load i18n %}
<h1>{% translate "A title" %}</h1> (not this) {{ _("In a variable")|upper }}
{% blocktranslate count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% translate "Open (now)" context "button" as label %}
{% blocktranslate with who=person.name trimmed %}
  Signed by
  {{ who }}
{% endblocktranslate %}
"""


@pytest.fixture
def house(tmp_path, monkeypatch):
    root = tmp_path / "thidua"
    templates = root / "desk" / "templates" / "desk"
    templates.mkdir(parents=True)
    (root / "desk" / "__init__.py").touch()
    (root / "desk" / "views.py").write_text(PYTHON)
    (templates / "home.html").write_text(TEMPLATE)
    monkeypatch.setattr(catalogue, "ROOT", root)
    return root


@pytest.fixture
def path(house):
    return house / "desk" / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def translate_all(path, **given):
    book = polib.pofile(str(path), wrapwidth=120)
    for entry in book:
        text = given.get(entry.msgid, f"vi {entry.msgid_plural or entry.msgid}")
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    book.save()


def test_python_messages():
    found = set(catalogue.python_messages(PYTHON))
    assert found == {
        catalogue.Message("Hello"),
        catalogue.Message("%(name)s is missing."),
        catalogue.Message("Later"),
        catalogue.Message("From a module"),
        catalogue.Message("%(n)s day", "%(n)s days"),
        catalogue.Message("May", context="month"),
    }


def test_template_messages():
    found = set(catalogue.template_messages(TEMPLATE, "home.html"))
    assert found == {
        catalogue.Message("A title"),
        catalogue.Message("In a variable"),
        catalogue.Message("%(n)s row", "%(n)s rows"),
        catalogue.Message("Open (now)", context="button"),
        catalogue.Message("Signed by %(who)s"),
    }


def test_extract_keeps_translations_and_drops_what_is_gone(house, path):
    assert catalogue.extract_all() == [path]
    translate_all(path)
    (house / "desk" / "views.py").write_text('_("Hello")\n_("New")\n')
    catalogue.extract_all()
    book = polib.pofile(str(path))
    assert book.find("Hello").msgstr == "vi Hello"
    assert book.find("New").msgstr == ""
    assert book.find("Later", include_obsolete_entries=True) is None
    assert book.metadata["Plural-Forms"] == "nplurals=1; plural=0;"


def test_extract_writes_nothing_when_nothing_changed(house):
    catalogue.extract_all()
    assert catalogue.extract_all() == []


def test_check_is_content_with_a_complete_catalogue(path):
    catalogue.extract_all()
    translate_all(path)
    assert catalogue.check_all() == []


def test_check_names_file_and_message(path):
    catalogue.extract_all()
    found = catalogue.check_all()
    assert len(found) == 11
    assert "thidua/desk/locale/vi/LC_MESSAGES/django.po: not translated: “Hello”" in {str(one) for one in found}


@pytest.mark.parametrize("given", ["thiếu", "thiếu %(nam)s", "thiếu %(name)d", "%(name)s %(other)s"])
def test_check_finds_other_placeholders(path, given):
    catalogue.extract_all()
    translate_all(path, **{"%(name)s is missing.": given})
    (found,) = catalogue.check_all()
    assert found.message == "%(name)s is missing."
    assert "placeholders differ" in found.trouble


def test_check_finds_fuzzy_and_missing(house, path):
    catalogue.extract_all()
    translate_all(path)
    book = polib.pofile(str(path))
    book.find("Hello").flags.append("fuzzy")
    book.save()
    (house / "desk" / "more.py").write_text('_("Not yet collected")\n')
    assert {one.message: one.trouble for one in catalogue.check_all()} == {
        "Hello": "marked fuzzy",
        "Not yet collected": "not in the catalogue (run: thidua catalogue extract)",
    }


def test_check_finds_two_translations_of_one_message(house, path):
    (house / "ui").mkdir()
    (house / "ui" / "__init__.py").write_text('_("Hello")\n')
    catalogue.extract_all()
    translate_all(path)
    translate_all(house / "ui" / "locale" / "vi" / "LC_MESSAGES" / "django.po", Hello="Xin chào")
    (found,) = catalogue.check_all()
    assert "translated differently in thidua/desk/" in found.trouble


def test_compiled_catalogue_is_read_by_gettext(house, path):
    catalogue.extract_all()
    translate_all(path, Hello="Xin chào")
    assert catalogue.compile_all() == [path.with_suffix(".mo")]
    assert catalogue.compile_all() == []
    book = gettext.translation("django", house / "desk" / "locale", ["vi"])
    assert book.gettext("Hello") == "Xin chào"
    assert book.ngettext("%(n)s day", "%(n)s days", 1) == "vi %(n)s days"
    assert book.pgettext("month", "May") == "vi May"


def test_where_the_program_cannot_be_written_all_rooms_go_into_one_in_the_home(house, path, tmp_path, monkeypatch):
    catalogue.extract_all()
    translate_all(path, Hello="Xin chào")
    put = catalogue._put

    def refused(book, target):
        if house in target.parents:
            raise OSError(errno.EROFS, "Read-only file system")
        return put(book, target)

    monkeypatch.setattr(catalogue, "_put", refused)
    place = tmp_path / "home" / "locale"
    assert catalogue.compile_all(instead=place) == [place / "vi" / "LC_MESSAGES" / "django.mo"]
    book = gettext.translation("django", place, ["vi"])
    assert (book.gettext("Hello"), book.pgettext("month", "May")) == ("Xin chào", "vi May")
    with pytest.raises(OSError, match="Read-only"):
        catalogue.compile_all()
    monkeypatch.setattr(catalogue, "_put", put)
    assert catalogue.compile_all(instead=place) == [path.with_suffix(".mo")]
    assert not (place / "vi" / "LC_MESSAGES" / "django.mo").exists()
