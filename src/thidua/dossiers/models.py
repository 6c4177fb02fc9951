"""A dossier is a paper that a unit fills in from a form of the plan: registration, report, unit plan.

All three live one life (core.dossiers): draft → presented → submitted → accepted or returned. What is peculiar to one
kind (authors, milestones, figures) lies in the room above that owns it.
"""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from thidua.campaigns.models import Campaign, PlanVersion
from thidua.core import bounds
from thidua.core.dossiers import EDITABLE, DossierKind, DossierState
from thidua.core.vietnamese import fold, search_words
from thidua.ledger.models import StoredFile
from thidua.people.models import Person, Unit, choices


class DossierQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """Units in sight; the office sees a unit's drafts only once they were handed in, other seers likewise."""
        if person.access.sees_all:
            return self.filter(Q(submitted_at__isnull=False) | Q(unit__in=person.access.acts_for))
        return self.filter(
            Q(unit__in=Unit.objects.visible_to(person).values("pk"))
            | Exists(Author.objects.filter(dossier=OuterRef("pk"), person=person))
        )

    def search(self, text: str) -> Self:
        for word in search_words(text):
            self = self.filter(folded__contains=word)
        return self

    def waiting(self) -> Self:
        """The office's queue, oldest hand-in first."""
        return self.filter(state=DossierState.SUBMITTED).order_by("submitted_at", "pk")


def together(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """Both columns are filled, or neither."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


class Dossier(models.Model):
    kind = models.CharField(_("paper"), max_length=20, choices=choices(DossierKind))
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="dossiers")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="dossiers")
    form = models.CharField(_("form of the plan"), max_length=60)
    obligation_key = models.CharField(_("obligation in the plan"), max_length=80)
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="dossiers")
    about = models.ForeignKey("self", models.PROTECT, null=True, related_name="reports")
    continues = models.ForeignKey("self", models.PROTECT, null=True, related_name="continued_by")
    state = models.CharField(_("state"), max_length=12, choices=choices(DossierState), default=DossierState.DRAFT)
    title = models.CharField(_("title"), max_length=300, blank=True)
    answers = models.JSONField(default=dict)
    # What the questions that play these parts were answered with (core.plan.schema.PLAYED).
    initiative_kind = models.CharField(_("kind of registration"), max_length=80, blank=True)
    field = models.CharField(_("field"), max_length=80, blank=True)
    revision = models.PositiveIntegerField(default=0)
    token = models.UUIDField(_("one form sent twice is one dossier"), unique=True)
    created_at = models.DateTimeField(_("begun at"))
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("handed in at"), null=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    days_late = models.PositiveSmallIntegerField(_("days late"), default=0)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    message = models.TextField(_("message of the office"), blank=True)
    correct_by = models.DateField(_("correct by"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closing_reason = models.TextField(_("why it is not carried on"), blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)
    folded = models.TextField(editable=False, default="")

    objects = DossierQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "year", "kind", "state"], name="dossier_list"),
            models.Index(fields=["unit", "year", "kind"], name="dossier_of_unit"),
            models.Index(
                fields=["submitted_at", "id"], condition=Q(state=DossierState.SUBMITTED), name="dossier_queue"
            ),
            GinIndex(fields=["folded"], name="dossier_search", opclasses=["gin_trgm_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["about"], condition=~Q(state=DossierState.WITHDRAWN), name="one_report_of_a_registration"
            ),
            together("submitted_at", "submitted_by", name="dossier_submitted_pair"),
            together("decided_at", "decided_by", name="dossier_decided_pair"),
            together("closed_at", "closed_by", name="dossier_closed_pair"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))

    def get_absolute_url(self) -> str:
        return reverse("dossiers:page", args=[self.pk])

    @property
    def plan_obligation(self):
        return self.version.plan.obligation(self.obligation_key)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def plan_form(self):
        """The form in the version of the plan that the dossier was begun with."""
        return self.version.plan.form(self.form)

    def fill_computed(self) -> None:
        self.title = (self._said("title") or self.title)[:300]
        self.initiative_kind, self.field = self._said("kind")[:80], self._said("field")[:80]
        self.folded = fold(f"{self.title} {self.unit.name}")

    def _said(self, part: str) -> str:
        question = self.plan_form.playing(part)
        return str(self.answers.get(question.id) or "") if question else ""


class Version(models.Model):
    """What was handed in, word for word, each time."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="dossier_version_once")]


class Saved(models.Model):
    """What one save of a draft changed: for whoever has an earlier text open, and for the trail (actions.saves)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="saves")
    revision = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    acting_as = models.CharField(max_length=300, blank=True)  # then, whatever posts change until it is told
    is_told = models.BooleanField(_("stands on the trail"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "revision"], name="save_once")]
        indexes = [
            models.Index(fields=["saved_at"], condition=Q(is_told=False), name="save_to_tell"),
            models.Index(fields=["saved_at"], condition=Q(is_told=True), name="save_to_forget"),
        ]


class Note(models.Model):
    """What the office asks about one field when it returns a dossier."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="notes")
    version_number = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=60)
    text = models.TextField(_("note"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")


class Attachment(models.Model):
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="attachments")
    question = models.CharField(max_length=60)
    name = models.CharField(_("file name"), max_length=bounds.NAME)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()
    attached_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)


class Author(models.Model):
    """A person's share in an initiative, in percent; each author confirms his or her own."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="authors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="authorships")
    share = models.DecimalField(_("share (%)"), max_digits=5, decimal_places=2)
    position = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "person"], name="author_once"),
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lte=100),
                name="author_share_in_range",
                violation_error_message=_("A share lies above 0% and at most at 100%."),
            ),
        ]


class Milestone(models.Model):
    """A step promised in the registration, and how far it has come."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="milestones")
    key = models.CharField(_("name in the answers"), max_length=12)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("milestone"), max_length=300)
    due_on = models.DateField(_("due on"), null=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    percent = models.PositiveSmallIntegerField(_("done (%)"), default=0)
    done_on = models.DateField(_("done on"), null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "key"], name="milestone_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="milestone_percent_in_range"),
        ]


class Progress(models.Model):
    """News of one initiative: what was done, and how far its milestone came."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="progress")
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, related_name="progress")
    percent = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(_("what was done"))
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
