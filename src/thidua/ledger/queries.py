"""Reading the trail: is it whole?"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

# Recomputes the chain in the database, in order, and keeps the first row whose hash or entry does not agree.
# One statement, so that all of it speaks of one moment.
VERIFY = """
with chain as (
    select s.n, s.entry_id, s.hash, e.id,
           lag(s.hash, 1, '') over (order by s.n) as previous,
           lag(s.n, 1, 0::bigint) over (order by s.n) as previous_n,
           ledger_text(e) as body
      from ledger_seal s left join ledger_entry e on e.id = s.entry_id
), broken as (
    select n, entry_id, id is null as missing
      from chain
     where id is null or n <> previous_n + 1
        or hash <> encode(sha256(convert_to(previous || body, 'UTF8')), 'hex')
     order by n limit 1
)
select (select count(*) from ledger_seal),
       coalesce((select hash from ledger_seal order by n desc limit 1), ''),
       (select count(*) from ledger_entry e where not exists (select 1 from ledger_seal s where s.entry_id = e.id)),
       broken.n, broken.entry_id, coalesce(broken.missing, false)
  from (select 1) as one left join broken on true
"""


@dataclass(frozen=True)
class Integrity:
    """``broken_at`` is the number in the chain of the first row that does not agree, None when all do."""

    rows: int
    head: str
    unsealed: int
    broken_at: int | None = None
    entry_id: int | None = None
    missing: bool = False

    @property
    def whole(self) -> bool:
        return self.broken_at is None and self.unsealed == 0


def verify() -> Integrity:
    with connection.cursor() as cursor:
        cursor.execute(VERIFY)
        return Integrity(*cursor.fetchone())
