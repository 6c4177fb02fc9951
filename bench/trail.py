"""``thidua ledger verify`` over a million rows, and what sealing takes of the database's time in a registration."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg

from bench import homes
from bench.kept import nothing_kept
from bench.registrations import AT_ONCE, Signer, load, product, server, signers
from thidua.host import cluster, postgres

ROWS, A_LOT = 1_000_000, 20_000
REGISTRATIONS = 160
TIMES = """
select coalesce((select sum(total_time) from pg_stat_user_functions where funcname = 'ledger_seal'), 0),
       (select active_time from pg_stat_database where datname = current_database())
"""
FILL = """
insert into ledger_entry (at, by_id, by_name, acting_as, verb, thing_type, thing_id, thing_label, unit_id,
                          before, after, note, folded)
select at, by_id, by_name, acting_as, verb, thing_type, thing_id, thing_label, unit_id, before, after, note, folded
  from ledger_entry order by id limit %s
"""


def measure() -> dict[str, object]:
    with psycopg.connect(postgres.url(homes.LARGE.home, "superuser", cluster.DATABASE), autocommit=True) as database:
        shares = _shares_of_sealing(database)
        rows = _fill(database)
        database.execute("vacuum analyze ledger_entry, ledger_seal")
    command = [sys.executable, "-m", "thidua.config.cli", "ledger", "verify"]
    start = time.perf_counter()
    subprocess.run(command, env=homes.LARGE.environment, stdout=sys.stderr, check=True)  # noqa: S603 — our own command
    return {"sealing": shares, "verify": {"rows": rows, "s": round(time.perf_counter() - start, 1)}}


def _shares_of_sealing(database: psycopg.Connection) -> dict[str, dict[str, float]]:
    """Of one registration; where many come at once it is mostly waiting for the seal of another."""
    with _functions_timed(database), nothing_kept(), server("thidua.config.settings") as address:
        people = itertools.cycle(signers())
        asyncio.run(load(address, product, people, AT_ONCE))  # warms up
        return {f"{at_once} at once": _share(database, address, people, at_once) for at_once in (1, AT_ONCE)}


def _share(database: psycopg.Connection, address: str, people: Iterator[Signer], at_once: int) -> dict[str, float]:
    before = _times(database)
    asyncio.run(load(address, product, people, REGISTRATIONS, at_once))
    sealing, whole = (now - then for now, then in zip(_times(database), before, strict=True))
    ms = {"sealing_ms": round(sealing / REGISTRATIONS, 2), "database_ms": round(whole / REGISTRATIONS, 1)}
    return {**ms, "share": round(sealing / whole, 3)}


@contextlib.contextmanager
def _functions_timed(database: psycopg.Connection) -> Iterator[None]:
    database.execute(f"alter database {cluster.DATABASE} set track_functions = 'all'")
    try:
        yield
    finally:
        database.execute(f"alter database {cluster.DATABASE} reset track_functions")


def _times(database: psycopg.Connection) -> tuple[float, float]:
    """Milliseconds of sealing, and of all statements; a connection tells of them a second after it is at rest."""
    time.sleep(2)
    return database.execute(TIMES).fetchone()


def _fill(database: psycopg.Connection) -> int:
    """Rows like those that are there, sealed as every row is; gives how many there are."""
    (rows,) = database.execute("select count(*) from ledger_entry").fetchone()
    while rows < ROWS:
        rows += database.execute(FILL, [min(A_LOT, ROWS - rows)]).rowcount
    return rows
