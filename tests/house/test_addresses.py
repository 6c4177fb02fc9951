"""Every address of a campaign's page says which campaign and year: in what is written, and in what is drawn."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.urls import Resolver404, URLResolver, get_resolver, resolve
from tests.campaigns import several
from tests.house import objects
from tests.house.test_roles import ADDRESSES, filled, signed_in
from tests.spec.tables import rows

import thidua

SOURCE = Path(thidua.__file__).parent
BY_HAND = re.compile(r"[?;&]year=|[?;&]campaign=\{")
NAMED = re.compile(r"""(?:\{% url |reverse\()['"]([\w-]+:[\w-]+)['"]""")


def of_a_campaign(patterns=None, room="") -> set[str]:
    """The names of pages that speak of one campaign and year."""
    found = set()
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found |= of_a_campaign(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else room)
        elif hasattr(pattern.callback, "speaks_of_campaign"):
            found.add(f"{room}{pattern.name}")
    return found


def test_nobody_writes_such_an_address_by_hand():
    pages, wrong = of_a_campaign(), []
    assert len(pages) > 30
    python = [path for path in SOURCE.rglob("*.py") if path.parent.name != "migrations"]
    for path in (*SOURCE.rglob("templates/**/*.html"), *python):
        text, name = path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE))
        wrong += [f"{name}: {found}" for found in BY_HAND.findall(text) if "which_campaign" not in name]
        wrong += [f"{name}: {found}" for found in NAMED.findall(text) if found in pages]
    assert not wrong, "\n".join(wrong)


class Addresses(HTMLParser):
    """What a page leads to: (address, names of the hidden fields) of each link, form and request of a script."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self.form = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        for name in ("href", "hx-get", "hx-post", "src", "formaction"):
            if name in given and tag not in ("link", "script", "use"):
                self.found.append((given[name], set()))
        if tag == "form":
            self.form = (given.get("action", ""), set()) if given.get("method", "get") == "get" else None
            self.found.append(self.form or (given.get("action", ""), set()))
        elif tag == "input" and self.form and given.get("type") == "hidden":
            self.form[1].add(given["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


def silent(page: str, text: str) -> list[str]:
    """The addresses on a page that lead to a campaign's page and do not say to which."""
    found = []
    for given, fields in Addresses(text).found:
        address = urlsplit(urljoin(page, given)) if not given.startswith("#") else urlsplit("")
        try:
            view = resolve(address.path).func
        except Resolver404:
            continue
        said = fields if fields else set(parse_qs(address.query))
        if hasattr(view, "speaks_of_campaign") and not {"campaign", "year"} <= said:
            found.append(f"{page}: {given}")
    return found


@pytest.fixture
def made(db, own_home):
    cache.clear()
    with time_machine.travel(objects.AT, tick=False):
        yield objects.ready(own_home)


@pytest.mark.parametrize("who", ["binh", "an", "chi"])
@pytest.mark.parametrize("runs", ["one", "several"])
def test_every_page_says_it_in_all_that_it_leads_to(made, who, runs):
    if runs == "several":
        several.publish(several.ALIKE, objects.AT)
    client, names, wrong, pages = signed_in(made.world, who), {**made.names, "school": made.world.school.pk}, [], 0
    for row in (row for row in rows(ADDRESSES) if row["way"] == "get" and row[who] == "opens"):
        address = filled(row["address"], names)
        answer = client.get(address, follow=True)
        if answer.streaming:
            b"".join(answer.streaming_content)
        elif answer["Content-Type"].startswith("text/html"):
            pages += 1
            wrong += silent(answer.wsgi_request.get_full_path(), answer.content.decode())
    assert pages > 20
    assert silent("/", '<a href="/overview/?campaign=a">')
    assert silent("/overview/", '<form><input name="q"></form>')
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_every_notice_of_a_campaign_names_it():
    """Under the bell and in the letter of the morning stand those of all campaigns."""
    wrong = []
    for path in SOURCE.rglob("letters.py"):
        if path.parent.name == "people":  # of accounts
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice":
                named = {each.arg for each in node.keywords}
                wrong += [f"{path.parent.name}: line {node.lineno}"] if "about" not in named else []
    assert not wrong
