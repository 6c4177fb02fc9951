"""Satisfaction surveys: opened by the office or a unit, answered on a phone without an account, by nobody known."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from thidua.core.satisfaction import Formula, Group
from thidua.people.models import OfUnitQuerySet, Person, Unit, choices

TOKEN_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105 — none that are taken for one another
TOKEN_LENGTH = 8
TEXT_LENGTH = 1000


def new_token() -> str:
    return "".join(secrets.choice(TOKEN_LETTERS) for _n in range(TOKEN_LENGTH))


@dataclass(frozen=True)
class Question:
    group: Group
    text: str


class SurveyQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        if person.access.sees_all:
            return self
        return self.filter(pk__in=Place.objects.visible_to(person).values("survey"))


class Survey(models.Model):
    """``unit``: whose survey it is; None for one of the department. The questions never change once it is open."""

    name = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="surveys")
    formula = models.CharField(_("formula"), max_length=10, choices=choices(Formula), default=Formula.SHARE)
    asked = models.JSONField(_("questions"), default=list)
    asks_words = models.BooleanField(_("asks for words of one's own"), default=True)
    opens_on = models.DateField(_("open from"))
    closes_on = models.DateField(_("open to"))
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    is_sample = models.BooleanField(default=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="survey_ends_after_it_starts",
                violation_error_message=_("The last day cannot lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("surveys:page", args=[self.pk])

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(Question(Group(each["group"]), each["text"]) for each in self.asked)

    def is_open(self, on: dt.date) -> bool:
        return self.closed_at is None and self.opens_on <= on <= self.closes_on


class Place(models.Model):
    """A unit in a survey, with the link and the QR code of its own."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="places")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "unit"], name="place_once")]

    def __str__(self) -> str:
        return f"{self.survey}: {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("surveys:answer", args=[self.token])


class Answer(models.Model):
    """One person's answers: a level for each question (None: passed over), a day and no moment, nothing else.

    ``form`` is the number of the form that was sent; the same form sent twice is one answer.
    """

    place = models.ForeignKey(Place, models.CASCADE, related_name="answers")
    on = models.DateField(_("day"))
    levels = ArrayField(models.PositiveSmallIntegerField(null=True), verbose_name=_("levels"))
    words = models.TextField(_("words"), blank=True)
    form = models.UUIDField(unique=True)

    class Meta:
        indexes = [models.Index(fields=["place", "on"], name="answer_of_place")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.on}"
