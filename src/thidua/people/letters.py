"""A notice to one person, shown under the bell and mailed where there is an address; and who is who in a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.units import PostKind, RoleKind
from thidua.people.models import AddressChange, Delegation, Letter, Person, current


@dataclass(frozen=True)
class Notice:
    to: Person
    kind: str
    subject: str
    body: str
    address: str = ""
    about: str = ""  # the campaign, by its short name
    unit_id: int | None = None
    sent_to: str = ""  # an address that was the person's
    urgent: bool = False  # somebody must act, and soon; all else waits for the digest of the next morning


def mailed_words(letters: Sequence[Letter]) -> tuple[str, str]:
    """(subject, text) of one mail with these letters, each with its campaign and the address of its page."""
    if len(letters) == 1:
        return letters[0].subject, _in_full(letters[0])
    subject = _("%(count)s new notices") % {"count": len(letters)}
    parts = [f"{number}. {each.subject}\n{_in_full(each)}" for number, each in enumerate(letters, start=1)]
    return subject, "\n\n".join([_("What came in for you since the last letter:"), *parts])


def _in_full(letter: Letter) -> str:
    about = _("Campaign: %(name)s") % {"name": letter.about} if letter.about else ""
    address = f"{settings.BASE_URL.rstrip('/')}{letter.address}" if letter.address else ""
    return "\n".join(filter(None, (about, letter.body, address)))


OBJECTION = "people.object_to_address"


def address_changed(first: AddressChange, change: AddressChange, *, to: str, may_object: bool) -> Notice:
    """To an address that the account had. ``first``: the oldest change that waits, which an objection takes back."""
    values = {
        "name": change.person,
        "after": change.after or _("none"),
        "by": change.by or "thidua",
        "settles": f"{timezone.localtime(change.settles_at):%H:%M %d/%m/%Y}",
    }
    body = _(
        "The e-mail address of the account of %(name)s is now %(after)s; it was changed by %(by)s. Until %(settles)s a"
        " forgotten password is still sent to the address before."
    )
    if may_object:
        body += " " + _("If you did not want this, open the page below before then: it takes the change back.")
    return Notice(
        to=change.person,
        kind=OBJECTION,
        subject=_("The e-mail address of your account was changed"),
        body=body % values,
        address=reverse("people:object_to_address", args=[signing.dumps(first.pk, salt=OBJECTION)])
        if may_object
        else "",
        sent_to=to,
        urgent=True,
    )


def factor_added(account: Person) -> Notice:
    body = _("%(by)s set up a second factor of your account. If you did not ask for it, tell an administrator.")
    return Notice(
        to=account,
        kind="people.add_factor",
        subject=_("A second factor of your account was set up"),
        body=body % {"by": account},
        address=reverse("people:account"),
        urgent=True,
    )


def factors_removed(account: Person, by: Person | None) -> Notice:
    body = _("%(by)s removed the second factor of your account. If you did not ask for it, tell an administrator.")
    return Notice(
        to=account,
        kind="people.remove_factors",
        subject=_("The second factor of your account was removed"),
        body=body % {"by": by or "thidua"},
        address=reverse("people:account"),
        urgent=True,
    )


def identity_attached(account: Person, email: str) -> Notice:
    body = _(
        "The account %(email)s of another service signs in to your account from now on, because that service vouches"
        " for your address. If this is not you, remove it on the page below and tell an administrator."
    )
    return Notice(
        to=account,
        kind="people.attach_identity",
        subject=_("Another service signs in to your account"),
        body=body % {"email": email},
        address=reverse("people:account"),
        urgent=True,
    )


def identity_removed(account: Person, by: Person) -> Notice:
    return Notice(
        to=account,
        kind="people.remove_identity",
        subject=_("A sign-in by another service was removed from your account"),
        body=_("It was removed by %(by)s. If you did not want this, tell an administrator.") % {"by": by},
        address=reverse("people:account"),
        urgent=True,
    )


def address_is_back(account: Person) -> Notice:
    return Notice(
        to=account,
        kind=OBJECTION,
        subject=_("The e-mail address of your account is the old one again"),
        body=_("The change of the e-mail address is taken back."),
        urgent=True,
    )


def people_of(unit_id: int, *kinds: PostKind) -> list[Person]:
    """People who hold one of these posts at the unit today, each once."""
    return list(
        Person.objects.filter(
            current("posts__", timezone.localdate()), posts__unit_id=unit_id, posts__kind__in=kinds, is_active=True
        )
        .distinct()
        .order_by("pk")
    )


def heads_of(unit_id: int) -> list[Person]:
    """Who may sign for the unit today: its head, and a deputy who acts for the head."""
    today = timezone.localdate()
    delegations = Delegation.objects.in_force(today).filter(unit_id=unit_id)
    deputies = Person.objects.filter(pk__in=delegations.values("deputy"), is_active=True)
    return people_of(unit_id, PostKind.HEAD) + list(deputies)


def with_role(kind: RoleKind) -> list[Person]:
    return list(
        Person.objects.filter(current("roles__", timezone.localdate()), roles__kind=kind, is_active=True).distinct()
    )
