"""On which line of a TOML file each key stands, so that a problem can name its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEYS = rf"{_KEY}\s*(?:\.\s*{_KEY}\s*)*"
_EACH_KEY = re.compile(_KEY)
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_KEYS})\]")
_ASSIGNMENT = re.compile(rf"^\s*({_KEYS})=(.*)")
# What may hold brackets and quotes without meaning them: texts, the start of a text of several lines, remarks.
_QUIET = re.compile(r'''(?P<open>"""|\'\'\')|"(?:\\.|[^"\\])*"?|'[^']*'?|#.*''')


def join(path: str, key: str) -> str:
    """The dotted path of a key below another."""
    return f"{path}.{key}" if path else key


def entry_name(raw: Any, position: int) -> str:
    """An entry of a list is named by its id, else by its number, counted from 1."""
    return raw["id"] if isinstance(raw, dict) and isinstance(raw.get("id"), str) else str(position + 1)


class Lines:
    """Looks up the line of a path such as ``criteria.dossiers-on-time.threshold``."""

    def __init__(self, text: str, raw: dict[str, Any]):
        self._found = dict(_places(text, raw))

    def line_of(self, path: str) -> int | None:
        """The key's line; for a key that is not there the line of what should hold it; None for the file itself."""
        while path and path not in self._found:
            path = path.rpartition(".")[0]
        return self._found.get(path)


def _places(text: str, raw: dict[str, Any]) -> Iterator[tuple[str, int]]:
    seen, base = _Seen(), ""
    for number, line in _statements(text):
        if header := _HEADER.match(line):
            keys = _split(header[2])
            if header[1] == "[[":
                seen.enter(keys)
            base = _named(raw, keys, seen)
            yield base, number
        elif assignment := _ASSIGNMENT.match(line):
            yield join(base, ".".join(_split(assignment[1]))), number


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines on which a statement starts: not those inside a list or a text of several lines."""
    depth, closing = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if closing:
            end = _end(line, closing, 0)
            if end < 0:
                continue
            rest = line[end:]
        else:
            rest = line
            if not depth:
                yield number, line
        plain, closing = _loud(rest)
        assigned = plain.partition("=")[2] if not depth else plain
        depth += sum(assigned.count(each) for each in "[{") - sum(assigned.count(each) for each in "]}")
        depth = max(depth, 0)


def _loud(line: str) -> tuple[str, str]:
    """The line without what is quiet, and how a text that goes on below is closed."""
    parts, at = [], 0
    while token := _QUIET.search(line, at):
        parts.append(line[at : token.start()])
        at = _end(line, token["open"], token.end()) if token["open"] else token.end()
        if at < 0:
            return "".join(parts), token["open"]
    return "".join([*parts, line[at:]]), ""


def _end(line: str, closing: str, at: int) -> int:
    """Where a text of several lines is over, -1 where it goes on; a quote behind a backslash closes nothing."""
    while (found := line.find(closing, at)) >= 0:
        before = found
        while before > at and line[before - 1] == "\\":
            before -= 1
        if closing == "'''" or (found - before) % 2 == 0:
            return found + len(closing)
        at = found + 1
    return -1


def _split(keys: str) -> tuple[str, ...]:
    return tuple(key.strip("\"'") for key in _EACH_KEY.findall(keys))


@dataclass
class _Seen:
    """How many entries of a list were seen so far, and of the lists inside the present one."""

    count: int = 0
    below: dict[str, _Seen] = field(default_factory=dict)

    def enter(self, keys: tuple[str, ...]) -> None:
        """A new entry starts the counting of the lists inside it again."""
        at = self
        for key in keys:
            at = at.below.setdefault(key, _Seen())
        at.count += 1
        at.below.clear()


def _named(raw: Any, keys: tuple[str, ...], seen: _Seen) -> str:
    path, at = "", seen
    for key in keys:
        at = at.below.get(key, _Seen())
        raw = raw.get(key) if isinstance(raw, dict) else None
        path = join(path, key)
        if isinstance(raw, list) and raw:
            position = min(max(at.count, 1), len(raw)) - 1
            raw = raw[position]
            path = join(path, entry_name(raw, position))
    return path
