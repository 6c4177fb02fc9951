"""Steps about the same thing one after the other, where there is no row yet that could be locked."""

from __future__ import annotations

from django.db import connection


def take(thing: str, *, shared: bool = False) -> None:
    """Within a transaction, before a rule is asked: who comes second waits until the first is over, and finds what it
    wrote. Those who share a turn wait for none but the one who takes it alone."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"select {lock}(hashtextextended(%s, 0))", [thing])
