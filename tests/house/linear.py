"""Whether a pattern takes time that grows as the text does: told from its structure, not by a clock.

A repeat without an end (``+``, ``*``, ``{9,}``, or more than ``FEW``) is looked at with what may stand before and
behind it. It is refused

- where a search begins anew within what it has already run through: nothing before it, that must be there, keeps one
  beginning apart from the next (``\\([^)]*\\)`` over ``((((``), unless the pattern is held to the beginning of the text
  or nothing behind the repeat can fail;
- where it and a later repeat may share the same characters (``\\d+\\.?\\d*x``), so that each way to part them is tried;
- where it holds another that may end at any place (``(a+)+``).

Characters are compared over a sample of all kinds that the product's patterns tell apart.
"""

from __future__ import annotations

import re
from re import _constants as c
from re import _parser as parser

FEW = 400
SAMPLE = [chr(n) for n in range(128)] + list("đĐáờ₫…\u0300\u00a0\u00ad\u0416\u4e00")
ZERO = {c.AT, c.ASSERT, c.ASSERT_NOT, c.GROUPREF}
REPEATS = {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}


def faults(pattern: re.Pattern) -> list[str]:
    """What is wrong with the pattern, nothing where it is linear."""
    return _Look(pattern).faults


def flat(nodes: list) -> list:
    """These and what groups among them hold."""
    found: list = []
    for kind, value in nodes:
        found += [(kind, value), *(flat(list(value[3])) if kind is c.SUBPATTERN else [])]
    return found


class _Look:
    def __init__(self, pattern: re.Pattern):
        self.flags, self.faults = pattern.flags & ~re.UNICODE & ~re.DEBUG, []
        text = pattern.pattern
        self.is_bytes = isinstance(text, bytes)
        self.chars = [ch for ch in SAMPLE if ord(ch) < 256] if self.is_bytes else SAMPLE
        tree = list(parser.parse(text.decode("latin-1") if self.is_bytes else text, pattern.flags & ~re.UNICODE))
        is_held = bool(tree) and tree[0] in ((c.AT, c.AT_BEGINNING), (c.AT, c.AT_BEGINNING_STRING))
        self.walk(tree, [], [], is_held=is_held)

    def walk(self, nodes: list, before: list[set], after: list, *, is_held: bool, around: set | None = None) -> None:
        """``before``: characters of what must stand in front; ``after``: nodes behind; ``around``: what a repeat that
        holds these goes on with."""
        before = list(before)
        for at, (kind, value) in enumerate(nodes):
            rest = [*nodes[at + 1 :], *after]
            if kind in REPEATS:
                least, most, body = value
                if most is c.MAXREPEAT or most > FEW:
                    self.repeat(list(body), rest, before, is_held=is_held, around=around)
                else:
                    self.walk(list(body), before, rest, is_held=is_held, around=around)
                before += [self.first(list(body))] if least else []
            elif kind is c.SUBPATTERN:
                self.walk(list(value[3]), before, rest, is_held=is_held, around=around)
                before += self.musts(list(value[3]))
            elif kind is c.BRANCH:
                for branch in value[1]:
                    self.walk(list(branch), before, rest, is_held=is_held, around=around)
            elif kind is c.ASSERT_NOT and value[0] == -1:
                before.append(set(self.chars) - self.first(list(value[1])) | {"not before"})
            elif kind not in ZERO:
                before.append(self.first([(kind, value)]))

    def repeat(self, body: list, rest: list, before: list[set], *, is_held: bool, around: set | None) -> None:
        run, is_nested = self.all_of(body), around is not None
        if self.can_fail(rest) and not is_held and not any(run.isdisjoint(each) for each in before) \
                and not self.begins_apart(run, before):  # fmt: skip
            self.faults.append("a search begins anew within the repeat")
        follow = self.first(rest) | (around if is_nested and self.may_be_nothing(rest) else set())
        if (is_nested or self.has_endless(rest)) and not self.first(body).isdisjoint(follow):
            self.faults.append("a repeat and what follows share characters")
        if self.may_be_nothing(body):
            self.faults.append("a repeat of nothing")
        for ways in [[self.first(list(way)) for way in value[1]] for kind, value in flat(body) if kind is c.BRANCH]:
            if sum(map(len, ways)) > len(set().union(*ways)):
                self.faults.append("ways within a repeat begin alike")
        self.walk(body, [*before, {"apart"}], [], is_held=True, around=self.first(body) | follow)

    def begins_apart(self, run: set, before: list[set]) -> bool:
        """A look behind says that none of the run's own characters stands in front."""
        return bool(before) and "not before" in before[-1] and run <= set(self.chars) - (before[-1] - {"not before"})

    def first(self, nodes: list) -> set:
        """With which characters these may begin."""
        found: set = set()
        for kind, value in nodes:
            found |= self.begins(kind, value)
            if not self.may_be_nothing([(kind, value)]):
                break
        return found

    def begins(self, kind, value) -> set:
        if kind in REPEATS:
            return self.first(list(value[2]))
        if kind is c.SUBPATTERN:
            return self.first(list(value[3]))
        if kind is c.BRANCH:
            return set().union(*(self.first(list(branch)) for branch in value[1]))
        if kind in ZERO:
            return set()
        state = parser.State()
        state.str, state.flags = "", self.flags
        part = parser.SubPattern(state, [(kind, value)])
        one = re._compiler.compile(part, self.flags | (0 if self.is_bytes else re.UNICODE))
        return {ch for ch in self.chars if one.fullmatch(ch.encode("latin-1") if self.is_bytes else ch)}

    def all_of(self, nodes: list) -> set:
        """All characters that may stand in these."""
        found: set = set()
        for kind, value in nodes:
            if kind in REPEATS:
                found |= self.all_of(list(value[2]))
            elif kind is c.SUBPATTERN:
                found |= self.all_of(list(value[3]))
            elif kind is c.BRANCH:
                found |= set().union(*(self.all_of(list(branch)) for branch in value[1]))
            else:
                found |= self.begins(kind, value)
        return found

    def musts(self, nodes: list) -> list[set]:
        """Characters of each part of these that must be there."""
        found: list[set] = []
        for kind, value in nodes:
            if kind in REPEATS:
                found += [self.first(list(value[2]))] if value[0] else []
            elif kind is c.SUBPATTERN:
                found += self.musts(list(value[3]))
            elif kind not in ZERO and kind is not c.BRANCH:
                found.append(self.begins(kind, value))
        return found

    def may_be_nothing(self, nodes: list) -> bool:
        for kind, value in nodes:
            if kind in ZERO:
                continue
            if kind in REPEATS:
                if value[0] and not self.may_be_nothing(list(value[2])):
                    return False
            elif kind is c.SUBPATTERN:
                if not self.may_be_nothing(list(value[3])):
                    return False
            elif kind is c.BRANCH:
                if not any(self.may_be_nothing(list(branch)) for branch in value[1]):
                    return False
            else:
                return False
        return True

    def can_fail(self, nodes: list) -> bool:
        return any(kind in ZERO or not self.may_be_nothing([(kind, value)]) for kind, value in nodes)

    def has_endless(self, nodes: list) -> bool:
        for kind, value in nodes:
            if kind in REPEATS and (value[1] is c.MAXREPEAT or value[1] > FEW or self.has_endless(list(value[2]))):
                return True
            if kind is c.SUBPATTERN and self.has_endless(list(value[3])):
                return True
            if kind is c.BRANCH and any(self.has_endless(list(branch)) for branch in value[1]):
                return True
        return False
