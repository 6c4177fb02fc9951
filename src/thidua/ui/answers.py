"""Answers when something cannot be done: a page for people, a fragment for htmx, JSON for our own script.

Built without context processors, so they hold when the database or the session is away.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from thidua.core.refusals import Away, Conflict, DeadlinePassed, Denied, NotAdmitted, NotThere, TooOften, Unfit
from thidua.ui.context import shell

BUSY_SECONDS, AWAY_SECONDS = 5, 30
STATUSES: dict[type[Denied], int] = {
    NotAdmitted: 401, NotThere: 404, Conflict: 409, Unfit: 422, DeadlinePassed: 422, TooOften: 429, Away: 503,
}  # fmt: skip


def status_of(refusal: Denied, otherwise: int = 403) -> int:
    """The status of a refusal; one that is of no sort of its own is 422 beside its fields, and else ``otherwise``."""
    known = next((status for sort, status in STATUSES.items() if isinstance(refusal, sort)), None)
    return known or (422 if refusal.fields else otherwise)


def say_when(answer: HttpResponse, refusal: Denied) -> None:
    """The headers of a refusal: when to ask again, or how to be admitted."""
    if isinstance(refusal, NotAdmitted):
        answer["WWW-Authenticate"] = "Bearer"
    elif isinstance(refusal, TooOften | Away):
        answer["Retry-After"] = str(AWAY_SECONDS if isinstance(refusal, Away) else refusal.retry_after)


def explanations(path: str) -> dict[int, tuple[str, str, str]]:
    """status → icon, heading, what to do."""
    limit = settings.LARGER_BODIES.get(path, settings.UPLOAD_LIMIT) // (1024 * 1024)
    return {
        400: ("miss", _("This request could not be read"), _("Go back, reload the page and try again.")),
        403: (
            "lock",
            _("You may not open this"),
            _("Your role does not cover this page. If you think that is wrong, ask the standing office."),
        ),
        404: (
            "search",
            _("There is no such page"),
            _("The address may be mistyped, or the thing is gone, or it belongs to a unit that you do not see."),
        ),
        405: (
            "miss",
            _("This address shows no page"),
            _("It only takes what a form sends. Go back, reload the page and do the step again."),
        ),
        409: (
            "history",
            _("Somebody changed this before you"),
            _("Reload the page to see the newest version, then make your change again."),
        ),
        413: (
            "upload",
            _("This is too large to send"),
            _("Each file may have up to %(limit)s MB. Send fewer or smaller files.") % {"limit": limit},
        ),
        422: ("late", _("This cannot be done now"), _("Nothing was changed.")),
        429: ("late", _("This was asked too often"), _("Wait a little, then try again. Nothing was changed.")),
        500: (
            "late",
            _("Something went wrong on our side"),
            _("The fault has been recorded. Nothing was changed by this step. Try again in a few minutes."),
        ),
        503: (
            "away",
            _("The data cannot be reached at the moment"),
            _(
                "What you typed is kept in this browser. Leave the page open and try again in a minute;"
                " nothing that was already saved is lost."
            ),
        ),
    }


def is_call(request) -> bool:
    """Of a program: answered in JSON whatever it accepts, in the language that it asks for."""
    return request.path.startswith("/api/")


def problem(status: int, sentence: object, fields: dict | None = None) -> dict[str, object]:
    """What could not be done, as every answer of the API says it."""
    named = {"fields": {name: str(text) for name, text in fields.items()}} if fields else {}
    return {"status": status, "sentence": str(sentence), **named}


def to_program(status: int, sentence: object, fields: dict | None = None) -> JsonResponse:
    data = problem(status, sentence, fields)
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def wants_json(request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def is_fragment(request) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def refresh() -> HttpResponse:
    """For htmx: what the page waited for is there, so load the whole of it."""
    return HttpResponse(headers={"HX-Refresh": "true"})


def busy(request) -> HttpResponse:
    """So many ask at this moment that this request found no place."""
    words = ("wait", _("Very many people are here at this moment"), _("Please try again in a few seconds."))
    response = error(request, 503, words=words)
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


def error(
    request,
    status: int,
    sentence: object = "",
    fields: dict | None = None,
    *,
    words: tuple[str, str, str] | None = None,
) -> HttpResponse:
    """``words`` (icon, heading, what to do) stand in place of those of the status."""
    icon, heading, advice = words or explanations(request.path_info)[status]
    if is_call(request):
        return to_program(status, sentence or heading, fields)
    context = {
        **shell(request),
        "status": status,
        "icon_name": icon,
        "heading": heading,
        "advice": advice,
        "sentence": str(sentence) if sentence else "",
        "path": request.get_full_path() if request.method == "GET" and status != 405 else "",
    }
    if wants_json(request):
        data = {**problem(status, context["sentence"] or heading, fields), "advice": advice}
        return JsonResponse(data, status=status)
    if is_fragment(request):
        response = HttpResponse(render_to_string("ui/parts/refusal.html", context), status=status)
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML show:#refusal:top"
        return response
    return HttpResponse(render_to_string("ui/error.html", context), status=status)
