"""Closed by default: who is not signed in sees only the views that say they are public."""

from __future__ import annotations

import datetime as dt
import math

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from thidua.core.refusals import TooOften
from thidua.core.words import _
from thidua.ledger import limits
from thidua.people import devices
from thidua.people.actions.accounts import SEEN_EVERY, was_seen
from thidua.ui.middleware import refused

# Of a program below /api/ its access code is asked for, whoever is signed in.
PUBLIC_PREFIXES = ("/language/", "/static/", "/healthz", "/api/")
SMALL_FORM = 128 * 1024
ACCOUNT = "/account/"  # of the library: some of its pages are for those who are signed in


def public(view):
    """Mark a view as open to everybody; the only other open addresses are those of signing in."""
    view.is_public = True
    return view


class SignInRequired:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Before anything reads the body: what is large is taken from people we know."""
        if request.path_info in settings.LARGER_BODIES and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        response = self.get_response(request)
        devices.remember(request, response)
        _tell_to_wait(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith(PUBLIC_PREFIXES) or getattr(view, "is_public", False):
            return None
        is_account_page = request.path.startswith(ACCOUNT)
        if request.user.is_authenticated and _was_ended(request):
            logout(request)
        if is_account_page:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.user.must_change_password:
            return redirect(reverse("account_change_password"))
        if _needs_second_factor(request.user):
            return redirect(reverse("mfa_index"))
        return _too_much(request)


def _too_much(request):
    """No one person fills the disk in a day. What is handed in counts before the step begins, so that it counts too
    where the step is undone; forms without files are too small to count."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdigit() else 0
    if size < SMALL_FORM or request.content_type != "multipart/form-data":
        return None
    try:
        limits.spend("files.megabytes", request.user.pk, at=timezone.now(), cost=math.ceil(size / 2**20))
    except TooOften as refusal:
        wait = limits.in_words(refusal.retry_after)
        sentence = _("You have handed in as much as one person may in a day. Try again in %(wait)s.", wait=wait)
        return refused(request, TooOften(sentence, retry_after=refusal.retry_after))
    return None


def _tell_to_wait(request, response) -> None:
    """The form of signing in comes back with its sentence; the status says the same to programs."""
    if wait := getattr(request, "retry_after", 0):
        response.status_code, response["Retry-After"] = 429, str(wait)


def _was_ended(request) -> bool:
    """Whether this browser was signed out from elsewhere. When it was last seen is written down every few minutes."""
    person, now = request.user, timezone.now()
    person.sign_in = request.session.get("sign_in")
    seen = person.access.seen
    if seen is None:
        return True
    if not now - SEEN_EVERY <= seen <= now + dt.timedelta(seconds=1):
        was_seen(sign_in=person.sign_in, at=now)
    return False


def _needs_second_factor(person) -> bool:
    demanded = set(settings.SECOND_FACTOR_ROLES) & {str(role) for role in person.access.roles}
    return bool(demanded) and not person.access.has_second_factor
