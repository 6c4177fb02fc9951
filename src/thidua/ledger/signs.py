"""What tells whether all is well on this installation: declared by the rooms, read by /healthz, /metrics, the
administrator's page and commands.

A room declares in its ``apps.py``, in ``ready``::

    signs.declare(queue.look)                        # or declare(look, needs_database=False)

``look(at)`` gives the signs of one subject, well or not, by one query or a look at the disk: it is taken every second
while somebody asks. Its name in code (``look`` of ``queue.py`` is told as "queue") stands for it where it fails itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection
from django.utils import translation

from thidua.core.words import Sentence, _

logger = logging.getLogger("thidua.signs")
DATABASE = "database"
# A look that waits for a lock shall not make the page wait.
LOOK_MILLISECONDS = 3000
# So old an answer may be while somebody looks; then it says that it is.
LONGEST_LOOK_SECONDS = 60


@dataclass(frozen=True)
class Sign:
    """One thing that is well or not. ``name`` is for machines and shown to everybody; ``sentence`` says to the
    administrator what is wrong and what to do (or that all is well); ``count`` is how many, where they can be counted;
    ``address`` is the page where it is dealt with. A ``notice`` is a choice that somebody may leave
    as it is: shown, but no fault of the installation."""

    name: str
    is_well: bool
    sentence: Sentence | str
    count: int = 0
    address: str = ""
    is_notice: bool = False

    @property
    def is_fault(self) -> bool:
        return not self.is_well and not self.is_notice


Look = Callable[[dt.datetime], Iterable[Sign]]


@dataclass(frozen=True)
class _Declared:
    look: Look
    name: str
    needs_database: bool


@dataclass(frozen=True)
class _Kept:
    signs: tuple[Sign, ...]
    until: float  # of time.monotonic()


_looks: list[_Declared] = []
_failing: dict[str, str] = {}
_kept: _Kept | None = None
_one_at_a_time, _telling = threading.Lock(), threading.Lock()


def declare(look: Look, *, needs_database: bool = True) -> None:
    """Add a look; it is called ``look`` in a file that has the name of its subject, or has that name itself."""
    name = look.__module__.rpartition(".")[2] if look.__name__ == "look" else look.__name__
    known = _Declared(look, name, needs_database)
    if known not in _looks:
        _looks.append(known)


def signs(at: dt.datetime) -> tuple[Sign, ...]:
    """All signs of this moment, the database's first. Raises nothing: a look that fails is itself a bad sign."""
    database = _database()
    found = [database]
    with _bounded(database.is_well):
        for each in _looks:
            found += _taken(each, at, database.is_well)
    _tell(found)
    return tuple(found)


def kept(at: dt.datetime) -> tuple[Sign, ...]:
    """The same, at most ``settings.SIGNS_KEPT_FOR`` seconds old: for addresses that anybody may ask, as often as they
    like. While one request looks, the others of this process get the answer before it."""
    global _kept
    if not _one_at_a_time.acquire(blocking=_kept is None):
        return _last(_kept)
    try:
        if _kept is None or time.monotonic() >= _kept.until:
            _kept = _Kept(signs(at), time.monotonic() + settings.SIGNS_KEPT_FOR)
        return _kept.signs
    finally:
        _one_at_a_time.release()


def _last(known: _Kept) -> tuple[Sign, ...]:
    late = time.monotonic() - known.until
    if late < LONGEST_LOOK_SECONDS:
        return known.signs
    sentence = _("Looking takes too long: what is said here was found %(n)s seconds ago.", n=int(late))
    return *known.signs, Sign("signs", False, sentence)


def _database() -> Sign:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return Sign(DATABASE, False, _("The database does not answer. Pages say so and try again by themselves."))
    return Sign(DATABASE, True, _("The database answers."))


@contextlib.contextmanager
def _bounded(is_well: bool) -> Iterator[None]:
    """No statement of a look takes longer than its time."""
    if not is_well:
        yield
        return
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute(f"set statement_timeout = {LOOK_MILLISECONDS:d}")
    try:
        yield
    finally:
        with contextlib.suppress(Error), connection.cursor() as cursor:
            cursor.execute("reset statement_timeout")


def _taken(each: _Declared, at: dt.datetime, has_database: bool) -> list[Sign]:
    if each.needs_database and not has_database:
        return [Sign(each.name, False, _("This cannot be seen while the database is away."))]
    try:
        return list(each.look(at))
    except Exception as error:  # whatever it is: that nobody can look is what is wrong
        fault = type(error).__name__
        if each.name not in _failing:
            logger.exception("The look at %s failed", each.name)
        return [Sign(each.name, False, _("This could not be looked at (%(fault)s); the log says more.", fault=fault))]


def _tell(found: list[Sign]) -> None:
    """A line in the log of this process, in English, when something begins to be wrong and one when it is well again,
    however often one looks."""
    with translation.override("en"):
        wrong = {sign.name: str(sign.sentence) for sign in found if sign.is_fault}
    with _telling:
        for name in wrong.keys() - _failing.keys():
            logger.error("Failing: %s. %s", name, wrong[name])
        for name in _failing.keys() - wrong.keys():
            logger.warning("Well again: %s", name)
        _failing.clear()
        _failing.update(wrong)
