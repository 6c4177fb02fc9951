"""Reading the trail: is it whole?"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

# Recomputes every seal from the one before and from its row, and keeps the first that does not agree. One statement, so
# that all of it speaks of one moment. Each seal meets the one before by its number: no order is needed, so the
# database may share the work out. The first way of sealing counts below the marked row only, see migration 0005.
VERIFY = """
with checked as (
    select s.n, s.way, s.entry_id, e.id is null as missing,
           e.id is null or s.n < 1 or (s.n > 1 and p.n is null) or s.way not in (1, 2)
           or (s.way = 1 and s.n >= (select coalesce(min(n), 0) from ledger_seal where way = 2))
           or s.hash <> ledger_link(s.way, s.n, coalesce(p.hash, ''), ledger_body(s.way, e)) as wrong
      from ledger_seal s
      left join ledger_seal p on p.n = s.n - 1
      left join ledger_entry e on e.id = s.entry_id
), found as (
    select count(*) as rows, min(n) filter (where wrong) as wrong from checked
), former as (
    select max(s.n) as last, encode(sha256(string_agg(ledger_digest(e), ''::bytea order by s.n)), 'hex') as digest
      from ledger_seal s left join ledger_entry e on e.id = s.entry_id
     where s.way = 1
), marked as (
    select former.last + 1 as wrong
      from former
     where former.last is not null and not exists (
           select 1 from ledger_seal s join ledger_entry e on e.id = s.entry_id, ledger_seal p
            where s.n = former.last + 1 and p.n = former.last and e.verb = 'ledger.change_way'
              and e.after @> jsonb_build_object('rows', p.n, 'head', p.hash, 'digest', former.digest))
)
select found.rows,
       coalesce((select hash from ledger_seal order by n desc limit 1), ''),
       (select count(*) from ledger_entry e where not exists (select 1 from ledger_seal s where s.entry_id = e.id)),
       least(found.wrong, marked.wrong),
       (select entry_id from ledger_seal where n = least(found.wrong, marked.wrong)),
       (select min(n) from ledger_seal), (select max(n) from ledger_seal),
       (select coalesce(jsonb_object_agg(n, hash), '{}') from ledger_seal where n = any(%s))
  from found left join marked on true
"""


@dataclass(frozen=True)
class Integrity:
    """``broken_at`` is the number in the chain of the first row that does not agree, None when all do."""

    rows: int
    head: str
    unsealed: int
    broken_at: int | None = None
    entry_id: int | None = None
    first: int | None = None
    last: int | None = None

    @property
    def whole(self) -> bool:
        return self.rows > 0 and self.broken_at is None and self.unsealed == 0


def verify() -> Integrity:
    with connection.cursor() as cursor:
        cursor.execute(VERIFY, [[]])
        *found, _hashes = cursor.fetchone()
    return Integrity(*found)
