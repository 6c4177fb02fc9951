"""What is asked of a request before its turn: whose it is, and how much of its body may come in already."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error
from django.urls import Resolver404, resolve

from thidua.config import bodies
from thidua.desk.probes import PROBES, asks_for_life
from thidua.host import sizes
from thidua.host.sizes import Kind
from thidua.people import devices, gate, queries
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

    Only for what is larger, or where many bodies come in already, it is asked who it is. What is too large of a
    stranger is refused, or left unread for a view that itself asks first who sends it. Raises bodies.NotKnown,
    NotAsked.
    """
    if not (length := clients.length_of(environ)):
        return nullcontext()  # most requests bring nothing, and the making of a second request is felt
    request, kind = WSGIRequest(dict(environ)), environ[sizes.KIND]  # it writes into what it is given
    address, is_large = clients.address_of(request), length > sizes.IN_MEMORY
    if is_large:
        is_known = _is_known(request, kind)
    else:
        is_known = bodies.door.is_crowded(address) and (devices.is_known(request) or _is_known(request, kind))
    if is_large and not is_known and kind not in ASK_FIRST:
        raise bodies.NotKnown
    return bodies.received(environ, address, is_known=is_known)


def sender_of(environ: dict[str, Any]) -> str:
    """Who stands in line: a program by its access code, everybody else by the address. Raises bodies.NotAsked."""
    request = WSGIRequest(dict(environ))
    return gate.shown(request) if _is_known(request, Kind.PROGRAMS) else clients.address_of(request)


def _is_known(request: WSGIRequest, kind: Kind) -> bool:
    """A query or two, by what is shown: an access code, or a session in which somebody is signed in."""
    try:
        if kind is Kind.PROGRAMS:
            return gate.is_known(gate.shown(request))
        return queries.is_signed_in(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    except Error as error:
        raise bodies.NotAsked from error
