"""``make bench``: what pages and Excel cost with 10,000 registrations, as one JSON document. Nothing here is a test.

Runs in a home of its own (``build/bench``), on a made-up campaign of 300 units, in this process: server time without
the web server. Ratios compare two things in the same run.
"""

import json
import os
import platform
import statistics
import time
from pathlib import Path

HOME = Path("build/bench").absolute()
os.environ.update(THIDUA_HOME=str(HOME), THIDUA_HTTP="1", DJANGO_SETTINGS_MODULE="thidua.config.settings")
PAGES = ("/", "/overview/", "/monitoring/board/", "/dossiers/", "/dossiers/review/", "/trail/", "/people/units/")
ROUNDS = 9


def median_ms(work) -> float:
    """The median of a few rounds in milliseconds; the first round only warms up."""
    work()
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times), 1)


def pages() -> dict[str, dict[str, float]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from thidua.people.models import Person

    client = Client()
    client.force_login(Person.objects.get(username="binh"))
    found = {}
    for address in PAGES:
        milliseconds = median_ms(lambda address=address: client.get(address))
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found[address] = {"ms": milliseconds, "queries": len(queries)}
    return found


def excel() -> dict[str, float]:
    """Our workbook of all dossiers against the bare writer on the same values, already in memory."""
    from thidua.dossiers import workbook
    from thidua.dossiers.models import Dossier
    from thidua.exchange.workbook import write

    dossiers = Dossier.objects.select_related("unit").order_by("pk")
    values = list(workbook.rows(dossiers))

    def timed(rows) -> float:
        start = time.perf_counter()
        write(workbook.columns(), rows(), title="bench").close()
        return time.perf_counter() - start

    whole = statistics.median(timed(lambda: workbook.rows(dossiers)) for _round in range(3))
    bare = statistics.median(timed(lambda: values) for _round in range(3))
    return {"rows": len(values), "s": round(whole, 2), "ratio_to_bare_writer": round(whole / bare, 2)}


def main() -> None:
    from thidua.host import postgres

    HOME.mkdir(parents=True, exist_ok=True)
    lock = postgres.hold(HOME)
    import django

    django.setup()
    from django.core.management import call_command

    from thidua.dossiers.models import Dossier
    from thidua.people.models import Unit

    if not Unit.objects.exists():
        call_command("demo", units=300, registrations=10_000)
    result = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "registrations": Dossier.objects.filter(kind="registration").count(),
        "pages": pages(),
        "excel": excel(),
    }
    print(json.dumps(result, indent=2))  # noqa: T201 — the result is what this program is for
    del lock


main()
