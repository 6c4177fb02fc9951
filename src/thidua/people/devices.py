"""Browsers in which people were signed in before: a signed cookie, so that strangers do not shut the owner out.

And what a browser is called in the list of sign-ins.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing

COOKIE, SALT = "device", "people.device"
YEAR = 365 * 24 * 3600
MOST = 10  # people who share a browser
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "coc_coc": "Cốc Cốc",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def known_as(request, person_id: int | None) -> str:
    """A name of this browser for the person, or nothing where the person was never signed in here."""
    kept = _kept(request)
    return f"{kept['id']}:{person_id}" if person_id in kept["of"] else ""


def is_known(request) -> bool:
    """Whether anybody was ever signed in with this browser."""
    return bool(_kept(request)["of"])


def will_know(request, person_id: int) -> None:
    """The answer to this request carries the cookie."""
    kept = _kept(request)
    kept["of"] = [person_id, *(each for each in kept["of"] if each != person_id)][:MOST]
    request.device = kept


def remember(request, response) -> None:
    if kept := getattr(request, "device", None):
        value = signing.dumps(kept, salt=SALT)
        response.set_cookie(COOKIE, value, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")


def _kept(request) -> dict:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "of": []}


def in_words(agent: str) -> str:
    """ "Chrome, Windows" of what a browser says of itself; nothing where it says neither."""
    found = [next((word for key, word in table.items() if key in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in found if word)
