"""The audit trail and the stored files. Both lie below people: who did it is kept as a plain id and name, so that
removing an account can never reach the trail."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from thidua.core.days import day_after
from thidua.core.units import RoleKind
from thidua.core.vietnamese import fold, search_words
from thidua.ledger.kinds import names_like


class EntryQuerySet(models.QuerySet):
    def visible_to(self, person):
        """The office and the administrator read all; a unit reads what concerns the units it acts for."""
        access = person.access
        if access.sees_all:
            return self
        return self.filter(models.Q(unit_id__in=access.acts_for) | models.Q(by_id=person.pk))

    def search(self, text: str, *, units: Collection[int] = (), labels: Collection[str] = ()):
        """Rows with every word in person, thing or note; or about one of ``units``; or with one of ``labels``."""
        words = search_words(text)
        wanted = models.Q(*(models.Q(folded__contains=word) for word in words))
        if units:
            wanted |= models.Q(unit_id__in=units)
        for label in labels:
            wanted |= models.Q(folded__contains=fold(label))
        return self.filter(wanted)

    def between(self, first: dt.date | None, last: dt.date | None):
        """Rows of these days, both included, in the time zone of the pages."""
        if first:
            self = self.filter(at__gte=_midnight(first))
        if last:
            self = self.filter(at__lt=_midnight(day_after(last)))
        return self

    def with_seal(self):
        """``seal`` is the number of the row in the chain, None until its transaction has committed."""
        number = Seal.objects.filter(entry_id=models.OuterRef("pk")).values("n")
        return self.annotate(seal=models.Subquery(number))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class Entry(models.Model):
    """One thing that somebody did. The database refuses to change or remove a row (migration 0002)."""

    at = models.DateTimeField(_("at"))
    by_id = models.BigIntegerField(_("person id"), null=True)
    by_name = models.CharField(_("person"), max_length=200)
    acting_as = models.CharField(_("acting as"), max_length=300, blank=True)
    verb = models.CharField(_("verb"), max_length=80)
    thing_type = models.CharField(_("kind of thing"), max_length=80)
    thing_id = models.CharField(_("thing id"), max_length=80)
    thing_label = models.CharField(_("thing"), max_length=400)
    unit_id = models.BigIntegerField(_("unit id"), null=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    note = models.TextField(_("note"), blank=True)
    folded = models.TextField(_("search text"), blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="ledger_entry_recent"),
            models.Index(fields=["thing_type", "thing_id", "-id"], name="ledger_entry_thing"),
            models.Index(fields=["by_id", "-at", "-id"], name="ledger_entry_by"),
            models.Index(fields=["unit_id", "-at", "-id"], name="ledger_entry_unit"),
            models.Index(fields=["verb", "-at", "-id"], name="ledger_entry_verb"),
            GinIndex(fields=["folded"], name="ledger_entry_search", opclasses=["gin_trgm_ops"]),
        ]

    def fill_computed(self) -> None:
        self.folded = fold(f"{self.by_name} {self.thing_label} {self.note}")


class Seal(models.Model):
    """The hash of an entry and of the seal before it; written by the database when the transaction commits.

    ``way`` says how the entry became text: 2, and 1 for rows from before migration 0005."""

    n = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    way = models.SmallIntegerField()
    hash = models.CharField(max_length=64)


class Kept(models.Model):
    """A row that names a file in the store: its ``key``, its ``size``, its ``stored_sha256``.

    ``fault`` is what the last look at the file found (core.files.Fault), "" where it is what was stored.
    """

    fault = models.CharField(_("state of the stored file"), max_length=10, blank=True)
    checked_at = models.DateTimeField(_("looked at"), null=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["id"], condition=~models.Q(fault=""), name="%(class)s_faulty"),
            models.Index(models.F("checked_at").asc(nulls_first=True), "id", name="%(class)s_looked_at"),
        ]


class StoredFile(Kept):
    """Bytes kept once under their SHA-256. Who may open them is decided by the room whose attachment points here."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField(_("size in bytes"))
    content_type = models.CharField(_("type, found in the content"), max_length=100)
    extension = models.CharField(max_length=10)
    stored_at = models.DateTimeField(_("stored at"))
    stored_by_id = models.BigIntegerField(null=True)

    @property
    def key(self) -> str:
        return f"{self.sha256[:2]}/{self.sha256}"

    @property
    def stored_sha256(self) -> str:
        return self.sha256


class Spent(models.Model):
    """How much of a limit somebody has used since the first time (ledger.limits). ``who`` is a keyed hash."""

    kind = models.CharField(max_length=40)
    who = models.CharField(max_length=32)
    spent = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "who"], name="spent_once")]


class FailedJobQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """The machine is the administrator's; the office sees why a paper does not come."""
        access = person.access
        return self if access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR) else self.none()

    def given_up(self) -> Self:
        """What waits for a person: no further try comes by itself, and nobody set it aside."""
        return self.exclude(given_up_at=None).filter(set_aside_at=None)

    def search(self, text: str) -> Self:
        """By what the job is called, on the page or in code, and by the class of its fault."""
        called = models.Q(name__in=names_like(text)) | models.Q(name__icontains=text)
        return self.filter(called | models.Q(error__icontains=text))


class FaultSort(StrEnum):
    """Which words an administrator reads of a fault."""

    PROGRAM = ""
    DATABASE = "database"
    MEMORY = "memory"
    OUTSIDE = "outside"  # a disk or a network
    KILLED = "killed"
    UNKNOWN = "unknown"  # this version knows no such job


class FailedJob(models.Model):
    """What is known of the faults of one job, or, of work that comes again and again, of its last rounds.

    ``job_id`` is its number in the queue, ``name`` and ``arguments`` are what was asked for. ``error`` is the class of
    the last fault, ``sort`` a FaultSort; ``sentence`` is there where that was a refusal with words for people.
    ``next_try_at`` None: no further try. The row goes when the job is done after all.
    """

    job_id = models.BigIntegerField(unique=True)
    name = models.CharField(_("job"), max_length=80)
    arguments = models.JSONField(default=dict)
    tries = models.PositiveIntegerField(_("tries"), default=1)
    error = models.CharField(_("fault"), max_length=100, blank=True)
    sort = models.CharField(max_length=10, blank=True, default="")
    sentence = models.TextField(blank=True)
    failed_at = models.DateTimeField(_("failed at"))
    next_try_at = models.DateTimeField(_("next try"), null=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True)
    set_aside_by_id = models.BigIntegerField(null=True)
    set_aside_by_name = models.CharField(_("set aside by"), max_length=200, blank=True)
    why = models.CharField(_("reason"), max_length=500, blank=True)

    objects = FailedJobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-failed_at"], name="failed_job_recent")]

    def __str__(self) -> str:
        """For the trail: arguments are numbers of things, never their content."""
        said = ", ".join(f"{name}={value}" for name, value in sorted(self.arguments.items()))
        return f"{self.name}({said})"
