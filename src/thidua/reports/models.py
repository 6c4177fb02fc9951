"""Figures of a unit against the criteria of the plan: declared, checked and accepted values, and what measures compute
from records, each beside the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from thidua.analytics.models import Batch
from thidua.campaigns.models import Campaign, PlanVersion
from thidua.core import bounds
from thidua.core.figures import NoValue
from thidua.core.measures.schema import Measure
from thidua.core.plan.schema import Criterion
from thidua.ledger.models import StoredFile
from thidua.people.models import OfUnitQuerySet, Person, Unit, choices


def amount(label) -> models.DecimalField:
    return models.DecimalField(label, max_digits=16, decimal_places=2, null=True)


class Figure(models.Model):
    """One criterion (and field, where the target holds in every field) of one unit in one year."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="figures")
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="figures")
    criterion = models.CharField(max_length=80)
    scope = models.CharField(_("field"), max_length=200, blank=True)
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", db_index=False)
    nothing_arose = models.BooleanField(_("nothing arose"), default=False)
    numerator = amount(_("numerator"))
    denominator = amount(_("denominator"))
    explanation = models.TextField(_("explanation"), blank=True)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    checked_numerator = amount(_("checked numerator"))
    checked_denominator = amount(_("checked denominator"))
    check_note = models.TextField(_("note of the check"), blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    accepted_numerator = amount(_("accepted numerator"))
    accepted_denominator = amount(_("accepted denominator"))
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    records_moved_at = models.DateTimeField(_("records changed at"), null=True)
    acceptance_lost_at = models.DateTimeField(_("acceptance lost at"), null=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "year", "unit", "criterion", "scope"], name="figure_once"),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True) | Q(denominator__isnull=True) | Q(numerator__lte=F("denominator")),
                name="figure_is_a_part_of_the_whole",
                violation_error_message=_("The numerator is larger than the denominator."),
            ),
        ]
        indexes = [models.Index(fields=["campaign", "year", "criterion"], name="figure_of_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion} {self.scope}".strip()

    @property
    def wanted(self) -> Criterion:
        """The criterion as worded in the version of the plan that the figure was declared under."""
        return self.version.plan.criterion(self.criterion)


class Evidence(models.Model):
    figure = models.ForeignKey(Figure, models.CASCADE, related_name="evidence")
    name = models.CharField(_("file name"), max_length=bounds.NAME)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()
    attached_by = models.ForeignKey(Person, models.PROTECT, related_name="+")


class ResultQuerySet(OfUnitQuerySet):
    def in_force(self) -> Self:
        """Of batches in force; what was computed of the others stays for the day that one of them comes back."""
        return self.filter(batch__in=Batch.objects.in_force().values("pk"))

    def counted_by(self, measures: Iterable[Measure]) -> Self:
        """Those in force of these versions of the measures; an earlier version's results are kept, and no more read."""
        versions = Q(pk__in=[])
        for measure in measures:
            versions |= Q(criterion=measure.criterion, measure_version=measure.version)
        return self.in_force().filter(versions)


class Result(models.Model):
    """What a measure of the plan counts in one batch: the whole (scope null) and each field (scope "": without one).

    With its batch, the measure's version and ``judged_on`` it can be computed again and gives the same.
    ``months``: "2023-05" → [numerator, denominator], where the measure has a day.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="results")
    criterion = models.CharField(max_length=80)
    measure_version = models.PositiveSmallIntegerField(_("version of the measure"))
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="results")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="results")
    year = models.PositiveSmallIntegerField(_("year"))
    scope = models.CharField(_("field"), max_length=200, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=20, decimal_places=4, null=True)
    apart = models.JSONField(_("counted apart"), default=dict)
    months = models.JSONField(_("by month"), default=dict)
    reason = models.CharField(_("why there is no value"), max_length=20, blank=True, choices=choices(NoValue))
    judged_on = models.DateField(_("judged on"))
    engine = models.CharField(_("engine"), max_length=20)
    computed_at = models.DateTimeField(_("computed at"))

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "criterion", "measure_version", "batch", "scope"],
                name="result_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["campaign", "year", "criterion", "unit"], name="result_of_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion} {self.scope or ''}".strip()


class PersonalResultQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """The unit and those above it see all of its people; a member of staff sees his or her own results."""
        if person.access.sees_all:
            return self
        return self.filter(Q(unit__in=Unit.objects.visible_to(person).values("pk")) | Q(person=person))

    def of_year(self, campaign: Campaign, year: int) -> Self:
        return self.filter(campaign=campaign, year=year)


class PersonalResult(models.Model):
    """What a unit recorded of one of its people for one personal criterion in one year."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="personal_results")
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="personal_results")
    person = models.ForeignKey(Person, models.PROTECT, related_name="personal_results")
    criterion = models.CharField(max_length=80)
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", db_index=False)
    value = models.CharField(_("result"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = PersonalResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "year", "unit", "person", "criterion"], name="personal_result_once"
            ),
            models.CheckConstraint(
                condition=~Q(value=""),
                name="personal_result_has_a_value",
                violation_error_message=_("A result is recorded or it is not there."),
            ),
        ]
        indexes = [models.Index(fields=["campaign", "year", "criterion"], name="personal_result_of_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion} · {self.person_id}"
