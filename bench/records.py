"""Import of records against the barest reading of the same file, each in a process of its own, in turns.

A CSV of a million dossiers: the product reads, checks and writes Parquet; DuckDB by hand copies the text to Parquet. A
workbook of 100,000 rows and 30 columns: the product against calamine, which only walks over the cells.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path

FOLDER = Path("build/bench/records").absolute()
ROWS, WORKBOOK_ROWS, WORKBOOK_COLUMNS = 1_000_000, 100_000, 30
ROUNDS = 3
HEADINGS = (
    "STT", "Mã hồ sơ", "Thủ tục", "Lĩnh vực", "Người nộp", "Hình thức nộp", "Ngày tiếp nhận", "Ngày hẹn trả",
    "Ngày trả kết quả", "Trạng thái", "Số thư xin lỗi", "Ngày thư xin lỗi",
)  # fmt: skip
FIELDS = ("Đất đai", "Hộ tịch", "Giáo dục trung học", "Xử lý đơn", "Văn bằng, chứng chỉ")

COPY = """
import duckdb, os, sys
duckdb.connect(config={"threads": os.cpu_count()}).execute(
    f"copy (from read_csv('{sys.argv[1]}', all_varchar = true)) to '{sys.argv[1]}.parquet'")
"""
WALK = """
import python_calamine, sys
sum(map(len, python_calamine.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows()))
"""
PRODUCT = """
import django, sys; django.setup()
from pathlib import Path
from django.utils import timezone
from thidua.analytics.actions import Choices, import_records
from thidua.analytics.registry import dataset_of
from thidua.core.records.periods import period
from thidua.people.models import Unit
outcome = import_records(
    dataset=dataset_of("dossiers"), file=Path(sys.argv[1]), name="bench", unit=Unit.objects.first(),
    period=period("2023"), choices=Choices(dry_run=True), by=None, at=timezone.now())
assert outcome.refused == 0 and outcome.accepted, outcome
"""


def _lines(count: int):
    chance = random.Random(1)  # noqa: S311 — made-up rows
    for n in range(count):
        received = dt.date(2023, 1, 1) + dt.timedelta(chance.randrange(300))
        due = received + dt.timedelta(chance.randrange(5, 30))
        returned = received + dt.timedelta(chance.randrange(3, 35))
        letter = (f"{n % 900}/TXL", due) if returned > due else ("", None)
        yield (
            n + 1, f"000.00.12.H29-23{n:07}", "Cấp bản sao văn bằng, chứng chỉ từ sổ gốc", chance.choice(FIELDS),
            f"Nguyễn Văn {n % 997}", chance.choice(("Trực tuyến", "Trực tiếp")), received, due, returned,
            "Đã trả kết quả", *letter,
        )  # fmt: skip


def _text(cell: object) -> object:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else cell


def _make_csv(target: Path) -> None:
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows([_text(cell) for cell in line] for line in _lines(ROWS))


def _make_workbook(target: Path) -> None:
    import xlsxwriter

    more = WORKBOOK_COLUMNS - len(HEADINGS)
    options = {"constant_memory": True, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet("Hồ sơ")
        sheet.write_row(0, 0, [*HEADINGS, *(f"Cột {n}" for n in range(more))])
        for at, line in enumerate(_lines(WORKBOOK_ROWS), start=1):
            sheet.write_row(at, 0, [*line, *(at * n if n % 2 else f"chữ {at % 50}" for n in range(more))])


def _run(script: str, file: Path) -> tuple[float, float, int]:
    """Seconds of clock, seconds of processor, and peak megabytes of the process and the largest below it."""
    counted = "import resource, time; began = time.perf_counter()" + script + COUNTED
    done = subprocess.run([sys.executable, "-c", counted, str(file)], stdout=subprocess.PIPE, check=True)  # noqa: S603
    return tuple(json.loads(done.stdout.splitlines()[-1]))  # DuckDB may draw a bar before


COUNTED = """
own, below = (resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
cpu = sum(each.ru_utime + each.ru_stime for each in (own, below))
print([time.perf_counter() - began, cpu, max(own.ru_maxrss, below.ru_maxrss) // 1024])
"""


def _compared(file: Path, bare: str) -> dict[str, object]:
    pairs = [(_run(PRODUCT, file), _run(bare, file)) for _round in range(ROUNDS)]
    return {
        "file_mb": round(file.stat().st_size / 2**20),
        "s": round(statistics.median(ours[0] for ours, _bare in pairs), 2),
        "bare_s": round(statistics.median(other[0] for _ours, other in pairs), 2),
        "ratio": round(statistics.median(ours[0] / other[0] for ours, other in pairs), 2),
        "cpu_ratio": round(statistics.median(ours[1] / other[1] for ours, other in pairs), 2),
        "peak_mb": max(ours[2] for ours, _bare in pairs),
    }


def measure() -> dict[str, object]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = {
        "csv": (FOLDER / "dossiers.csv", _make_csv, COPY),
        "excel": (FOLDER / "dossiers.xlsx", _make_workbook, WALK),
    }
    for file, make, _bare in files.values():
        if not file.exists():
            make(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "thidua.config.settings"
    return {kind: _compared(file, bare) for kind, (file, _make, bare) in files.items()}
