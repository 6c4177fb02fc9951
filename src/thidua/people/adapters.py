"""How signing in differs from the library's defaults: nobody signs up alone, and a changed password opens the door."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from thidua.core.refusals import Away
from thidua.core.words import _ as lazy
from thidua.people.models import Person
from thidua.ui.clients import address_of

logger = logging.getLogger("thidua.people")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        return address_of(request)

    def get_password_change_redirect_url(self, request) -> str:
        """Home: whoever had to change a one-time password stood before a closed door until now."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def send_mail(self, template_prefix, email, context):
        try:
            super().send_mail(template_prefix, email, context)
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
        if sociallogin.is_existing:
            return
        person = _known(address.email for address in sociallogin.email_addresses if address.verified)
        if person is None:
            messages.error(
                request, _("No open account has the e-mail address of this sign-in. Ask the standing office.")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        if person.must_change_password and not person.has_usable_password():
            password_was_chosen(sender=None, request=request, user=person)  # there is none to be changed
        sociallogin.connect(request, person)


def _known(emails) -> Person | None:
    """The one person with such an address; capital letters make no other address."""
    found = {person for email in emails for person in Person.objects.filter(email__iexact=email, is_active=True)}
    return found.pop() if len(found) == 1 else None


@receiver([password_changed, password_reset, password_set])
def password_was_chosen(sender, request, user, **kwargs):
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
