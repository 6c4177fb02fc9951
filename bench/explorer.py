"""Pages of figures with 10 million dossiers behind them: the explorer's steps, a scorecard, and what a new batch costs.

The batches of ``bench.measures`` are put into the storage of a home of their own, computed by the product once, and
then asked for as people do. A new batch is timed from its import on: file in, checked, kept, counted, on the scorecard.
"""

from __future__ import annotations

import csv
import os
import statistics
import tempfile
import time
from pathlib import Path

from bench import measures
from bench.pages import _page

OF = "campaign=cchc-2023-2025"
STEPS = (
    f"/reports/explorer/?{OF}&year=2023",
    f"/reports/explorer/dossiers-on-time/?{OF}&year=2023",
    f"/reports/explorer/dossiers-on-time/?{OF}&year=2023&by=field",
    f"/reports/explorer/dossiers-on-time/?{OF}&year=2023&by=month",
    f"/reports/explorer/dossiers-on-time/?{OF}&year=2023&unit=don-vi-007",
    f"/reports/explorer/dossiers-on-time/?{OF}&year=2023&unit=don-vi-007&field=Lĩnh vực 3",
    f"/reports/explorer/dossiers-on-time/?{OF}&year=2023&field=Lĩnh vực 3&by=unit",
    f"/reports/explorer/dossiers-on-time/rows/?{OF}&year=2023&unit=don-vi-007&field=Lĩnh vực 3&month=2023-05",
    f"/reports/explorer/dossiers-on-time/rows/?{OF}&year=2023&unit=don-vi-007&show=whole",
    f"/reports/explorer/dossiers-on-time/rows/?{OF}&year=2023",
    f"/apologies/?{OF}&year=2023&unit=don-vi-007",
    f"/apologies/?{OF}&year=2023",
    f"/reports/units/don-vi-007/?{OF}&year=2025",
)
NEW_ROWS, ROUNDS = 11_000, 5  # as many rows as each of the 900 batches has


def measure() -> dict[str, object]:
    from django.test import Client

    import thidua.config.wsgi  # noqa: F401 — what the worker does when it starts
    from thidua.people.models import Person

    measures.make()
    first = _fill()
    client = Client()
    client.force_login(Person.objects.get(username="binh"))
    pages = {address: _page(client, address) for address in STEPS}
    return {"first_computation": first, "pages": pages, "new_batch": _new_batches()}


def _fill() -> dict[str, float]:
    """Units, batches and their results, made once; gives what the first computation of all measures took."""
    from django.utils import timezone

    from thidua.analytics.models import Batch
    from thidua.campaigns.models import Campaign
    from thidua.reports import actions

    if Batch.objects.filter(file_name="bench").exists():
        return {}
    Batch.objects.bulk_create(_manifests(_units()))
    campaign = Campaign.objects.get(code="cchc-2023-2025")
    start = time.perf_counter()
    for year in campaign.current.plan.years:
        for each in campaign.current.plan.measures:
            if each.dataset == "dossiers":
                actions.compute(campaign=campaign, measure=each, year=year, by=None, at=timezone.now())
    return {"s": round(time.perf_counter() - start, 1), "measures_and_years": 9}


def _units() -> dict[int, object]:
    from thidua.people.models import Unit

    top = Unit.objects.get(parent=None)
    made = [
        Unit(
            code=f"don-vi-{number:03d}", name=f"Phòng {number:03d} Mẫu", kind="division", parent=top,
            path=f"{top.path}don-vi-{number:03d}/", starts_on=top.starts_on, folded=f"phong {number:03d} mau",
            sort_key=f"phong {number:03d}", is_sample=True,
        )
        for number in range(measures.UNITS)
    ]  # fmt: skip
    return dict(enumerate(Unit.objects.bulk_create(made)))


def _manifests(units: dict[int, object]) -> list[object]:
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from thidua.analytics import registry
    from thidua.analytics.models import Batch

    columns = [column.name for column in registry.DATASETS["dossiers"].columns]
    found = []
    for path in map(Path, measures.files()):
        unit, year = (part.partition("=")[2] for part in path.parts[-3:-1])
        key = f"records/dossiers/don-vi-{int(unit):03d}/{year}/{path.name}"
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        rows = measures.ROWS // (measures.UNITS * 3)
        found.append(
            Batch(
                dataset="dossiers", unit=units[int(unit)], period=year, file_name="bench", file_sha256="0" * 64,
                columns=columns, rows=rows, rows_read=rows, rows_refused=0, rows_repeated=0, key=key,
                size=path.stat().st_size, imported_at=timezone.now(),
            )
        )  # fmt: skip
    return found


def _new_batches() -> dict[str, float]:
    """One unit's file of 11,000 rows: the import, and from the batch to its figures, with 10 million rows behind it."""
    from django.utils import timezone

    from thidua.analytics import actions, registry
    from thidua.analytics.models import Batch
    from thidua.core.records.periods import period
    from thidua.people.models import Unit
    from thidua.reports import tasks

    unit = Unit.objects.get(code="don-vi-011")
    imports, figures = [], []
    for number in range(ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.csv"
            with file.open("w", encoding="utf-8", newline="") as text:
                rows = csv.writer(text)
                rows.writerow(["Mã hồ sơ", "Lĩnh vực", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả"])
                rows.writerows(
                    [f"{number}-{n}", f"Lĩnh vực {n % 12}", "02/03/2023", "12/03/2023", f"{10 + n % 4}/03/2023"]
                    for n in range(NEW_ROWS)
                )
            start = time.perf_counter()
            outcome = actions.import_records(
                dataset=registry.DATASETS["dossiers"], file=file, name="rows.csv", unit=unit, period=period("2023"),
                choices=actions.Choices(), by=None, at=timezone.now(),
            )  # fmt: skip
            imports.append((time.perf_counter() - start) * 1000)
        batch = Batch.objects.get(pk=outcome.batch)
        start = time.perf_counter()
        tasks.compute(batch.pk)
        figures.append((time.perf_counter() - start) * 1000)
    return {
        "rows": NEW_ROWS,
        "import_ms": round(statistics.median(imports[1:])),
        "to_figures_ms": round(statistics.median(figures[1:])),
        "first_to_figures_ms": round(figures[0]),
    }
