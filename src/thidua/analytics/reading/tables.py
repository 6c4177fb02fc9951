"""One table of text, as the cleaning takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """``path``: CSV in UTF-8 of ``width`` columns. ``head``: the first rows that hold something, with their numbers.

    ``is_numbered``: the first column is the number of the row, before the ``width`` others. Otherwise row and line are
    the same thing, to be checked against ``lines`` once it is read. ``uncalculated``: letter → row of the first formula
    without a result.
    """

    sheet: str
    path: Path
    width: int
    head: list[tuple[int, list[str]]]
    separator: str = ","
    is_numbered: bool = True
    lines: int = 0
    is_visible: bool = True
    hidden_rows: int = 0
    is_1904: bool = False
    uncalculated: Mapping[str, int] = field(default_factory=dict, hash=False)
