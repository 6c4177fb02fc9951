"""What machines ask of this one, answered before anything else: no list of hosts, redirect or session stands before it.

None of these answers depends on the host that a request names, so none can be made to lie by it.
"""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from thidua.ledger import signs


class Probes:
    """Answers the addresses of PROBES itself and hands on all others; to be the first of the middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else self.get_response(request)


@never_cache
@require_safe
def healthz(request) -> HttpResponse:
    """Each sign "ok" or "failing", and 503 when one fails. What it is that fails is for the administrator alone.

    ``/healthz?alive`` asks only whether this process answers requests: for a proxy that chooses between servers, and
    for a supervisor. It looks at nothing, so a database that is away takes no server out of use.
    """
    if "alive" in request.GET:
        return HttpResponse("ok", content_type="text/plain")
    found = signs.kept(timezone.now())
    is_well = all(sign.is_well for sign in found)
    parts = {sign.name: _word(sign.is_well) for sign in found}
    return JsonResponse({"status": _word(is_well), **parts}, status=200 if is_well else 503)


def _word(is_well: bool) -> str:
    return "ok" if is_well else "failing"


PROBES = {"/healthz": healthz}
