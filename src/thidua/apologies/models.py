"""Letters of apology for late dossiers: numbered in each unit and year, made together in one run, never changed."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from thidua.analytics.models import Batch
from thidua.campaigns.models import Campaign
from thidua.core.writing import WritingState
from thidua.ledger.models import StoredFile
from thidua.people.models import OfUnitQuerySet, Person, Unit, choices


class RunQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """A run is one file: of its units all are in sight, or it is not."""
        if person.access.sees_all:
            return self
        seen = Unit.objects.visible_to(person).values("pk")
        return self.exclude(letters__in=Letter.objects.exclude(unit__in=seen).values("pk"))


class Run(models.Model):
    """Letters issued in one go; the worker writes them into one Word file. ``year``: of the records they are about."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(_("state"), max_length=10, choices=choices(WritingState), default=WritingState.PREPARED)
    failure = models.TextField(blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    issued_at = models.DateTimeField(_("issued at"))
    asked_at = models.DateTimeField(_("last asked for at"), null=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    word = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = RunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.issued_at:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        return reverse("apologies:run", args=[self.pk])


class Letter(models.Model):
    """One letter, with what it says of the dossier on the day it was issued. The citizen's name is not kept anywhere:
    whoever sends it writes it in."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="letters")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="apologies")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year of the number"))
    number = models.PositiveIntegerField(_("number"))
    dossier = models.CharField(_("dossier code"), max_length=200)
    procedure = models.TextField(_("procedure"), blank=True)
    field = models.TextField(_("field"), blank=True)
    received = models.DateField(_("day of receipt"))
    due = models.DateField(_("first due day"))
    returned = models.DateField(_("day of return"), null=True)
    new_due = models.DateField(_("new due day"), null=True)
    is_late = models.BooleanField(_("written on or after the due day"))

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "number"], name="letter_number_once"),
            models.UniqueConstraint(fields=["unit", "dossier"], name="letter_of_a_dossier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}/PXL {self.dossier}"
