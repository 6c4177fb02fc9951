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
from django.db import transaction
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.refusals import Away, Denied, need
from thidua.core.words import _ as lazy
from thidua.people import actions, queries
from thidua.people.door import was_chosen
from thidua.people.models import Person
from thidua.people.tries import Tries
from thidua.ui.clients import address_of

logger = logging.getLogger("thidua.people")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        return address_of(request)

    def authenticate(self, request, **credentials):
        """Counted before the password is looked at, by what was typed: a name that somebody has is no other than one
        that nobody has, and her name and her address do not give each other away by waiting together."""
        login = (credentials.get("username") or credentials.get("email") or "").strip()
        account, now = queries.account_of(login), timezone.now()
        tried = Tries(request, "sign_in", account, login)
        tried.begin(at=now)
        found = super().authenticate(request, **credentials)
        if found is None:
            actions.note_failure(account=account, address=address_of(request), at=now)
            return None
        tried.succeeded()
        return found

    def pre_authenticate(self, request, **credentials):
        """The library's own count, which shuts the owner out and takes a proxy for one person."""

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Where a second factor is on it is asked for: the password alone would switch it off."""
        ways = super().get_reauthentication_methods(user)
        return [way for way in ways if way["id"] != "reauthenticate"] or ways

    def set_password(self, user, password) -> None:
        """The password alone: the library would write all of an account that was read before the hash was computed.

        A letter's link that is followed twice at once chooses one password: who comes second is told.
        """
        read = user.password
        user.set_password(password)
        with transaction.atomic():
            kept = Person.objects.select_for_update(no_key=True).get(pk=user.pk)
            need(kept.password == read, lazy("The password was changed in the meantime."))
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
        account, email = sociallogin.account, sociallogin.email_addresses[0].email
        try:
            sociallogin.account = actions.attach_identity(
                account=person, provider=account.provider, uid=account.uid, email=email, at=timezone.now()
            )
        except Denied as refusal:
            messages.error(request, str(refusal.sentence))
            raise ImmediateHttpResponse(redirect("account_login")) from refusal
        sociallogin.user = person

    def serialize_instance(self, instance):
        """Who waits for the second factor is loaded anew afterwards: the session keeps no copy of an account, with its
        password and what it might (``access``)."""
        return {"pk": instance.pk} if isinstance(instance, Person) else super().serialize_instance(instance)

    def deserialize_instance(self, model, data):
        return Person.objects.get(pk=data["pk"]) if model is Person else super().deserialize_instance(model, data)


def _known(emails):
    """The one person with such an address; one that does not count for recovery yet does not count here either."""
    found = {person for email in emails for person in queries.recovered_by(email, timezone.now())}
    return found.pop() if len(found) == 1 else None
