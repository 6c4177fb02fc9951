"""How often somebody may do something in a while: counted once for all processes, in one statement of the database.

The numbers are ``settings.LIMITS``: kind → (how many, in how many seconds). A while begins with the first thing that is
counted. Who is counted is kept as a keyed hash, and goes when the while is over (``sweep``). The table is in no log of
the database: a crash forgets it, and a count costs no wait for the disk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import math
import threading

from django.conf import settings
from django.db import connection, models

from thidua.core.refusals import TooOften
from thidua.core.words import Sentence, _
from thidua.ledger.models import Spent

# A while that begins later than now is of a clock that was put back since, and over. Processes differ by less.
CLOCKS_DIFFER = dt.timedelta(seconds=30)

# The WHERE is what refuses: what does not fit is not counted, so hammering neither writes nor makes the while longer.
SPEND = """
insert into ledger_spent as kept (kind, who, spent, since) values (%(kind)s, %(who)s, %(cost)s, %(at)s)
on conflict (kind, who) do update
   set spent = excluded.spent + case when {runs} then kept.spent else 0 end,
       since = case when {runs} then kept.since else excluded.since end
 where not {runs} or kept.spent + excluded.spent <= %(most)s
returning spent
""".format(runs="(kept.since > %(over)s and kept.since <= %(ahead)s)")  # noqa: S608 — a constant


# Here ``since`` is the last attempt. What is refused changes nothing, so hammering shuts nobody out for longer.
ATTEMPT = """
insert into ledger_spent as kept (kind, who, spent, since) values (%(kind)s, %(who)s, 1, %(at)s)
on conflict (kind, who) do update
   set spent = case when {runs} then kept.spent else 0 end + 1, since = excluded.since
 where not {runs} or kept.spent < %(free)s
    or kept.since + make_interval(secs => least(2 ^ least(kept.spent - %(free)s + 1, 30), %(longest)s)) <= %(at)s
