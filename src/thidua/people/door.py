"""What the library of signing in tells of accounts, written into the trail; and what follows from it.

Loaded at start (apps.py): signals are the library's only way of telling.
"""

from __future__ import annotations

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.people import actions, devices, tries
from thidua.people.actions.accounts import end_all
from thidua.people.library import was_confirmed
from thidua.people.models import Person
from thidua.ui.clients import address_of


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    agent = request.headers.get("User-Agent", "")
    made = actions.sign_in(account=user, device=agent, address=address_of(request), at=timezone.now())
    request.session["sign_in"] = user.sign_in = made.pk
    devices.will_know(request, user.pk)


@receiver([password_changed, password_set])
def password_was_changed(sender, request, user, **kwargs):
    was_chosen(user)
    actions.note_step(verb="change_password", account=user, by=user, at=timezone.now())
    end_all(user, besides=request.session.get("sign_in"))


@receiver(password_reset)
def password_was_reset(sender, request, user, **kwargs):
    """Who reads the letter is the owner, whatever a stranger has tried in the meantime."""
    was_chosen(user)
    actions.note_step(verb="reset_password", account=user, by=user, at=timezone.now(), address=address_of(request))
    actions.forget_identities(account=user, by=user, at=timezone.now())
    end_all(user)
    tries.forget(request, user)
    devices.will_know(request, user.pk)


def was_chosen(user):
    """A password of one's own opens the door that a one-time password left shut."""
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])


@receiver(pre_save, sender=Authenticator)
def factor_will_be_added(sender, instance, **kwargs):
    """Within the page's transaction (the library's, or ``views.account.add_key``): who sets the same up twice at once
    is told; of two first keys both are kept, and the second finds the recovery codes of the first."""
    if instance.pk is None:
        with transaction.atomic():  # the row stays locked until the page's own is over
            Person.objects.select_for_update(no_key=True).get(pk=instance.user_id)
        same = Authenticator.objects.filter(user_id=instance.user_id, type=instance.type)
        several = instance.type == Authenticator.Type.WEBAUTHN
        need(several or not same.exists(), _("This has been set up already."))


@receiver(authenticator_added)
def factor_was_added(sender, request, user, authenticator, **kwargs):
    was_confirmed(request)
    actions.note_factor(verb="add_factor", account=user, factor=authenticator.type, at=timezone.now())


@receiver(authenticator_removed)
def factor_was_removed(sender, request, user, authenticator, **kwargs):
    actions.note_factor(verb="remove_factor", account=user, factor=authenticator.type, at=timezone.now())


@receiver(authenticator_reset)
def codes_were_made_anew(sender, request, user, authenticator, **kwargs):
    actions.note_step(verb="renew_codes", account=user, by=user, at=timezone.now())
