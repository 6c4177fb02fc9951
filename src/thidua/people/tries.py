"""Tries at a password or a code, counted before they are looked at (ADR 16): a browser in which the owner was signed in
has a count of its own, so that strangers slow each other down and not her."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from thidua.core.refusals import TooOften
from thidua.ledger import limits
from thidua.people import devices
from thidua.people.models import Person
from thidua.ui.clients import address_of


class Tries:
    """Of ``kind`` ("sign_in", "code") at an account, which is counted by the name ``named``."""

    def __init__(self, request, kind: str, account: Person | None, named: object):
        known = devices.known_as(request, account.pk) if account else ""
        self.request, self.address = request, f"{kind}.address"
        by_name = [(self.address, address_of(request)), (f"{kind}.account", _counted_as(named))]
        self.counts = [(f"{kind}.device", known)] if known else by_name

    def begin(self, *, at: dt.datetime) -> None:
        """One that refuses takes back what the others have counted of this try, which was none.

        Raises ValidationError."""
        try:
            with transaction.atomic():
                for kind, who in self.counts:
                    limits.attempt(kind, who, at=at)
        except TooOften as refusal:
            self.request.retry_after = refusal.retry_after
            raise ValidationError(str(refusal.sentence)) from refusal

    def succeeded(self) -> None:
        for kind, who in self.counts:
            limits.give_back(kind, who) if kind == self.address else limits.forget(kind, who)


def at_code(request, account: Person) -> Tries:
    """A try at the second factor of an account, begun."""
    tries = Tries(request, "code", account, account.pk)
    tries.begin(at=timezone.now())
    return tries


def forget(request, account: Person) -> None:
    """All wrong passwords at an account, here and by its names, whoever tried them."""
    limits.forget("sign_in.device", devices.known_as(request, account.pk))
    for name in (account.username, account.email):
        limits.forget("sign_in.account", _counted_as(name))


def _counted_as(named: object) -> str:
    return str(named).lower()
