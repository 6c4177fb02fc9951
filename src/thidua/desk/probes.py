"""What machines ask of this one, answered before anything else: no list of hosts, redirect or session stands before it.

None of these answers depends on the host that a request names, so none can be made to lie by it.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from thidua.host import sizes
from thidua.host.pulse import pulse
from thidua.ledger import signs
from thidua.ui import clients


class Probes:
    """Answers the addresses of PROBES itself and hands on all others; to be the first of the middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if probe := PROBES.get(request.path_info):
            return probe(request)
        if request.META.get(sizes.KIND) != sizes.Kind.STAFF:  # a place of others may be taken for long
            return self.get_response(request)
        with pulse.request():
            return self.get_response(request)


@never_cache
@require_safe
def healthz(request) -> HttpResponse:
    """Each sign "ok" or "failing", and 503 when one fails. What it is that fails is for the administrator alone.

    ``/healthz?alive`` asks only whether this process answers requests: for a proxy that chooses between servers, and
    for a supervisor. It looks at nothing, so a database that is away takes no server out of use.
    """
    if asks_for_life(request.path_info, request.META.get("QUERY_STRING", "")):
        return HttpResponse("ok", content_type="text/plain")
    found = signs.kept(timezone.now())
    is_well = not any(sign.is_fault for sign in found)
    parts = {sign.name: _word(not sign.is_fault) for sign in found}
    return JsonResponse({"status": _word(is_well), **parts}, status=200 if is_well else 503)


@never_cache
@require_safe
def metrics(request) -> HttpResponse:
    """Where the setting is on: to who has the secret, or, without one, to this machine and no proxy on it."""
    if not settings.METRICS:
        return HttpResponseNotFound(content_type="text/plain")
    if not _may_count(request):
        return HttpResponseForbidden(
            "This is told to the machine itself, or with the secret.", content_type="text/plain"
        )
    from thidua.desk import metrics as counted  # a web process that is never asked needs no library

    return HttpResponse(counted.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_count(request) -> bool:
    if settings.METRICS_SECRET:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_SECRET}")
    return clients.is_this_machine(request)


def asks_for_life(path: str, query: str) -> bool:
    """``/healthz?alive``, which stands in no line: a look that takes long must not make the process look dead."""
    return path == "/healthz" and query.partition("=")[0] == "alive"


def _word(is_well: bool) -> str:
    return "ok" if is_well else "failing"


PROBES = {"/healthz": healthz, "/metrics": metrics}
