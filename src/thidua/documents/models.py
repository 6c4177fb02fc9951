"""Word templates that the office put in place of the shipped ones, and what is known of signatures and pictures in
stored files.
Like the trail they lie below people: who did it is kept as a plain id and name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thidua.core import bounds
from thidua.ledger.models import StoredFile


class Template(models.Model):
    """The template of one paper from one moment on; without a file the shipped one is in force again."""

    paper = models.CharField(_("paper"), max_length=60)
    number = models.PositiveSmallIntegerField(_("version"))
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("file name"), max_length=bounds.NAME, blank=True)
    placed_at = models.DateTimeField(_("in force since"))
    placed_by_id = models.BigIntegerField()
    placed_by_name = models.CharField(_("placed by"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="template_number_once")]

    def __str__(self) -> str:
        return f"{self.paper} {self.number}"


class SignatureVerdict(models.Model):
    """What the check of a stored PDF file found under one set of trust roots (``signatures.Verdict``)."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="+")
    roots = models.CharField(_("version of the trust roots"), max_length=32, blank=True)
    status = models.CharField(_("verdict"), max_length=20)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    signatures = models.JSONField(_("signatures"), default=list)
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "roots"], name="signature_verdict_once")]


class Picture(models.Model):
    """The outline of a stored picture (core.integrity.outline); empty where it is plain or cannot be read."""

    file = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="picture")
    outline = models.CharField(_("outline of the picture"), max_length=16, blank=True)
