"""Steps about the same thing one after the other, where there is no row yet that could be locked."""

from __future__ import annotations

from django.db import connection


def take(thing: str) -> None:
    """Within a transaction, before a rule is asked: who comes second waits until the first is over, and finds what it
    wrote."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [thing])
