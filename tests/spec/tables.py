"""Rules as tables that an official can read: a line of headings, a line of dashes, then one case a line.

    shares      answer
    ----------- ----------------
    60 40       accepted
    60 30       10% is missing

Columns start where their dashes start. An empty cell is "". Lines that start with # are remarks.
"""

from __future__ import annotations

import re


def rows(table: str) -> list[dict[str, str]]:
    """The cases of a table, each as heading → cell. Refuses text that would be lost between columns."""
    lines = [line.rstrip() for line in table.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    ruler = next((n for n, line in enumerate(lines) if set(line.strip()) <= {"-", " "}), None)
    if ruler != 1:
        raise ValueError("A table starts with its headings and a line of dashes.")
    spans = [match.span() for match in re.finditer(r"-+", lines[1])]
    starts = [start for start, _end in spans]
    names = _cells(lines[0], starts)
    return [dict(zip(names, _cells(line, starts), strict=True)) for line in lines[2:]]


def _cells(line: str, starts: list[int]) -> list[str]:
    for start in starts:
        before = line[start - 1 : start] if start else ""
        if before.strip():
            raise ValueError(f"A cell runs into the next column: {line!r}")
    if line[: starts[0]].strip():
        raise ValueError(f"Text before the first column: {line!r}")
    ends = [*starts[1:], max(len(line), starts[-1])]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
