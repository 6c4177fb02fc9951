"""Registrations in Excel: the product's answer against the bare writer on the same values, already in memory.

The two take turns. ``ratio`` compares the clock; ``cpu_ratio`` the processor time of this process alone, which other
programs on the machine disturb less but which leaves out the database.
"""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROUNDS = 5


class Taken(NamedTuple):
    clock: float
    cpu: float


def bare(values) -> None:
    """The shortest program that writes the same values: no widths, no formats, the same options."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy hh:mm",
    }
    with tempfile.TemporaryFile() as file, xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(values):
            for column, value in enumerate(row):
                sheet.write(number, column, value)


def _timed(work) -> Taken:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - clock, time.process_time() - cpu)


def _memory_mb(line: str) -> float:
    """``VmRSS``: what this process takes now; ``VmHWM``: its highest since ``_forget_peak``."""
    status = Path("/proc/self/status").read_text()
    return int(next(row for row in status.splitlines() if row.startswith(line)).split()[1]) / 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _without_zone(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def measure() -> dict[str, object]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from thidua.dossiers import workbook
    from thidua.dossiers.models import Dossier
    from thidua.exchange.http import excel_response
    from thidua.people.models import Person

    binh = Person.objects.get(username="binh")
    registrations = Dossier.objects.visible_to(binh).filter(kind="registration").order_by("-saved_at", "pk")

    def product() -> int:
        """As the view answers, read to the end in pieces."""
        return sum(map(len, excel_response("bench", *workbook.sheet(registrations, person=binh)).streaming_content))

    def small() -> None:
        list(
            excel_response(
                "bench", *workbook.sheet(registrations.filter(year=2023, state="returned"), person=binh)
            ).streaming_content
        )

    small()  # libraries are loaded
    _forget_peak()
    idle = _memory_mb("VmRSS")
    with CaptureQueriesContext(connection) as queries:
        size = product()
    above_idle = _memory_mb("VmHWM") - idle
    columns, rows = workbook.sheet(registrations, person=binh)
    values = [[_without_zone(value) for value in row] for row in rows]
    pairs = [(_timed(product), _timed(lambda: bare(values))) for _round in range(ROUNDS)]
    return {
        "rows": len(values),
        "columns": len(columns),
        "file_mb": round(size / 1024 / 1024, 1),
        "s": round(statistics.median(ours.clock for ours, _bare in pairs), 2),
        "bare_s": round(statistics.median(bare_.clock for _ours, bare_ in pairs), 2),
        "ratio": round(statistics.median(ours.clock / bare_.clock for ours, bare_ in pairs), 2),
        "cpu_ratio": round(statistics.median(ours.cpu / bare_.cpu for ours, bare_ in pairs), 2),
        "mb_above_idle": round(above_idle),
        "queries": len(queries),
    }
