"""Which words of the interface stand on a page in the other language: every text of it against our catalogues."""

import re
from functools import cache
from importlib import resources

import polib

SEEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement.closest("[lang], script, style, code, template, textarea");
    if (!inside || inside === document.documentElement) found.push(walker.currentNode.data);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const each of document.querySelectorAll(`body [${name}]:not([lang])`)) found.push(each.getAttribute(name));
  return [document.title, ...found].map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
LONG_ENOUGH = 12  # letters of a sentence around its holes, so that it is not met by chance
ENGLISH = re.compile(r"\b(the|and|of|with|this|from|are|was)\b", re.IGNORECASE)


def left_over(page, language: str) -> list[str]:
    exact, patterns = _foreign(language)
    return [
        text
        for text in dict.fromkeys(page.evaluate(SEEN))
        if f'"{text.split(" · ")[0]}"' not in _plan()
        if text in exact
        or any(pattern.fullmatch(text) for pattern in patterns)
        or (language == "vi" and text.isascii() and ENGLISH.search(text))
    ]


@cache
def _foreign(language: str) -> tuple[frozenset[str], tuple[re.Pattern, ...]]:
    """The texts of the other language that our catalogues hold: those without holes, and patterns of the others."""
    here, there = set(), set()
    for english, vietnamese in _pairs():
        own, other = (vietnamese, english) if language == "vi" else (english, vietnamese)
        here.add(_flat(own))
        there.add(_flat(other))
    foreign = there - here
    holed = {text for text in foreign if HOLE.search(text)}
    patterns = [text for text in holed if len(HOLE.sub("", text)) >= LONG_ENOUGH]
    return frozenset(foreign - holed), tuple(map(_pattern, patterns))


@cache
def _plan() -> str:
    return resources.files("thidua").joinpath("plans", "cchc-2023-2025.toml").read_text(encoding="utf-8")


def _pairs():
    for room in resources.files("thidua").iterdir():
        catalogue = room.joinpath("locale", "vi", "LC_MESSAGES", "django.po")
        if catalogue.is_file():
            for entry in polib.pofile(str(catalogue)):
                yield entry.msgid, entry.msgstr or entry.msgstr_plural.get(0, "")
                yield entry.msgid_plural, entry.msgstr_plural.get(0, "")


def _flat(text: str) -> str:
    return " ".join(text.replace("%%", "%").split())


def _pattern(text: str) -> re.Pattern:
    return re.compile(".+".join(re.escape(part) for part in HOLE.split(text)))
