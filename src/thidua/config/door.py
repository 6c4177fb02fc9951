"""What is asked of a request before its turn: whose it is, and how much of its body may come in already."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.urls import Resolver404, resolve

from thidua.config import bodies
from thidua.desk.probes import PROBES, asks_for_life
from thidua.host import sizes
from thidua.host.sizes import Kind
from thidua.ui import clients


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
    """All that a form may hold; of who shows no session, and of programs, what fits in memory. Larger ones are read by
    the view, which asks first whether their sender may send them."""
    request = WSGIRequest(environ)
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and environ[sizes.KIND] is not Kind.PROGRAMS
    largest = settings.LARGEST_BODY if is_known else bodies.IN_MEMORY
    return bodies.received(environ, clients.address_of(request), largest=largest)
