"""The web process. Heavy libraries are imported where they are used, never here."""

import gc
import os
import signal

from thidua.host import home, process, pulse, sizes, variables

with process.ending_in_a_sentence():
    variables.check(serving=True)
    home.folder(pulse.FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thidua.config.settings")
# Read by the settings: requests borrow a connection to the database, which threads of this process share.
os.environ["THIDUA_CONNECTIONS"] = str(sizes.connections())
if variables.value("THIDUA_WITH_PARENT"):
    # A web worker whose server was killed would keep the port for ever.
    process.die_with_parent_now(signal.SIGTERM)

from django.conf import settings  # noqa: E402 - reads what is set above
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402

product = get_wsgi_application()
from thidua.config import door, shares  # noqa: E402 - knows people and access codes, so the tables must be loaded
from thidua.host.sizes import Kind  # noqa: E402


def give_back_connections() -> None:
    """Now and in this thread; Django does it where the answer is closed, which is in another."""
    for connection in connections.all(initialized_only=True):
        connection.close()


application = shares.Shares(
    product,
    lines=sizes.lines(),
    kind_of=door.kind_of,
    sender_of=door.sender_of,
    receive=door.receive,
    after=give_back_connections,
)
if settings.METRICS:
    # Named before the library is loaded, which then counts in files that all web processes share.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(home.folder(pulse.COUNTERS))
    from thidua.desk.metrics import Counted

    application = Counted(application)
pulse.pulse.begin(home.folder(pulse.FOLDER), places=sizes.lines()[Kind.STAFF].at_once)

# What is loaded by now lives as long as the process: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
