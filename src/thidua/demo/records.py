"""Records of the demonstration: what the one-stop system of some divisions exported, handed in as such a file is.

What these divisions declare is what their records say.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from thidua.analytics import actions
from thidua.analytics.registry import dataset_of
from thidua.core.records.periods import period
from thidua.core.units import UnitKind
from thidua.demo.world import World
from thidua.people.models import Unit

DIVISIONS = 3
ROWS = 600
HEAD = ("STT", "Mã hồ sơ", "Lĩnh vực", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", "Tình trạng", "Số thư xin lỗi")
PETITIONS = "Xử lý đơn"
FIELDS = (
    "Văn bằng, chứng chỉ",
    "Giáo dục trung học",
    "Giáo dục thường xuyên",
    "Cơ sở giáo dục ngoài công lập",
    "Tổ chức cán bộ",
    PETITIONS,
)


class Row(NamedTuple):
    number: int
    field: str
    received: dt.date
    due: dt.date
    returned: dt.date | None
    letter: str

    @property
    def is_late(self) -> bool:
        return self.returned is not None and self.returned > self.due


def divisions(world: World) -> list[Unit]:
    return [unit for unit in world.units if unit.kind == UnitKind.DIVISION][:DIVISIONS]


def rows_of(world: World, division: Unit) -> list[Row]:
    """One year of a division, the same whenever it is asked for."""
    rng = random.Random(f"records {world.seed} {division.code}")  # noqa: S311 — replayable on purpose
    return [_row(rng, number, world.campaign.last_year) for number in range(1, ROWS + 1)]


def _row(rng: random.Random, number: int, year: int) -> Row:
    """One dossier: mostly in time, few late, most of these with a letter, fewer withdrawn."""
    received = dt.date(year, 1, 3) + dt.timedelta(days=rng.randint(0, 330))
    due = received + dt.timedelta(days=rng.choice([3, 5, 10, 15]))
    is_late, is_withdrawn = rng.random() < 0.015, rng.random() < 0.01
    returned = due + dt.timedelta(days=rng.randint(1, 6) if is_late else -rng.randint(0, 2))
    letter = f"{number}/TXL" if is_late and rng.random() < 0.8 else ""
    return Row(number, rng.choice(FIELDS), received, due, None if is_withdrawn else returned, letter)


def counted(world: World) -> dict[tuple[int, str], dict[str, tuple[int, int]]]:
    """(unit, criterion) → field → (part, whole), as the measures of the plan count it."""
    found: dict[tuple[int, str], dict[str, tuple[int, int]]] = {}
    for division in divisions(world):
        solved = [row for row in rows_of(world, division) if row.returned is not None]
        procedures = [row for row in solved if row.field != PETITIONS]
        wholes, late = Counter(row.field for row in solved), Counter(row.field for row in solved if row.is_late)
        letters = sum(row.is_late and bool(row.letter) for row in procedures)
        in_time = {field: (wholes[field] - late[field], wholes[field]) for field in wholes}
        found[division.pk, "petitions-on-time"] = {"": in_time.pop(PETITIONS)}
        found[division.pk, "dossiers-on-time"] = in_time
        found[division.pk, "apology-letters"] = {"": (letters, sum(row.is_late for row in procedures))}
    return found


def fill(world: World, *, at: dt.datetime) -> None:
    """The last year of the campaign; the worker counts them as it counts any import."""
    year = world.campaign.last_year
    for division in divisions(world):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "mot-cua.csv"
            with file.open("w", encoding="utf-8", newline="") as text:
                csv.writer(text).writerows([HEAD, *(_line(row, year) for row in rows_of(world, division))])
            actions.import_records(
                dataset=dataset_of("dossiers"),
                file=file,
                name=f"mot-cua-{year}.csv",
                unit=division,
                period=period(str(year)),
                choices=actions.Choices(),
                by=None,
                at=at,
            )


def _line(row: Row, year: int) -> tuple:
    days = tuple(f"{day:%d/%m/%Y}" if day else "" for day in (row.received, row.due, row.returned))
    state = "Đã trả kết quả" if row.returned else "Rút hồ sơ"
    return (row.number, f"HS-{year}-{row.number:05d}", row.field, *days, state, row.letter)