returning spent
""".format(runs="(kept.since > %(over)s and kept.since <= %(ahead)s)")
LONGEST_WAIT = 900


def spend(kind: str, who: object, *, at: dt.datetime, cost: int = 1) -> None:
    """Count ``cost`` more of ``kind`` for ``who`` (an address, the id of a person or code). Raises TooOften.

    An address of IPv6 counts as its network of 64 bits, which is what one household has. A step that is rolled back is
    not counted, so spend before the transaction begins.
    """
    most, seconds = settings.LIMITS[kind]
    name = _counted_as(kind, who)
    if cost > most or not _fits(kind, name, at, seconds, cost, most):
        raise _too_often(kind, name, at, seconds)


def count(kind: str, who: object, *, at: dt.datetime) -> None:
    """Count one more without refusing: failures, which ``check`` then looks at."""
    most, seconds = settings.LIMITS[kind]
    _fits(kind, _counted_as(kind, who), at, seconds, 1, most)


class Here:
    """Counted by this process for itself, in memory: for what is asked so often that a row for each time would cost
    more than it spares. With several processes somebody has the number in each of them."""

    MOST = 10_000  # who is counted at a time; over it, who came least lately begins anew

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], tuple[int, dt.datetime]] = {}
        self._lock = threading.Lock()

    def spend(self, kind: str, who: object, *, at: dt.datetime) -> None:
        """Count one more. Raises TooOften."""
        most, seconds = settings.LIMITS[kind]
        named, long = (kind, _counted_as(kind, who)), dt.timedelta(seconds=seconds)
        with self._lock:
            spent, since = self._counted.pop(named, (0, at))
            if not at - long < since <= at + CLOCKS_DIFFER:
                spent, since = 0, at
            if len(self._counted) >= self.MOST:
                del self._counted[next(iter(self._counted))]  # kept in the order in which they came last
            self._counted[named] = min(spent + 1, most), since
            if spent < most:
                return
        raise _refusal(max(1, min(math.ceil((since + long - at).total_seconds()), seconds)))

    def forget_all(self) -> None:
        with self._lock:
            self._counted.clear()


here = Here()


def check(kind: str, who: object, *, at: dt.datetime) -> None:
    """Raises TooOften when nothing is left of the while; counts nothing."""
    most, seconds = settings.LIMITS[kind]
    name = _counted_as(kind, who)
    kept = _kept(kind, name, at, seconds)
    if kept and kept.spent >= most:
        raise _too_often(kind, name, at, seconds)


def attempt(kind: str, who: object, *, at: dt.datetime) -> None:
    """Count one more before it is tried; after the free ones each waits twice as long as the one before.

    Raises TooOften, and counts nothing, while the wait lasts. ``forget`` what came to something, or ``give_back`` one.
    """
    free, seconds = settings.LIMITS[kind]
    name = _counted_as(kind, who)
    values = {"kind": kind, "who": name, "at": at, "free": free, "longest": LONGEST_WAIT}
    values |= {"over": at - dt.timedelta(seconds=seconds), "ahead": at + CLOCKS_DIFFER}
    with connection.cursor() as cursor:
        cursor.execute(ATTEMPT, values)
        if cursor.fetchone() is not None:
            return
    kept = _kept(kind, name, at, seconds)
    waits = min(2 ** min(kept.spent - free + 1, 30), LONGEST_WAIT) if kept else 1
    left = (kept.since - at).total_seconds() + waits if kept else 1
    raise _refusal(max(1, min(math.ceil(left), LONGEST_WAIT)))


def give_back(kind: str, who: object) -> None:
    """One that was counted came to something."""
    kept = Spent.objects.filter(kind=kind, who=_counted_as(kind, who), spent__gt=0)
    kept.update(spent=models.F("spent") - 1)


def forget(kind: str, who: object) -> None:
    """As if nothing had been counted."""
    Spent.objects.filter(kind=kind, who=_counted_as(kind, who)).delete()


def sweep(*, at: dt.datetime) -> int:
    """Remove what is over; how many rows."""
    longest = {kind: dt.timedelta(seconds=seconds) for kind, (_most, seconds) in settings.LIMITS.items()}
    gone = sum(Spent.objects.filter(kind=kind, since__lte=at - long).delete()[0] for kind, long in longest.items())
    gone += Spent.objects.filter(since__gt=at + CLOCKS_DIFFER).delete()[0]
    return gone + Spent.objects.exclude(kind__in=longest).delete()[0]


def _fits(kind: str, name: str, at: dt.datetime, seconds: float, cost: int, most: int) -> bool:
    values = {
        "kind": kind,
        "who": name,
        "cost": cost,
        "most": most,
        "at": at,
        "over": at - dt.timedelta(seconds=seconds),
        "ahead": at + CLOCKS_DIFFER,
    }
    with connection.cursor() as cursor:
        cursor.execute(SPEND, values)
        return cursor.fetchone() is not None


def _kept(kind: str, name: str, at: dt.datetime, seconds: float) -> Spent | None:
    """What is counted of a while that is not over."""
    over, ahead = at - dt.timedelta(seconds=seconds), at + CLOCKS_DIFFER
    return Spent.objects.filter(kind=kind, who=name, since__gt=over, since__lte=ahead).first()


def _too_often(kind: str, name: str, at: dt.datetime, seconds: float) -> TooOften:
    kept = _kept(kind, name, at, seconds)
    left = (kept.since - at).total_seconds() + seconds if kept else seconds
    return _refusal(max(1, min(math.ceil(left), math.ceil(seconds))))


def _refusal(wait: int) -> TooOften:
    sentence = _("Too many attempts in a short while. Try again in %(wait)s.", wait=in_words(wait))
    return TooOften(sentence, retry_after=wait)


def in_words(seconds: int) -> Sentence:
    """How long to wait, for people: never less than it is."""
    if seconds <= 60:
        return _("%(n)s seconds", n=seconds)
    if seconds <= 90 * 60:
        return _("%(n)s minutes", n=math.ceil(seconds / 60))
    return _("%(n)s hours", n=math.ceil(seconds / 3600))


def _counted_as(kind: str, who: object) -> str:
    """A name of which nobody without the key of this installation learns whose it is."""
    text = str(who)
    try:
        address = ipaddress.ip_address(text)
        text = str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else text
    except ValueError:
        pass
    key = hashlib.sha256(f"limits:{kind}:{settings.SECRET_KEY}".encode()).digest()
    return hashlib.blake2b(text.encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()
