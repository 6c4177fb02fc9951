"""Error pages, the language and the look. None of them needs the database."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from thidua.ui import answers, middleware
from thidua.ui.context import LANGUAGES, THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


def bad_request(request, exception=None):
    too_big = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    return answers.error(request, 413 if too_big else 400)


def forbidden(request, exception=None):
    return answers.error(request, 403)


def not_found(request, exception=None):
    return answers.error(request, 404)


def too_often(request):
    """What the library of signing in counts itself: letters asked for, passwords changed."""
    response = answers.error(request, 429)
    response["Retry-After"] = "300"
    return response


def server_error(request):
    fault = sys.exc_info()[1]
    if middleware.is_database_away(fault):
        return middleware.database_away(request, fault)
    return answers.error(request, 500)


def csrf_failure(request, reason=""):
    """A page from before the last sign-in, or a form of another site."""
    return answers.error(request, 403, _("This page is older than your sign-in. Reload it and do the step again."))


def _back(request) -> HttpResponseRedirect:
    target = request.POST.get("next") or request.headers.get("Referer") or "/"
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if allowed else "/", status=303)


def _remember(response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)


@middleware.public
@require_POST
def set_language(request):
    response = _back(request)
    if (code := request.POST.get("language")) in LANGUAGES:
        _remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@middleware.public
@require_POST
def set_theme(request):
    response = _back(request)
    if (theme := request.POST.get("theme")) in THEMES:
        _remember(response, THEME_COOKIE, theme)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
