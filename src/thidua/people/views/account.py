"""The account of a person: its address, and the browsers in which somebody is signed in to it."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_not_required
from allauth.mfa.webauthn.views import add_webauthn
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.core.refusals import Denied, verdict
from thidua.people import actions, devices, letters, oidc, queries, rules
from thidua.people.forms import AddressForm
from thidua.people.library import must_confirm
from thidua.people.models import AddressChange, Person, SignIn
from thidua.ui.fields import put_on
from thidua.ui.listing import Rows, listing
from thidua.ui.middleware import public


@require_GET
def account(request):
    return _page(request)


def _page(request, form=None, status=200):
    now = timezone.now()
    context = {
        "form": form or AddressForm(),
        "sessions": _with_words(queries.sessions_of(request.user), request.user),
        "identities": queries.identities_of(request.user),
        "waiting": queries.waiting_changes(now).filter(person=request.user).first(),
        "must_confirm": must_confirm(request),
    }
    return render(request, "people/account.html", context, status=status)


def _with_words(sessions, person):
    return [(each, devices.in_words(each.device), each.pk == person.sign_in) for each in sessions]


@require_POST
def change_address(request):
    """With the password, and the second factor where it is on: a browser left open is not its owner."""
    if must_confirm(request):
        return redirect(f"{reverse('mfa_reauthenticate')}?next={reverse('people:account')}")
    form = AddressForm(request.POST)
    if form.is_valid() and _is_owner(request, form):
        had_one = bool(request.user.email)
        try:
            actions.change_address(
                account=request.user, email=form.cleaned_data["email"], by=request.user, at=timezone.now()
            )
            told = _("The address is changed; the one before has been told.") if had_one else _("The address is kept.")
            messages.success(request, told)
            return redirect("people:account")
        except Denied as refusal:
            put_on(form, refusal)
    return _page(request, form, status=422)


def _is_owner(request, form) -> bool:
    try:
        if get_adapter(request).reauthenticate(request.user, form.cleaned_data["password"]):
            return True
        form.add_error("password", _("This is not the password."))
    except ValidationError as refusal:
        form.add_error("password", refusal)
    return False


@require_POST
def end_session(request, pk):
    seen = SignIn.objects.visible_to(request.user).select_related("person")
    session = get_object_or_404(seen, pk=pk)
    actions.end_session(session=session, by=request.user, at=timezone.now())
    messages.success(request, _("That browser is signed out."))
    if session.person_id == request.user.pk:
        return redirect("people:account")
    return redirect("people:sessions", username=session.person.username)


@require_POST
def remove_identity(request, pk):
    identity = get_object_or_404(queries.identities_seen_by(request.user), pk=pk)
    actions.remove_identity(identity=identity, by=request.user, at=timezone.now())
    messages.success(request, _("That service signs in here no more."))
    if identity.user_id == request.user.pk:
        return redirect("people:account")
    return redirect("people:sessions", username=identity.user.username)


@login_not_required
def callback(request, provider_id):
    """Back from the provider: the library's page, with our reading of the answer (people.oidc)."""
    try:
        return OAuth2CallbackView.adapter_view(oidc.Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


@transaction.atomic
def add_key(request):
    """The library's page in one transaction: the lock that saving a key takes (people.door) holds until the recovery
    codes that come with a first key are saved."""
    return add_webauthn(request)


def _other(request, username) -> Person:
    rules.check_see_accounts(request.user, at=timezone.now())
    return get_object_or_404(Person.objects.visible_to(request.user), username=username)


@require_GET
def sessions(request, username):
    """Where somebody is signed in, for administrators."""
    person = _other(request, username)
    context = {
        "person": person,
        "sessions": _with_words(queries.sessions_of(person), request.user),
        "identities": queries.identities_of(person),
        "may_remove": verdict(rules.check_remove_factors, request.user, person, at=timezone.now()),
        "crumbs": [{"label": _("People"), "url": reverse("people:people")}, {"label": str(person), "url": ""}],
    }
    return render(request, "people/sessions.html", context)


@require_POST
def remove_factors(request, username):
    person = _other(request, username)
    actions.remove_factors(account=person, by=request.user, at=timezone.now())
    messages.success(request, _("The second factor of %(name)s is removed.") % {"name": person})
    return redirect("people:sessions", username=username)


@require_GET
def addresses(request):
    """Addresses that do not count for recovery yet, for administrators."""
    now = timezone.now()
    rules.check_see_accounts(request.user, at=now)
    found = listing(request, Rows(queries.waiting_changes(now).visible_to(request.user)))
    rows = [(each, verdict(rules.check_agree_to_address, request.user, each, at=now)) for each in found.page]
    return render(request, "people/addresses.html", {"listing": found, "rows": rows})


@require_POST
def agree_to_address(request, pk):
    change = get_object_or_404(AddressChange.objects.visible_to(request.user), pk=pk)
    if actions.agree_to_address(change=change, by=request.user, at=timezone.now()):
        messages.success(request, _("The new address counts from now on."))
    else:
        messages.success(request, _("Noted. A second administrator confirms."))
    return redirect("people:addresses")


@public
def object_to_address(request, token):
    """Opened from the letter to the old address; nobody signs in for it."""
    try:
        pk = signing.loads(token, salt=letters.OBJECTION)
    except signing.BadSignature as error:
        raise Http404 from error
    change = get_object_or_404(queries.waiting_changes(timezone.now()), pk=pk)
    done = request.method == "POST"
    if done:
        actions.object_to_address(change=change, at=timezone.now())
    context = {"change": change, "done": done, "hours": settings.ADDRESS_WAIT_HOURS}
    return render(request, "people/object.html", context)
