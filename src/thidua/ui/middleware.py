"""Turns what went wrong into an answer that says why and what to do."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from thidua.core import bounds
from thidua.core.refusals import Denied
from thidua.host import faults, sizes
from thidua.ui import answers, clients

logger = logging.getLogger("thidua.ui")


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database is behind this error, however deep."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def database_away(request, error: BaseException | None = None):
    faults.tell(logger, "The database is away", error)
    response = answers.error(request, 503)
    response["Retry-After"] = str(answers.AWAY_SECONDS)
    return response


class ToldAlready(logging.Filter):
    """For the log of requests: 503 says what somebody said who found it (host.faults, ledger.signs), and a database
    that is away needs no stack of calls for each page."""

    def filter(self, record):
        fault = record.exc_info[1] if record.exc_info else None
        return getattr(record, "status_code", 0) != 503 and not is_database_away(fault)


class ToldOnce(logging.Filter):
    """For all that is logged: what strangers send and Django refuses (a wrong host, too many fields) is one line a
    minute."""

    def filter(self, record):
        if record.name.startswith("django.security."):
            faults.tell(logger, f"Refused ({record.name.removeprefix('django.security.')})", record.getMessage())
            return False
        return True


class Bounded:
    """What no page of ours sends is refused before its body is read: 503 for what found no place (config.shares), 413
    for a body that no form of ours can have, 400 for an address that is longer than any of ours or has a zero in it,
    as PostgreSQL knows no text that has one. So is a body of unknown length: Django would take it for an empty form,
    and what it holds would be lost silently.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if refused := request.META.get(sizes.REFUSED):
            return _at_the_door(request, refused)
        asked = request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or ("%00" in asked and answers.is_call(request)):
            return answers.error(request, 400)
        if len(asked) > bounds.QUERY:
            return answers.error(request, 400, _("The address is longer than any of ours."))
        request.META["QUERY_STRING"] = asked.replace("%00", "%20")  # as in forms, people's zeros are spaces
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return answers.error(request, 400, _("The request does not say how long it is (Content-Length)."))
        limit = settings.LARGER_BODIES.get(request.path_info, settings.LARGEST_BODY)
        if clients.length_of(request.META) > limit:
            sentence = _("One request may carry up to %(limit)s MB.") % {"limit": limit // 1024**2}
            return answers.error(request, 413, sentence)
        return self.get_response(request)


def _at_the_door(request, status: int):
    if status == 503:
        return answers.busy(request)
    limit = {"limit": sizes.IN_MEMORY // 1024**2}
    of_strangers = _("Without signing in up to %(limit)s MB can be sent. Sign in, then send it again.") % limit
    return answers.error(request, status, of_strangers if status == 413 else "")


class DatabaseAway:
    """503 while the database is away. Faults of views come here, of inner middleware to ``views.server_error``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return database_away(request, exception) if is_database_away(exception) else None


def public(view):
    """Mark a view as open to everybody; the only other open addresses are those of signing in."""
    view.is_public = True
    return view


class NotKept:
    """Nothing of the product stays in a browser's or a proxy's store: not a page, an export, evidence, an answer of
    the API or a refusal. Public pages hold nothing of an account; they alone may be shown again after being asked for
    anew. Static files never come here."""

    OURS, PUBLIC = "private, no-store", "private, no-cache"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        view = getattr(request.resolver_match, "func", None)
        response["Cache-Control"] = self.PUBLIC if getattr(view, "is_public", False) else self.OURS
        return response


class ChosenLanguage:
    """The language a person chose (cookie), else the site's own: what a browser prefers is not a choice.

    What a program asks for is one.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_call = answers.is_call(request)
        chosen = _asked_for(request) if is_call else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language" if is_call else "Cookie",))
        response.headers.setdefault("Content-Language", code)
        return response


def _asked_for(request) -> str:
    """The first of our languages in Accept-Language."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = (code.partition("-")[0] for code, _weight in asked)
    return next((code for code in wanted if code in dict(settings.LANGUAGES)), "")


def refused(request, refusal: Denied):
    """The answer to who asked: a page, a fragment or JSON with the sentence."""
    status = answers.status_of(refusal)
    response = answers.error(request, status, refusal.sentence, refusal.fields)
    answers.say_when(response, refusal)
    if answers.wants_json(request) or answers.is_fragment(request):
        return response
    context = {"status": status, "sentence": refusal.sentence, "fields": refusal.fields}
    response.content = render_to_string("ui/refusal.html", context, request)
    return response


class RefusalPage:
    """``Denied`` becomes a page with its sentence and status (``answers.status_of``).

    So does 405, which would be an empty page: signing in leads back to the address of a form that was sent too late.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405:
            return response
        ways = response["Allow"]
        sentence = _("This address takes %(ways)s only.") % {"ways": ways} if answers.is_call(request) else ""
        response = answers.error(request, 405, sentence)
        response["Allow"] = ways
        return response

    def process_exception(self, request, exception):
        return refused(request, exception) if isinstance(exception, Denied) else None
