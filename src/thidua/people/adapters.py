"""How signing in differs from the library's: who is counted, what letters link to, whom a provider may sign in."""

import logging
from smtplib import SMTPException
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.refusals import Away, TooOften
from thidua.core.words import _ as lazy
from thidua.ledger import limits
from thidua.people import actions, devices, queries
from thidua.people.door import was_chosen
from thidua.ui.clients import address_of

logger = logging.getLogger("thidua.people")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        return address_of(request)

    def authenticate(self, request, **credentials):
        """Counted before the password is looked at: by account and address, or by a browser that the owner knows.

        One that refuses takes back what the others have counted of this try, which was none.
        """
        login = (credentials.get("username") or credentials.get("email") or "").strip()
        account, now = queries.account_of(login), timezone.now()
        counts = self._counts(request, account, login)
        try:
            with transaction.atomic():
                for kind, who in counts:
                    limits.attempt(kind, who, at=now)
        except TooOften as refusal:
            request.retry_after = refusal.retry_after
            raise ValidationError(str(refusal.sentence)) from refusal
        found = super().authenticate(request, **credentials)
        if found is None:
            actions.note_failure(account=account, address=address_of(request), at=now)
            return None
        for kind, who in counts:
            limits.give_back(kind, who) if kind == "sign_in.address" else limits.forget(kind, who)
        return found

    def pre_authenticate(self, request, **credentials):
        """The library's own count, which shuts the owner out and takes a proxy for one person."""

    @staticmethod
    def _counts(request, account, login: str) -> list[tuple[str, object]]:
        """A name that nobody has is counted like one that somebody has."""
        if account and (known := devices.known_as(request, account.pk)):
            return [("sign_in.device", known)]
        return [("sign_in.address", address_of(request)), ("sign_in.account", account.pk if account else login.lower())]

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Where a second factor is on it is asked for: the password alone would switch it off."""
        ways = super().get_reauthentication_methods(user)
        return [way for way in ways if way["id"] != "reauthenticate"] or ways

    def set_password(self, user, password) -> None:
        """The password alone: the library would write all of an account that was read before the hash was computed."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request) -> str:
        """Home: whoever had to change a one-time password stood before a closed door until now."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """By our own name: the Host of a request is whatever somebody wrote there."""
        link = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL.rstrip("/") + link.replace("UID-KEY", quote(key))

    def send_password_reset_mail(self, user, email, context):
        super().send_password_reset_mail(user, email, context)
        address = address_of(self.request)
        actions.note_step(verb="ask_reset", account=user, by=None, at=timezone.now(), address=address)

    def send_mail(self, template_prefix, email, context):
        ours = urlsplit(settings.BASE_URL).netloc
        try:
            super().send_mail(
                template_prefix, email, context | {"current_site": SimpleNamespace(domain=ours, name=ours)}
            )
        except (OSError, SMTPException) as error:
            logger.exception("The mail server failed")
            raise Away(
                lazy("The letter could not be sent: the mail server does not answer. Try again later.")
            ) from error


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Signs in the person whose official e-mail the identity provider vouches for; others are turned away."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def pre_social_login(self, request, sociallogin):
        """Nobody joins an identity to the account by hand: at a browser left open it would be another's."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(redirect("people:account"))
        if sociallogin.is_existing:
            return
        person = _known(address.email for address in sociallogin.email_addresses if address.verified)
        if person is None:
            messages.error(
                request, _("No open account has the e-mail address of this sign-in. Ask the standing office.")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        if person.must_change_password and not person.has_usable_password():
            was_chosen(person)  # there is no password to be changed
        sociallogin.connect(request, person)


def _known(emails):
    """The one person with such an address; one that does not count for recovery yet does not count here either."""
    found = {person for email in emails for person in queries.recovered_by(email, timezone.now())}
    return found.pop() if len(found) == 1 else None
