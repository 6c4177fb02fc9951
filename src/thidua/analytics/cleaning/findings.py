"""What was found wrong, as sentences in the order of the file; a list that a person can read has an end."""

from __future__ import annotations

from collections.abc import Iterator

from thidua.analytics.cleaning.checks import Check
from thidua.core.records import problems
from thidua.core.records.problems import Code, Level, Problem
from thidua.core.words import Sentence

LISTED = 10_000


class Findings:
    """``every``: the checks by bit; the first says that a row is another unit's, and then the others do not matter."""

    def __init__(self, connection, every: list[Check]):
        self.connection, self.every = connection, every

    def listed(self, sayings: list[Sentence]) -> list[Problem]:
        found = [
            *self._of_checks(sayings),
            *self._of_twins(),
        ]
        found.sort(key=lambda pair: pair[0])
        listed = [problem for _id, problem in found[:LISTED]]
        left = self._count() - len(listed)
        if left > 0:
            listed.append(Problem("", None, "", Level.WARNING, Code.MORE, problems.more(left)))
        return listed

    def _of_checks(self, sayings: list[Sentence]) -> Iterator[tuple[int, Problem]]:
        rows = self.connection.execute(
            f"select id, _row, _sheet, _stranger, bits from wrong order by id limit {LISTED + 1}"
        ).fetchall()
        for id, row, sheet, stranger, bits in rows:
            for n, check in enumerate(self.every):
                if bits >> n & 1 and (n == 0 or stranger is None):
                    sentence = sayings[stranger] if n == 0 else check.sentence
                    yield id, Problem(sheet, row, check.column, check.level, check.code, sentence)

    def _of_twins(self) -> Iterator[tuple[int, Problem]]:
        rows = self.connection.execute(f"select * from twice order by id limit {LISTED + 1}").fetchall()
        for id, row, sheet, differs, others in rows:
            if differs:
                yield id, Problem(sheet, row, "", Level.ERROR, Code.DIFFERS, problems.differs(others))
            else:
                first = others.split(", ")[0]
                yield id, Problem(sheet, row, "", Level.WARNING, Code.REPEATED, problems.repeated(first))

    def _count(self) -> int:
        (count,) = self.connection.execute(
            "select (select coalesce(sum(case when _stranger is null then bit_count(bits) else 1 end), 0) from wrong) "
            "+ (select count(*) from twice)"
        ).fetchone()
        return int(count)
