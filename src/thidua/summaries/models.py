"""The consolidated report of one year (plan, II.3 and IV.2): drafted from the data, kept as it was made."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from thidua.campaigns.models import Campaign
from thidua.core.writing import WritingState
from thidua.ledger.models import StoredFile
from thidua.people.models import Person, choices


class ReportQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """Those who see every unit: the numbers are of all of them."""
        return self if person.access.sees_all else self.none()


class Report(models.Model):
    """One writing of the report; the data move on, what was written stays. ``numbers`` says where each came from."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="consolidated_reports")
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(_("state"), max_length=10, choices=choices(WritingState), default=WritingState.PREPARED)
    failure = models.TextField(blank=True)
    prepared_at = models.DateTimeField(_("asked for at"))
    prepared_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(_("written at"), null=True)
    template_number = models.PositiveSmallIntegerField(_("version of the template"), default=0)
    word = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    annexes = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    numbers = models.JSONField(default=list)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["campaign", "year", "-id"], name="report_of_year")]

    def __str__(self) -> str:
        return f"{self.campaign.short_name} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("summaries:page", args=[self.pk])
