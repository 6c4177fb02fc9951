"""Rows of the trail, and what an owner of the database can do to it."""

from django.db import connection

NEW = """insert into ledger_entry
    (at, by_name, acting_as, verb, thing_type, thing_id, thing_label, before, after, note, folded)
    select now(), 'An', '', 'tests.write', 'test', n::text, 'x', '{}', '{}', '', '' from generate_series(1, %s) n"""


def append(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEW, [count])
        cursor.execute("set constraints all immediate; set constraints all deferred")


def behind_its_back(statements: str) -> None:
    """With the triggers off that refuse."""
    with connection.cursor() as cursor:
        for word in ("disable", "enable"):
            if word == "enable":
                cursor.execute(statements)
            for table in ("ledger_entry", "ledger_seal"):
                cursor.execute(f"alter table {table} {word} trigger user")


def change(n: int, what: str) -> None:
    """Of the row with this seal."""
    behind_its_back(f"update ledger_entry set {what} where id = (select entry_id from ledger_seal where n = {n})")


def cut_after(n: int) -> None:
    """Rows and seals with a higher number are gone."""
    behind_its_back(
        f"delete from ledger_entry where id in (select entry_id from ledger_seal where n > {n});"
        f"delete from ledger_seal where n > {n}"
    )


def chained_anew() -> None:
    """All seals computed from the rows as they are now."""
    behind_its_back(
        "with recursive chain (n, hash) as ("
        "  select 0::bigint, ''::varchar union all"
        "  select s.n, ledger_link(2, s.n, chain.hash, ledger_body(2, e))::varchar from chain"
        "    join ledger_seal s on s.n = chain.n + 1 join ledger_entry e on e.id = s.entry_id)"
        "update ledger_seal s set hash = chain.hash from chain where chain.n = s.n"
    )
