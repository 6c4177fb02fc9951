"""Programs at the door: whose access code a call carries, and whether it has failed too often of late.

Calls are counted for each network address and for each code, and what came to nothing for each code (ledger.limits).
Codes that are not known are not: nobody guesses one.
"""

from __future__ import annotations

import datetime as dt

from thidua.core.refusals import NotAdmitted
from thidua.core.words import _
from thidua.ledger import limits
from thidua.people import rules
from thidua.people.actions import sha256_of, use_first
from thidua.people.models import ApiToken

FAILURES = "api.failures"
NOTED_EVERY = dt.timedelta(hours=1)


def admit(secret: str, *, address: str, at: dt.datetime) -> ApiToken:
    """The access code of a call from this network address. Raises NotAdmitted, TooOften: the body is not read yet, and
    one statement refuses a flood."""
    limits.spend("api.address", address, at=at)
    token = ApiToken.objects.select_related("unit", "made_by").filter(sha256=sha256_of(secret)).first()
    if token is None:
        raise NotAdmitted(_("This access code is not known here."))
    limits.spend("api.calls", token.pk, at=at)
    limits.check(FAILURES, token.pk, at=at)
    try:
        rules.check_use_token(token, at=at)
    except NotAdmitted:
        failed(token, at=at)
        raise
    if token.last_used_at is None:
        use_first(token=token, at=at)
    if token.last_used_at is None or token.last_used_at <= at - NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


def shown(request) -> str:
    """The access code that a call carries; nothing where it carries none."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret if scheme.lower() == "bearer" else ""


def is_known(secret: str) -> bool:
    """Whether a code is one of ours and in use: asked before its body is received. ``admit`` looks closer."""
    return ApiToken.objects.filter(sha256=sha256_of(secret), revoked_at=None).exists()


def failed(token: ApiToken, *, at: dt.datetime) -> None:
    """One more call of this code that came to nothing."""
    limits.count(FAILURES, token.pk, at=at)
