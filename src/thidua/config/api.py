"""The API for programs of other systems, version 1: who is admitted, and how it says what could not be done.

Its operations lie in ``api.py`` of the rooms. An access code (people.gate) opens them and nothing else; a session opens
none of them, so that no page of another site can make a signed-in person call.
"""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from thidua.analytics.api import router as records
from thidua.core.refusals import Denied, NotAdmitted
from thidua.people import gate
from thidua.reports.api import router as figures
from thidua.ui.answers import say_when, status_of, to_program
from thidua.ui.clients import address_of
from thidua.ui.middleware import public


class AccessCode(HttpBearer):
    def authenticate(self, request, token):
        request.token = gate.admit(token, address=address_of(request), at=timezone.now())
        return request.token


api = NinjaAPI(
    title="thidua",
    version="1",
    description=gettext_lazy("Records of other systems in, figures out, each for the unit of the access code."),
    urls_namespace="api",
    docs_url=None,
    auth=AccessCode(),
)


def counted(run):
    """Whatever came to nothing by the caller's fault counts against its access code."""

    @wraps(run)
    def counting(request, *args, **kwargs):
        answer = run(request, *args, **kwargs)
        if 400 <= answer.status_code < 500 and answer.status_code != 429 and hasattr(request, "token"):
            gate.failed(request.token, at=timezone.now())
        return answer

    return counting


api.add_decorator(counted, mode="view")
api.add_router("", records)
api.add_router("", figures)


@api.exception_handler(Denied)
def denied(request, refusal):
    answer = to_program(status_of(refusal, otherwise=422), refusal.sentence, refusal.fields)
    say_when(answer, refusal)
    return answer


@api.exception_handler(AuthenticationError)
def without_code(request, error):
    return denied(request, NotAdmitted(_("Send the access code of the unit: Authorization: Bearer thd_…")))


@api.exception_handler(ValidationError)
def wrong(request, error):
    """The words of the library are English only."""
    missing, other = _("It is missing."), _("This is not what is asked for here.")
    fields = {str(each["loc"][-1]): missing if each["type"] == "missing" else other for each in error.errors}
    return denied(request, Denied(_("The address is not as the API asks."), fields))


@public
@require_GET
def describe(request):
    """The operations on a page of our own: no script, nothing from elsewhere."""
    schema = api.get_openapi_schema()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    context = {"operations": operations, "info": schema["info"], "address": settings.BASE_URL}
    return render(request, "ui/api.html", context)
