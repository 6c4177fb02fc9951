"""What is asked of a request before its turn: whose it is, and how much of its body may come in already."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error
from django.urls import Resolver404, resolve

from thidua.config import bodies
from thidua.desk.probes import PROBES, asks_for_life
from thidua.host import sizes
from thidua.host.sizes import Kind
from thidua.people import gate, queries
from thidua.ui import clients

ASK_FIRST = frozenset({Kind.PROGRAMS, Kind.UPLOADS})


def kind_of(environ: dict[str, Any]) -> Kind:
    """Pages that need no account, and addresses that there are not, are the public's; signing in is work."""
    path = environ.get("PATH_INFO", "")
    if path in PROBES:
        return Kind.ALIVE if asks_for_life(path, environ.get("QUERY_STRING", "")) else Kind.PROBES
    if path.startswith(settings.STATIC_URL):
        return Kind.FILES
    if path in settings.LARGER_BODIES:
        return Kind.UPLOADS
    if path.startswith("/api/"):
        return Kind.PROGRAMS
    try:
        view = resolve(path).func
    except Resolver404:
        return Kind.PUBLIC
    return Kind.PUBLIC if getattr(view, "is_public", False) else Kind.STAFF


def receive(environ: dict[str, Any]) -> AbstractContextManager[None]:
    """All that a form or a batch may hold, of who is signed in or has an access code; of others what fits in memory.

    Only for what is larger, or where many bodies come in already, the database is asked who it is. What is too large of
    a stranger is refused, or left unread for a view that itself asks first who sends it. Raises bodies.NotKnown,
    NotAsked.
    """
    request, length, kind = (
        WSGIRequest(dict(environ)),
        clients.length_of(environ),
        environ[sizes.KIND],
    )  # it writes there
    is_large = length > sizes.IN_MEMORY
    is_known = (is_large or (length > 0 and bodies.door.is_crowded())) and _is_known(request, kind)
    if is_large and not is_known and kind not in ASK_FIRST:
        raise bodies.NotKnown
    return bodies.received(environ, clients.address_of(request), is_known=is_known)


def _is_known(request: WSGIRequest, kind: Kind) -> bool:
    """One query, by what is shown: an access code, or a session in which somebody is signed in."""
    try:
        if kind is Kind.PROGRAMS:
            return gate.is_known(gate.shown(request))
        return queries.is_signed_in(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    except Error as error:
        raise bodies.NotAsked from error
