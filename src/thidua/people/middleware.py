"""Closed by default: who is not signed in sees only the views that say they are public."""

from __future__ import annotations

import datetime as dt
import math

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from thidua.core.refusals import TooOften
from thidua.core.words import _
from thidua.ledger import limits
from thidua.people import devices, library, queries
from thidua.people.actions.accounts import SEEN_EVERY, was_seen
from thidua.ui import answers
from thidua.ui.clients import address_of, length_of
from thidua.ui.middleware import refused

SMALL_FORM = 128 * 1024
PROGRAMS = "/api/"  # an access code is asked for there, whoever is signed in
ACCOUNT = "/account/"  # of the library: some of its pages are for those who are signed in


class SignInRequired:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Before anything reads the body: what is large is taken from people we know."""
        if request.path_info in settings.LARGER_BODIES and not _is_known(request):
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        response = self.get_response(request)
        devices.remember(request, response)
        _tell_to_wait(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith(PROGRAMS):
            return None
        is_public = getattr(view, "is_public", False)
        if wait := _asks_too_often(request, None if is_public else request.user.pk):
            return wait
        if is_public:
            return None
        if request.user.is_authenticated and _was_ended(request):
            logout(request)
        if request.path.startswith(ACCOUNT):
            return _of_the_library(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.user.must_change_password:
            return redirect(reverse("account_change_password"))
        if request.user.needs_second_factor:
            return redirect(reverse("mfa_index"))
        return _too_much(request)


def _of_the_library(request):
    """What is not used is not there; what opens an account is for who has its second factor in the hand."""
    page = request.resolver_match.url_name
    if page in library.INSTEAD:
        return redirect(library.INSTEAD[page])
    if page not in library.ENTRANCE | library.OWN:
        raise Http404
    if page in library.OWN and library.must_confirm(request):
        return redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
    return None


def _asks_too_often(request, person_id: int | None):
    """No one person, and no one address of strangers, takes all places. Counted by this process alone (limits.Here),
    so that a page costs no query for it; the answer asks the database nothing either."""
    kind, who = ("pages.person", person_id) if person_id else ("pages.address", address_of(request))
    try:
        limits.here.spend(kind, who, at=timezone.now())
    except TooOften as refusal:
        response = answers.error(request, answers.status_of(refusal), refusal.sentence)
        answers.say_when(response, refusal)
        return response
    return None


def _too_much(request):
    """No one person fills the disk in a day. What is handed in counts before the step begins, so that it counts too
    where the step is undone; forms without files are too small to count."""
    size = length_of(request.META)
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


def _is_known(request) -> bool:
    return request.user.is_authenticated and queries.is_signed_in(request.session.session_key)


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
