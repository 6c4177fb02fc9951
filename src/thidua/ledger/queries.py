"""Reading the trail: is it whole, and is it what was anchored outside the database?"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from django.utils.timezone import localtime

from thidua.core.refusals import need
from thidua.core.vietnamese import number
from thidua.core.words import Sentence, _
from thidua.ledger import anchors
from thidua.ledger.anchors import Anchor

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
    """What was found. ``broken_at`` is the number in the chain of the first row that does not agree, None when all do.
    ``good`` is the last anchor that the trail agrees with, ``bad`` the first after it that it does not agree with."""

    rows: int
    head: str
    unsealed: int
    broken_at: int | None = None
    entry_id: int | None = None
    first: int | None = None
    last: int | None = None
    good: Anchor | None = None
    bad: Anchor | None = None
    restored: tuple[Anchor, ...] = ()

    @property
    def whole(self) -> bool:
        return self.trouble is None

    @property
    def unproven_from(self) -> int | None:
        """The first row after the last good anchor, where something is wrong."""
        if self.broken_at is None and self.bad is None and self.rows:
            return None
        return self.good.last + 1 if self.good else 1

    @cached_property
    def trouble(self) -> Sentence | None:
        """What is wrong, the gravest first."""
        if not self.rows:
            return self._nothing()
        if self.broken_at is not None:
            return self._after_good(
                _("The chain breaks at row %(n)s (entry %(entry)s).", n=self.broken_at, entry=self.entry_id)
            )
        if self.bad and self.bad.last > (self.last or 0):
            said = {"n": number(self.rows), "rows": number(self.bad.rows), **_named(self.bad)}
            return self._after_good(
                _("Rows are missing: the trail has %(n)s, anchor %(number)s of %(at)s had %(rows)s.", **said)
            )
        if self.bad:
            said = _named(self.bad)
            return self._after_good(_("The trail is another one than anchor %(number)s of %(at)s knew.", **said))
        return _("%(n)s rows carry no seal.", n=self.unsealed) if self.unsealed else None

    def _nothing(self) -> Sentence:
        known = self.bad
        if known is None:
            return _("The trail is empty: it holds no row at all.")
        said = {"rows": number(known.rows), **_named(known)}
        return _("The trail is empty, but anchor %(number)s of %(at)s had %(rows)s rows.", **said)

    def _after_good(self, sentence: Sentence) -> Sentence:
        if self.good is None:
            return sentence
        said = {"n": self.unproven_from, "last": self.good.last, **_named(self.good)}
        more = _(
            "Rows up to %(last)s are as anchor %(number)s of %(at)s knew them; row %(n)s is the first after it.", **said
        )
        return Sentence("%(sentence)s %(more)s", {"sentence": sentence, "more": more})

    @property
    def anchored(self) -> Sentence:
        """What was compared with."""
        if self.good is None:
            return _("No anchor outside the database is known to compare with.")
        said = {"rows": number(self.good.rows), **_named(self.good)}
        return _("Compared with anchor %(number)s of %(at)s, kept outside the database: %(rows)s rows.", **said)

    @property
    def taken_back(self) -> list[Sentence]:
        """Where a restore took rows away, by its own word."""
        return [
            _("Rows after %(last)s went away before anchor %(number)s of %(at)s: %(why)s", last=each.last,
              why=each.restored, **_named(each))
            for each in self.restored
        ]  # fmt: skip


def _named(anchor: Anchor) -> dict[str, object]:
    return {"number": anchor.number, "at": moment(anchor.moment)}


def moment(at: dt.datetime) -> str:
    return f"{localtime(at):%H:%M %d/%m/%Y}"


def verify(against: Path | None = None, key: Ed25519PublicKey | None = None) -> Integrity:
    """Recompute the trail and compare it with the anchors known here, and with those of a file.

    ``key`` is the public key of that file, where it is another installation's (a copy of its database is looked at):
    the anchors known here are then no matter. Refuses with a sentence where anchors cannot be believed.
    """
    known = anchors.own() if key is None else ()
    if against is not None:
        known = _together(known, anchors.read(against, key or anchors.own_key(), "" if key else anchors.own_name()))
    with connection.cursor() as cursor:
        cursor.execute(VERIFY, [[each.last for each in known]])
        *found, hashes = cursor.fetchone()
    rows, head, unsealed, broken_at, entry_id, first, last = found
    good, bad = _compared(known, json.loads(hashes), first, broken_at)
    restored = tuple(each for each in known if each.restored)
    return Integrity(rows, head, unsealed, broken_at, entry_id, first, last, good, bad, restored)


def _together(own: tuple[Anchor, ...], given: tuple[Anchor, ...]) -> tuple[Anchor, ...]:
    """Both files say the same of each anchor that both hold; a copy may be longer than a file that was cut."""
    known = {each.number: each for each in own}
    for each in given:
        need(
            known.setdefault(each.number, each).digest == each.digest,
            _("Anchor %(n)s of the file is another one than this installation wrote.", n=each.number),
        )
    return tuple(known[n] for n in sorted(known))


def _compared(
    known: tuple[Anchor, ...], hashes: dict[str, str], first: int | None, broken_at: int | None
) -> tuple[Anchor | None, Anchor | None]:
    """(last that agrees, first after it that does not). Anchors of rows that a restore took away count no more."""
    good = None
    for place, each in enumerate(known):
        if any(later.restored and later.last < each.last for later in known[place + 1 :]):
            continue
        if hashes.get(str(each.last)) != each.head or each.first != first:
            return good, each
        if broken_at is not None and broken_at <= each.last:
            return good, None
        good = each
    return good, None
