"""Access codes for programs."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from thidua.core.refusals import need
from thidua.core.vietnamese import nfc
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.people import rules
from thidua.people.models import ApiToken, Person, Unit

STARTS = "thd_"  # by which scanners of source code find a secret that was left there


@transaction.atomic
def issue_token(*, unit: Unit, name: str, expires_on: dt.date, by: Person, at: dt.datetime) -> tuple[ApiToken, str]:
    """An access code for a program of the unit, and its secret: returned, never stored."""
    rules.check_issue_token(by, unit, at=at)
    today = timezone.localdate(at)
    need(nfc(name), _("Name the program."))
    fits = today <= expires_on <= today + rules.LONGEST_TOKEN
    need(fits, _("An access code lives for at most a year from today."), "expires_on")
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # two of one name at once
    same = unit.tokens.filter(name=nfc(name), revoked_at=None)
    need(not same.exists(), _("The unit has an access code of this name."), "name")
    secret = f"{STARTS}{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        unit=unit, name=nfc(name), sha256=sha256_of(secret), made_by=by, made_at=at, expires_on=expires_on
    )
    ledger.record(
        by=by,
        at=at,
        verb="people.issue_token",
        thing=token,
        unit_id=unit.pk,
        after={"name": token.name, "ends_on": expires_on.isoformat()},
    )
    return token, secret


def sha256_of(secret: str) -> str:
    """What is kept of a secret that nobody can guess: no salt and no slow hash are needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Person, at: dt.datetime) -> None:
    """From now on the program is refused; what it handed in stays."""
    token = ApiToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    rules.check_revoke_token(by, token, at=at)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    ledger.record(by=by, at=at, verb="people.revoke_token", thing=token, unit_id=token.unit_id)


@transaction.atomic
def use_first(*, token: ApiToken, at: dt.datetime) -> None:
    """The first call with the code, which somebody may not have expected."""
    ledger.record(by=token.made_by, at=at, verb="people.use_first", thing=token, unit_id=token.unit_id)
