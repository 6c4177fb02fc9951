"""The password of the demonstration is printed in the manual: where real units are at work, no account may have it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import Error
from django.db import Error as DatabaseError
from django.db.models import F
from django.utils import translation

from thidua.core.words import Sentence, _
from thidua.demo.world import PASSWORD
from thidua.ledger.signs import Sign
from thidua.people.models import Person, Unit

# Passwords that are tried at one look, the strongest accounts first; what was tried once is remembered.
MOST = 12


def opened() -> list[str]:
    """Sign-in names of the demonstration's accounts that its printed password opens beside real units. Two queries."""
    if not Unit.objects.filter(is_sample=False).exists():
        return []
    sample = Person.objects.filter(is_sample=True, is_active=True).exclude(password="")
    strongest_first = sample.order_by(F("roles__kind").asc(nulls_last=True), "pk").values_list("username", "password")
    names: dict[str, str] = {}
    for username, password in strongest_first[: MOST * 100]:
        names.setdefault(password, username)
    return [username for password, username in list(names.items())[:MOST] if _is_printed(password)]


@lru_cache(maxsize=1000)
def _is_printed(password: str) -> bool:
    return check_password(PASSWORD, password)


def at_start(app_configs, **kwargs) -> list[Error]:
    """A check of Django's, made by ``thidua web`` before it serves others; ``look`` tells it while it serves."""
    with contextlib.suppress(DatabaseError), translation.override("en"):
        if settings.HTTPS and (found := opened()):
            return [Error(str(_sentence(found)), id="thidua.E101")]
    return []


def _sentence(found: list[str]) -> Sentence:
    return _(
        "The printed password of the demonstration still opens accounts beside real units (%(names)s). "
        "Give each another: thidua people slip NAME; or close them.",
        names=", ".join(found),
    )


def look(at: dt.datetime) -> Iterator[Sign]:
    found = opened()
    well = _("No account beside real units has the printed password of the demonstration.")
    yield Sign("printed_password", not found, _sentence(found) if found else well, len(found))
