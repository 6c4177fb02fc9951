"""What hundreds of tests begin with is made once in a process; after that its rows are put back as they were.

Each test still has them in its own transaction, and objects of its own. The first making runs the real actions.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from django.db import connection, transaction

# The database seals rows itself, at the end of the transaction that puts them back, and notes the events of jobs.
TABLES = """
select relname from pg_class
 where relkind = 'r' and relnamespace = 'public'::regnamespace
   and relname not like 'django\\_%' and relname not in ('auth_permission', 'ledger_seal', 'procrastinate_events')
 order by relname
"""
_made: dict[str, tuple[dict[str, bytes], dict[Path, bytes], bytes]] = {}


def made(name: str, make: Callable[[], SimpleNamespace], folder: Path | None = None) -> SimpleNamespace:
    """What ``make`` gives, with its rows in the database and its files in the folder. Where other rows are there
    already, it is made anew."""
    if any(_counts().values()):
        return make()
    if name not in _made:
        world = make()
        rows = {table: _out(table) for table, count in _counts().items() if count}
        _made[name] = rows, _files(folder), pickle.dumps(world)
        return world
    rows, files, world = _made[name]
    with transaction.atomic():
        for table, text in rows.items():
            _in(table, text)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return pickle.loads(world)  # noqa: S301 — our own, of this process


def _files(folder: Path | None) -> dict[Path, bytes]:
    found = folder.rglob("*") if folder else ()
    return {path.relative_to(folder): path.read_bytes() for path in found if path.is_file()}


def _counts() -> dict[str, int]:
    """Table → 1 where it has rows."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
        cursor.execute("select " + ", ".join(f"exists(select from {table})::int" for table in tables))
        return dict(zip(tables, cursor.fetchone(), strict=True))


def _out(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.cursor.copy(f"copy {table} to stdout") as copy:
        return b"".join(bytes(piece) for piece in copy)


def _in(table: str, text: bytes) -> None:
    with connection.cursor() as cursor, cursor.cursor.copy(f"copy {table} from stdin") as copy:
        copy.write(text)
