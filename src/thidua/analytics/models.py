"""Batches of records: what a unit handed in for a dataset and a period. A batch never changes; a newer one replaces it
in figures, never in storage, and taking the newer one back brings the older one back. Before it is one, a file that a
person dropped on a page is an upload, which nobody else sees and which is gone a day after it was read."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from thidua.core import bounds
from thidua.core.vietnamese import fold
from thidua.core.words import Sentence
from thidua.core.words import _ as sentence
from thidua.ledger.models import Kept
from thidua.people.models import ApiToken, OfUnitQuerySet, Person, Unit, choices


class BatchQuerySet(OfUnitQuerySet):
    def in_force(self) -> Self:
        """The newest one that was not withdrawn, for each dataset, unit and period."""
        newer = Batch.objects.filter(
            dataset=OuterRef("dataset"),
            unit=OuterRef("unit"),
            period=OuterRef("period"),
            withdrawn_at=None,
            pk__gt=OuterRef("pk"),
        )
        return self.filter(~Exists(newer), withdrawn_at=None)

    def search(self, text: str) -> Self:
        for word in text[: bounds.SEARCH].split()[: bounds.WORDS]:
            self = self.filter(Q(unit__folded__contains=fold(word)) | Q(file_name__icontains=word))
        return self

    def of(self, dataset: str, unit: Unit, period: str) -> Self:
        return self.filter(dataset=dataset, unit=unit, period=period)


class Batch(Kept):
    """The manifest of one Parquet file.

    ``key`` is its place in the storage, ``stored_sha256`` its content there (``file_sha256``: that of the file that was
    handed in); both "" where nothing arose, which is said with no rows. ``columns`` are those of the dataset that the
    file had. ``refused_rows`` says which rows were not taken and why, and never quotes a cell.
    ``batch_key`` is what a program called it by, "" for a file of a person.
    """

    dataset = models.CharField(_("dataset"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="batches")
    period = models.CharField(_("period"), max_length=10)
    file_name = models.CharField(_("file name"), max_length=bounds.NAME)
    file_sha256 = models.CharField(max_length=64)
    sheets = models.JSONField(_("sheets"), default=list)
    header_row = models.PositiveIntegerField(_("row of headings"), null=True)
    columns = models.JSONField(_("columns"), default=list)
    rows = models.BigIntegerField(_("rows taken"))
    rows_read = models.BigIntegerField(_("rows read"))
    rows_refused = models.BigIntegerField(_("rows refused"))
    rows_repeated = models.BigIntegerField(_("repeated rows"))
    refused_rows = models.JSONField(_("refused rows"), default=list)
    nothing_arose = models.BooleanField(_("nothing arose"), default=False)
    key = models.CharField(max_length=200, blank=True)
    stored_sha256 = models.CharField(max_length=64, blank=True)
    batch_key = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(_("size in bytes"), default=0)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = BatchQuerySet.as_manager()

    class Meta(Kept.Meta):
        abstract = False
        indexes = [*Kept.Meta.indexes, models.Index(fields=["dataset", "unit", "period", "-id"], name="batch_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_read=F("rows") + F("rows_refused") + F("rows_repeated")),
                name="batch_rows_add_up",
                violation_error_message=_("Every row read is taken, refused or repeated."),
            ),
            models.CheckConstraint(
                condition=Q(key="", rows=0) | (~Q(key="") & Q(rows__gt=0)),
                name="batch_has_rows_or_nothing_arose",
                violation_error_message=_("A batch has rows, or nothing arose."),
            ),
            models.UniqueConstraint(
                fields=["unit", "dataset", "period", "batch_key"],
                condition=~Q(batch_key=""),
                name="batch_key_once",
                violation_error_message=_("A batch of this key is there already."),
            ),
        ]

    def __str__(self) -> str:
        """For the trail, which keeps it for ever: the name of a file may name a citizen."""
        return f"{self.dataset} {self.period}"


class UploadState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    CHECKED = "checked"
    IMPORTED = "imported"
    REFUSED = "refused"

    @property
    def label(self) -> Sentence:
        return UPLOAD_LABELS[self]


RUNNING = (UploadState.WAITING, UploadState.READING)
UPLOAD_LABELS = {
    UploadState.WAITING: sentence("Waits to be read"),
    UploadState.READING: sentence("Being read"),
    UploadState.CHECKED: sentence("Checked"),
    UploadState.IMPORTED: sentence("Imported"),
    UploadState.REFUSED: sentence("Refused"),
}


def _folder() -> str:
    return f"upload-{uuid.uuid4()}"


class UploadQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """The file holds what is not kept: it is its owner's alone."""
        return self.filter(handed_in_by=person)

    def undecided(self) -> Self:
        return self.exclude(state=UploadState.IMPORTED)


class Upload(models.Model):
    """A file that a person dropped on a page, from there to the decision.

    ``folder`` is its place in the spool. ``columns`` (letter → column) and ``sheets`` are what the person chose;
    ``outcome`` is ``Outcome.as_kept`` and never quotes a cell. ``asked_at``: when the worker was asked the last time;
    ``settled_at``: when it told the outcome, None while it is asked.
    """

    dataset = models.CharField(_("dataset"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(_("period"), max_length=10)
    file_name = models.CharField(_("file name"), max_length=bounds.NAME)
    folder = models.CharField(max_length=60, default=_folder)
    state = models.CharField(_("state"), max_length=10, choices=choices(UploadState), default=UploadState.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    columns = models.JSONField(_("columns"), default=dict)
    sheets = models.JSONField(_("sheets"), default=list)
    outcome = models.JSONField(default=dict)
    handed_in_at = models.DateTimeField(_("handed in at"))
    handed_in_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["handed_in_by", "-id"], name="upload_of_person")]

    def __str__(self) -> str:
        """For the trail, as that of a batch."""
        return f"{self.dataset} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("analytics:upload", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


class DeliveryState(StrEnum):
    """In the words of the API. ``FAILED``: it came to no outcome."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


def _delivery_folder() -> str:
    return f"delivery-{uuid.uuid4()}"


class Delivery(models.Model):
    """A batch that a program sent, from there to the answer, which is there for a day.

    ``form`` is the reader of its kind (reading.rows), "" for CSV; ``options`` are those of the call. ``outcome`` is
    ``Outcome.as_told``, or ``denied_kept`` where it came to none. ``settled_at`` is as that of an upload.
    """

    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dataset = models.CharField(_("dataset"), max_length=40)
    period = models.CharField(_("period"), max_length=10)
    batch_key = models.CharField(max_length=100)
    form = models.CharField(max_length=10, blank=True)
    options = models.JSONField(default=dict)
    folder = models.CharField(max_length=60, default=_delivery_folder)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(_("size in bytes"))
    state = models.CharField(max_length=10, default=DeliveryState.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    outcome = models.JSONField(default=dict)
    sent_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "dataset", "period", "batch_key"],
                condition=Q(state__in=["waiting", "reading"]),
                name="delivery_key_once",
                violation_error_message=_("A batch of this key is being read."),
            )
        ]

    def __str__(self) -> str:
        """For the trail, as that of a batch."""
        return f"{self.dataset} {self.period}"

    @property
    def name(self) -> str:
        return f"{self.token.name} · {self.batch_key}"

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


class KnownHeadings(models.Model):
    """What a unit said that the headings of its system mean: mark of the heading → column; the default the next time.

    A heading may hold anything, so its text is not kept.
    """

    dataset = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "unit"],
                name="known_headings_of_unit",
                violation_error_message=_("The headings of this unit are known already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.unit_id}"
