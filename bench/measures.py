"""Counting 10 million dossiers in 900 batches: the on-time measure per unit × field × month, three ways of the same.

The product's engine, the same query written by hand in DuckDB, and pandas from a CSV; each in a process of its own, the
first time and when warm, by the clock and by what it costs the processors, which is steadier on a machine that others
use too. Rows are made set-based and kept under ``build/bench``. A new batch is one unit's, counted with all the others
behind it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROWS, UNITS, FIELDS = 10_000_000, 300, 12
START, END = dt.date(2023, 1, 1), dt.date(2025, 12, 31)
FOLDER = Path("build/bench/measures").absolute()
ROUNDS = 5
PETITIONS = ("xu ly don", "khieu nai", "to cao", "kien nghi", "phan anh", "tiep cong dan")

# A dossier of one of 300 units and of one of three years, returned around its due day; one in twenty is still pending.
MADE = f"""
    select
        printf('%012d', i) as code, 'Cấp bản sao văn bằng' as procedure,
        'Lĩnh vực ' || (hash(i) % {FIELDS}) as field, 'linh vuc ' || (hash(i) % {FIELDS}) as field_folded,
        case when hash(i + 4) % 3 = 0 then 'online' else 'paper' end as channel,
        received, received + 10 as due, null::date as new_due, 7::bigint as working_days,
        case when is_pending then null else least(received + 5 + (hash(i + 1) % 6)::int, make_date(year, 12, 31)) end
            as returned,
        case when is_pending then 'pending' when hash(i + 5) % 97 = 0 then 'withdrawn' else 'returned' end as status,
        null::varchar as letter, null::date as letter_on,
        i as _row, 'Sheet1' as _sheet, printf('don-vi-%03d', unit) as _unit, year::varchar as _period,
        unit as in_unit, year as in_year
    from (
        select i, hash(i + 3) % 20 = 0 as is_pending, i % {UNITS} as unit, 2023 + (i // {UNITS}) % 3 as year,
            make_date(2023 + (i // {UNITS}) % 3, 1, 1) + (hash(i + 2) % 350)::int as received
        from range({ROWS}) as rows(i)
    )
"""
NAMED = " or ".join(f"contains(field_folded, '{name}')" for name in PETITIONS)
BY_HAND = f"""
    select _unit, field, date_trunc('month', case when inside then returned end) as month,
        count(*) filter (where whole and returned <= due), count(*) filter (where whole),
        count(*) filter (where live and ordinary and received <= $end and (returned is null or returned > $end)
            and due < $end),
        count(*) filter (where not live and ordinary and received <= $end and (returned is null or inside)),
        count(*) filter (where whole and returned > due and letter_on >= due)
    from (
        select *, inside and live and ordinary as whole from (
            select *, coalesce(returned between $start and $end, false) as inside,
                status is null or status not in ('withdrawn', 'not_accepted') as live,
                not coalesce({NAMED}, false) as ordinary
            from read_parquet($files)
        )
    )
    group by all
"""


def measure() -> dict[str, object]:
    make()
    # The first process of all makes the text of the query, which the others find (analytics.engine.kept).
    shutil.rmtree(Path(os.environ["THIDUA_HOME"]) / "cache" / "queries", ignore_errors=True)
    ever = _in_a_process_of_its_own("product")
    found = {who: _in_a_process_of_its_own(who) for who in ("product", "by_hand", "pandas", "new_batch", "growth")}
    product, by_hand, pandas = (found[who] for who in ("product", "by_hand", "pandas"))
    return {
        **found,
        "warm_cpu_against_by_hand": round(product["warm_cpu_s"] / by_hand["warm_cpu_s"], 2),
        "warm_against_by_hand": round(product["warm_s"] / by_hand["warm_s"], 2),
        "first_use_ever_above_by_hand_s": round(ever["first_s"] - by_hand["first_s"], 2),
        "first_use_above_by_hand_s": round(product["first_s"] - by_hand["first_s"], 2),
        "faster_than_pandas": round(pandas["warm_s"] / product["warm_s"], 1),
    }


def make() -> None:
    """The batches, and the same rows as one CSV."""
    if (FOLDER / "done").exists():
        return
    import duckdb

    FOLDER.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(FOLDER / "tmp")})
    connection.execute(f"create table made as {MADE}")
    connection.execute(f"copy made to '{FOLDER}/batches' (format parquet, partition_by (in_unit, in_year), overwrite)")
    columns = "_unit, field, field_folded, received, due, returned, status, letter_on"
    connection.execute(f"copy (select {columns} from made) to '{FOLDER}/rows.csv'")
    (FOLDER / "done").touch()


def files() -> list[str]:
    return sorted(str(path) for path in (FOLDER / "batches").glob("*/*/*.parquet"))


def _in_a_process_of_its_own(who: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "bench.measures", who], stdout=subprocess.PIPE, check=True)  # noqa: S603
    return json.loads(done.stdout)


def product(paths: list[str]) -> int:
    from thidua.analytics import engine
    from thidua.core.measures.schema import Period

    measure, dataset = shipped()
    found = engine.cells(measure, dataset, paths, Period(START, END), END, engine=engine.Engine.DUCKDB)
    return sum(cell.denominator for cell in found)


def shipped() -> tuple:
    from importlib import resources

    from thidua.analytics import registry
    from thidua.core.plan.reader import read

    text = resources.files("thidua").joinpath("plans", "cchc-2023-2025.toml").read_text(encoding="utf-8")
    plan, _problems = read(text, "cchc", datasets=registry.DATASETS)
    measure = next(each for each in plan.measures if each.id == "dossiers-on-time")
    return measure, registry.DATASETS[measure.dataset]


def by_hand(paths: list[str]) -> int:
    import duckdb

    rows = duckdb.execute(BY_HAND, {"files": paths, "start": START, "end": END}).fetchall()
    return sum(row[4] for row in rows)


def pandas(_paths: list[str]) -> int:
    import pandas as pd

    days = ["received", "due", "returned", "letter_on"]
    rows = pd.read_csv(FOLDER / "rows.csv", parse_dates=days)
    start, end = pd.Timestamp(START), pd.Timestamp(END)
    live = ~rows.status.isin(["withdrawn", "not_accepted"])
    ordinary = ~rows.field_folded.str.contains("|".join(PETITIONS), na=False)
    whole = rows[rows.returned.between(start, end) & live & ordinary]
    keys = [whole._unit, whole.field, whole.returned.dt.to_period("M")]
    counted = (whole.returned <= whole.due).groupby(keys).agg(["sum", "count"])
    return int(counted["count"].sum())


def new_batch(paths: list[str]) -> int:
    """What an import costs: the files of one batch alone, however many lie behind it."""
    return product(paths[:1])


def growth(paths: list[str]) -> dict[str, float]:
    """Seconds, warm, for 1, 10 and 100 million rows; the last are the files ten times over."""
    product(paths)
    sizes = {"1": paths[:: max(len(paths) // 90, 1)][:90], "10": paths, "100": paths * 10}
    found = {}
    for millions, asked in sizes.items():
        start = time.perf_counter()
        product(asked)
        found[f"{millions}_million_s"] = round(time.perf_counter() - start, 2)
    return found | {"peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def run(who: Callable[[list[str]], int]) -> dict[str, float]:
    paths = files()
    times, work, counted = [], [], 0
    for _round in range(1 if who is pandas else ROUNDS + 1):
        start, before = time.perf_counter(), time.process_time()
        counted = who(paths)
        times.append(time.perf_counter() - start)
        work.append(time.process_time() - before)
    warm = times[1:] or times
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "counted": counted,
        "first_s": round(times[0], 3),
        "warm_s": round(statistics.median(warm), 3),
        "first_cpu_s": round(work[0], 3),
        "warm_cpu_s": round(statistics.median(work[1:] or work), 3),
        "peak_mb": round(peak),
    }


if __name__ == "__main__":
    name = sys.argv[1]
    if name in ("product", "new_batch", "growth"):
        import django

        django.setup()  # as in a worker, which has the product loaded before it counts
        shipped()
    print(json.dumps(growth(files()) if name == "growth" else run(globals()[name])))  # noqa: T201 — read by the parent
