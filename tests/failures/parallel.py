"""Steps taken at one moment, each in a thread with a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections, transaction
from django.test import Client

from thidua.core.refusals import Denied

WAITING = """
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


def row(thing) -> str:
    """The gate before everything that locks this row."""
    return f"select 1 from {thing._meta.db_table} where id = {thing.pk} for update"


def inserts(model) -> str:
    """The gate before every new row of this table."""
    return f"lock table {model._meta.db_table} in share mode"


def race(gate: str, *steps: Callable[[], object]) -> list[object]:
    """What each step returned, or its refusal. All have read what they will read before the first may go on."""
    with ThreadPoolExecutor(len(steps)) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(gate)
            running = [pool.submit(_alone, step) for step in steps]
            deadline = time.monotonic() + 20
            while _waiting(cursor) < len(steps):
                assert time.monotonic() < deadline, [each.exception(0) for each in running if each.done()]
                time.sleep(0.02)
        return [each.result(30) for each in running]


def _waiting(cursor) -> int:
    cursor.execute("select pg_stat_clear_snapshot()")  # else the whole transaction sees the same picture
    cursor.execute(WAITING)
    return cursor.fetchone()[0]


def _alone(step: Callable[[], object]) -> object:
    try:
        return step()
    except Denied as refusal:
        return refusal
    finally:
        connections.close_all()


def posting(person, path: str, data: dict) -> Callable[[], object]:
    """A step: this person, signed in, sends this form."""
    client = Client()
    client.force_login(person)
    return lambda: client.post(path, data)
