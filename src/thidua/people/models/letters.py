"""Notices: under the bell, and by mail."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from thidua.core.units import RoleKind
from thidua.core.vietnamese import search_words
from thidua.people.models.people import Person, Unit

# Goes out by mail still: not mailed and not refused, to somebody with an address who may sign in; of what is for the
# digest, what was not read under the bell meanwhile.
STILL_MAILED = (
    Q(mailed_at=None, failure="", to__is_active=True)
    & ~Q(to__email="", sent_to="")
    & (Q(urgent=True) | Q(read_at=None))
)


class LetterQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """One's own; who looks after the system sees all, without their text."""
        return self if person.access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR) else self.filter(to=person)

    def to_mail(self, at: dt.datetime) -> Self:
        """Due to be tried by now."""
        return self.filter(STILL_MAILED, Q(next_try_at=None) | Q(next_try_at__lte=at))

    def under_bell(self) -> Self:
        """All but letters to an address that is the person's no more: those are not for whoever sits in the account."""
        return self.filter(sent_to="")

    def refused(self) -> Self:
        """What waits for a person: the server does not take it, and nobody set it aside."""
        return self.exclude(failure="").filter(mailed_at=None, set_aside_at=None)

    def delayed(self) -> Self:
        """Tried before, and tried again by itself."""
        return self.filter(STILL_MAILED, tries__gt=0)

    def in_trouble(self) -> Self:
        """What the server did not take so far, with whom it is for."""
        refused = Q(mailed_at=None) & ~Q(failure="")
        return self.filter(refused | STILL_MAILED & Q(tries__gt=0)).select_related("to")

    def search(self, text: str) -> Self:
        for word in search_words(text):
            self = self.filter(Q(to__folded__contains=word) | Q(to__email__icontains=word) | Q(sent_to__icontains=word))
        return self


class Letter(models.Model):
    """One notice to one person: shown under the bell, and sent by mail when there is an address."""

    to = models.ForeignKey(Person, models.CASCADE, related_name="letters")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="letters")
    sent_to = models.EmailField(_("address, where it is not the person's own any more"), blank=True)
    kind = models.CharField(_("kind"), max_length=80)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    about = models.CharField(_("campaign"), max_length=120, blank=True)
    address = models.CharField(_("page to open"), max_length=300, blank=True)
    urgent = models.BooleanField(_("mailed at once, not in the daily digest"), default=False)
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    trouble = models.CharField(_("what the server said last"), max_length=300, blank=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True)
    why = models.CharField(_("reason"), max_length=500, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["to", "-written_at"], name="letter_of_person"),
            models.Index(fields=["written_at"], condition=Q(mailed_at__isnull=True), name="letter_to_mail"),
        ]

    def __str__(self) -> str:
        """For the trail: whose, and of what kind; not the text."""
        return f"{self.to}: {self.kind}"

    @property
    def mailed_to(self) -> str:
        """The address that the mail goes to; ``to`` is loaded."""
        return self.sent_to or self.to.email
