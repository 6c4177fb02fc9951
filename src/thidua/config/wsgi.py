"""The web process. Heavy libraries are imported where they are used, never here."""

import gc
import os
import signal
from contextlib import AbstractContextManager

from thidua.host import home, process, pulse, sizes, variables

with process.ending_in_a_sentence():
    variables.check(serving=True)
    home.folder(pulse.FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thidua.config.settings")
# Read by the settings: requests borrow a connection to the database, which threads of this process share.
os.environ["THIDUA_CONNECTIONS"] = str(sizes.connections())
if os.environ.get("THIDUA_WITH_PARENT"):
    # A web worker whose server was killed would keep the port for ever.
    process.die_with_parent_now(signal.SIGTERM)

from django.conf import settings  # noqa: E402 - reads what is set above
from django.core.handlers.wsgi import WSGIRequest  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402

from thidua.config import bodies, shares  # noqa: E402
from thidua.config.shares import Kind, Size  # noqa: E402
from thidua.ui import clients  # noqa: E402

PROBES = {"/healthz", "/metrics"}
LINES = {  # see sizes.threads: a request that waits or is refused takes a thread too
    Kind.STAFF: Size(sizes.staff_threads(), waiting=64, patience=20),
    Kind.PUBLIC: Size(sizes.public_threads(), waiting=12, patience=3),
    Kind.PROGRAMS: Size(sizes.program_threads(), waiting=8, patience=5),
    Kind.FILES: Size(2, waiting=32, patience=10),
    Kind.UPLOADS: Size(sizes.UPLOADS, waiting=4, patience=20),
    Kind.PROBES: Size(sizes.PROBES, waiting=8, patience=5),
}


def kind_of(path: str) -> Kind:
    """Pages that need no account, and addresses that there are not, are the public's; signing in is work."""
    if path in PROBES:
        return Kind.PROBES
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


def receive(environ: dict) -> AbstractContextManager[None]:
    """All but what is larger than a form may be: whether its sender may send it is asked before it is read."""
    return bodies.received(environ, clients.address_of(WSGIRequest(environ)), largest=settings.LARGEST_BODY)


def give_back_connections() -> None:
    """Now and in this thread; Django does it where the answer is closed, which is in another."""
    for connection in connections.all(initialized_only=True):
        connection.close()


application = shares.Shares(
    get_wsgi_application(), sizes=LINES, kind_of=kind_of, receive=receive, after=give_back_connections
)
if settings.METRICS:
    # Named before the library is loaded, which then counts in files that all web processes share.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(home.folder(pulse.COUNTERS))
    from thidua.desk.metrics import Counted

    application = Counted(application)
pulse.pulse.begin(home.folder(pulse.FOLDER), places=sizes.staff_threads())

# What is loaded by now lives as long as the process: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
