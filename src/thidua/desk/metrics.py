"""``GET /metrics``, by setting: what Prometheus asks of this machine, as its text.

Requests are counted by each web process, in files of ``<home>/run/metrics``, which whichever process is asked adds up;
all else is read when it is asked for. Nothing here names a person, a unit or an address.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import Error, connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from thidua.host import pulse, sizes
from thidua.host.home import folder
from thidua.ledger import signs
from thidua.ledger.models import Seal
from thidua.people.models import Letter

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)

own = CollectorRegistry()  # of this process, where no folder is shared
requests = Histogram(
    "thidua_request_seconds", "Requests and how long they took.", ["kind", "status"], registry=own, buckets=BUCKETS
)


class Counted:
    """Around the application of a web process: counts each request with its status, those refused at the door too."""

    def __init__(self, application: Callable[..., Iterable[bytes]]):
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began, seen = time.perf_counter(), ["500"]

        def start(status: str, *rest: Any) -> Any:
            seen[0] = status[:3]
            return start_response(status, *rest)

        try:
            return self.application(environ, start)
        finally:
            took = time.perf_counter() - began
            requests.labels(environ.get(sizes.KIND, ""), seen[0]).observe(took)


def text() -> bytes:
    """Everything, in the format of Prometheus."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(_Handed(own))
    registry.register(_Machine())
    return generate_latest(registry)


class _Handed(Collector):
    def __init__(self, registry: CollectorRegistry):
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        return self._registry.collect()


class _Machine(Collector):
    """Read at this moment; what the database would tell is left out while it is away, and its sign says so."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        found = signs.kept(now)
        yield _gauge(
            "sign_well", "1 where all is well.", ["name"], {(each.name,): int(not each.is_fault) for each in found}
        )
        yield _gauge("sign_count", "How many are not well.", ["name"], {(each.name,): each.count for each in found})
        yield _gauge("processes", "Web processes that answer.", ["kind"], {("web",): pulse.alive(folder(pulse.FOLDER))})
        with contextlib.suppress(Error):
            yield _gauge("jobs", "Jobs by state.", ["state"], _jobs())
            yield _gauge("letters_waiting", "Letters to be mailed.", [], {(): Letter.objects.to_mail(now).count()})
            yield _gauge("trail_rows", "Sealed rows of the trail.", [], {(): _rows_of_the_trail()})


def _gauge(name: str, about: str, labels: list[str], values: dict[tuple[str, ...], float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"thidua_{name}", about, labels=labels)
    for key, number in values.items():
        gauge.add_metric(list(key), number)
    return gauge


def _jobs() -> dict[tuple[str, ...], float]:
    with connection.cursor() as cursor:
        cursor.execute("select status::text, count(*) from procrastinate_jobs group by status")
        return {(state,): number for state, number in cursor.fetchall()}


def _rows_of_the_trail() -> int:
    """Seals are numbered without a gap."""
    return Seal.objects.order_by("-n").values_list("n", flat=True).first() or 0
