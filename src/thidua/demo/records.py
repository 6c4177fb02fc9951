"""Records of the demonstration: what the one-stop system of some divisions exported, handed in as such a file is."""

from __future__ import annotations

import csv
import datetime as dt
import random
import tempfile
from pathlib import Path

from thidua.analytics import actions
from thidua.analytics.registry import dataset_of
from thidua.core.records.periods import period
from thidua.core.units import UnitKind
from thidua.demo.world import World
from thidua.people.models import Unit

DIVISIONS = 3
ROWS = 600
HEAD = ("STT", "Mã hồ sơ", "Lĩnh vực", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", "Tình trạng", "Số thư xin lỗi")
FIELDS = ("Văn bằng, chứng chỉ", "Giáo dục trung học", "Giáo dục thường xuyên", "Tổ chức cán bộ", "Xử lý đơn")


def fill(world: World, *, at: dt.datetime) -> None:
    """The last year of the campaign; the worker counts them as it counts any import."""
    rng = random.Random(f"records {world.seed}")  # noqa: S311 — replayable on purpose
    year = world.campaign.last_year
    for division in Unit.objects.filter(kind=UnitKind.DIVISION).order_by("code")[:DIVISIONS]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "mot-cua.csv"
            with file.open("w", encoding="utf-8", newline="") as text:
                csv.writer(text).writerows([HEAD, *(_row(rng, number, year) for number in range(1, ROWS + 1))])
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


def _row(rng: random.Random, number: int, year: int) -> tuple:
    """One dossier: mostly in time, few late, some of these with a letter, fewer withdrawn."""
    received = dt.date(year, 1, 3) + dt.timedelta(days=rng.randint(0, 330))
    due = received + dt.timedelta(days=rng.choice([3, 5, 10, 15]))
    is_late, is_withdrawn = rng.random() < 0.015, rng.random() < 0.01
    returned = due + dt.timedelta(days=rng.randint(1, 6) if is_late else -rng.randint(0, 2))
    letter = f"{number}/TXL" if is_late and rng.random() < 0.8 else ""
    state = "Rút hồ sơ" if is_withdrawn else "Đã trả kết quả"
    days = (received, due, None if is_withdrawn else returned)
    written = tuple(f"{day:%d/%m/%Y}" if day else "" for day in days)
    return (number, f"HS-{year}-{number:05d}", rng.choice(FIELDS), *written, state, letter)
