"""Closed by default: who is not signed in sees only the views that say they are public."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse

# Of a program below /api/ its access code is asked for, whoever is signed in.
PUBLIC_PREFIXES = ("/account/", "/language/", "/static/", "/api/")


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
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith(PUBLIC_PREFIXES) or getattr(view, "is_public", False):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.user.must_change_password:
            return redirect(reverse("account_change_password"))
        if self._needs_second_factor(request):
            return redirect(reverse("mfa_activate_totp"))
        return None

    @staticmethod
    def _needs_second_factor(request) -> bool:
        demanded = set(settings.SECOND_FACTOR_ROLES) & {str(role) for role in request.user.access.roles}
        if not demanded or request.session.get("second_factor"):
            return False
        from allauth.mfa.utils import is_mfa_enabled

        request.session["second_factor"] = is_mfa_enabled(request.user)
        return not request.session["second_factor"]
