"""Integrity marks are counted each time they are read; kept is only which of them the office has looked at."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thidua.campaigns.models import Campaign
from thidua.core.integrity import MarkKind
from thidua.people.models import Person, Unit, choices


class SetAside(models.Model):
    """A mark that the office looked at and set aside. It holds while ``stamp``, the values behind it, stays."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="marks_set_aside")
    kind = models.CharField(_("kind of mark"), max_length=12, choices=choices(MarkKind))
    key = models.CharField(_("criterion, file or night"), max_length=80)
    stamp = models.CharField(_("values behind the mark"), max_length=64)
    reason = models.CharField(_("reason"), max_length=500)
    set_aside_at = models.DateTimeField(_("set aside at"))
    set_aside_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "year", "unit", "kind", "key"], name="mark_set_aside_once"),
        ]

    def __str__(self) -> str:
        return f"{MarkKind(self.kind).label} · {self.unit}"
