"""What opens an account and what tells of it: access codes, changed addresses, sign-ins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from thidua.core.units import RoleKind
from thidua.core.vietnamese import fold
from thidua.people.models.people import Person, Unit, with_addresses


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """Those of the units that the person acts for; the office sees all."""
        access = person.access
        return self if access.is_office else self.filter(unit__in=access.acts_for)


class ApiToken(models.Model):
    """What a program of one unit shows instead of signing in. The secret itself is kept nowhere, only its SHA-256.

    ``last_used_at`` is exact to the hour.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tokens")
    name = models.CharField(_("program"), max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    expires_on = models.DateField(_("last day"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "unit",
                "name",
                condition=Q(revoked_at=None),
                name="token_name_once",
                violation_error_message=_("The unit has an access code of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def folded(self) -> str:
        return fold(f"{self.name} {self.made_by}")


class AddressChangeQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """One's own; administrators see all."""
        return self if person.access.has(RoleKind.ADMINISTRATOR) else self.filter(person=person)

    def with_addresses(self, emails: Iterable[str]) -> Self:
        """By the address before."""
        return with_addresses(self, "before", emails)

    def waiting(self, at: dt.datetime) -> Self:
        """Changes after which the address before still counts, oldest first."""
        return self.filter(ended_at=None, settles_at__gt=at).order_by("pk")


class AddressChange(models.Model):
    """The address of an account that is in use was changed; until ``settles_at`` it is recovered by the one ``before``.

    That is the last one that settled: all changes of an account that wait have the same ``before`` and settle together.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="address_changes")
    before = models.EmailField(_("address before"), blank=True)
    after = models.EmailField(_("new address"), blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("changed at"))
    settles_at = models.DateTimeField(_("counts for recovery from"))
    agreed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(_("objected to, or taken back"), null=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "settles_at"], name="address_change_waiting")]

    def __str__(self) -> str:
        return str(self.person)

    def newest(self, at: dt.datetime) -> AddressChange | None:
        """Of the changes of this person that wait, the one that made the address what it is."""
        return AddressChange.objects.waiting(at).filter(person=self.person_id).last()

    @property
    def folded(self) -> str:
        return fold(f"{self.person} {self.before} {self.after}")


class SignInQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """One's own; administrators see all."""
        return self if person.access.has(RoleKind.ADMINISTRATOR) else self.filter(person=person)


class SignIn(models.Model):
    """One browser in which a person is signed in; its id stands in the session. Removed, the session opens nothing.

    ``seen_at`` is exact to some minutes.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="sign_ins")
    device = models.CharField(_("device"), max_length=300, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    begun_at = models.DateTimeField(_("signed in at"))
    seen_at = models.DateTimeField(_("last seen at"))

    objects = SignInQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="sign_in_seen")]

    def __str__(self) -> str:
        return str(self.person)


class FailedSignIn(models.Model):
    """Wrong passwords for one account from one address in a stretch of time, until the trail has their number.

    What was typed for a name that nobody has is not kept: it is often a password.
    """

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=45)
    count = models.IntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "address"], name="failed_sign_in_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return str(self.person or "–")
