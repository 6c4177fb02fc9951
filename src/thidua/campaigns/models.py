"""A campaign is a plan file in numbered versions; publishing one makes the obligations of units and people."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from thidua.core.obligations import FactKind, Standing, StandingKind, state_of
from thidua.core.plan import schema
from thidua.core.plan.data import from_data
from thidua.core.units import RoleKind
from thidua.core.writing import WritingState
from thidua.people.models import Person, Unit, choices


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """The office sees drafts too; everybody else the campaigns that are published."""
        if person.access.is_office:
            return self
        return self.filter(current__isnull=False)


class Campaign(models.Model):
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=120)
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))
    current = models.ForeignKey(
        "PlanVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("version in force")
    )
    is_sample = models.BooleanField(_("sample data"), default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_year__gte=F("first_year")), name="campaign_years_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)


class PlanVersionQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """Drafts are of those who load plans; published versions everybody's. Newest first."""
        loads = person.access.has(RoleKind.OFFICE, RoleKind.ADMINISTRATOR)
        seen = self if loads else self.filter(published_at__isnull=False)
        return seen.order_by("campaign", "-number")


# Plans built in this process, by the hash of their text.
_PLANS: dict[str, schema.Plan] = {}


def without_text(relation: str) -> tuple[str, str]:
    """For ``defer``: the long text of a version, which ``plan`` needs once in a process and other pages never."""
    return f"{relation}__source", f"{relation}__data"


class PlanVersion(models.Model):
    """One version of the plan file. Once published, the database refuses to change it (migration 0002)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    source = models.TextField(_("plan file"))
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"))
    loaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="plan_version_number_once")]

    def __str__(self) -> str:
        return f"{self.campaign.code} v{self.number}"

    @property
    def plan(self) -> schema.Plan:
        """The plan as core knows it; versions never change, so it is built once for a text."""
        if self.sha256 not in _PLANS:
            _PLANS[self.sha256] = from_data(self.data)
        return _PLANS[self.sha256]


class ObligationQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """What units in sight owe; a member of staff sees what he or she owes."""
        return self if person.access.sees_all else self.of_units(person) | self.filter(person=person)

    def of_units(self, person) -> Self:
        """What units in sight owe, for themselves and for their people."""
        if person.access.sees_all:
            return self
        return self.filter(unit__in=Unit.objects.visible_to(person).values("pk"))

    def of_year(self, campaign: Campaign, year: int) -> Self:
        return self.filter(campaign=campaign, year=year)

    def asked(self) -> Self:
        """Without those that a later version of the plan asks no more."""
        return self.filter(dropped_in=None)


class Obligation(models.Model):
    """What one unit (or one person of it) owes by one moment, as ``version`` of the plan set it.

    The due moment moves with the version alone; an extension is beside it. How it came to be is told by its facts.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="obligations")
    key = models.CharField(_("obligation in the plan"), max_length=80)
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="obligations")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="obligations")
    criterion = models.CharField(max_length=80, blank=True)
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", db_index=False)
    dropped_in = models.PositiveSmallIntegerField(_("no longer asked from version"), null=True)
    opens_on = models.DateField(_("opens on"))
    due_at = models.DateTimeField(_("due"))
    at_least = models.PositiveSmallIntegerField(default=1)
    standing = models.CharField(max_length=12, choices=choices(StandingKind), default=StandingKind.NONE)
    submitted_at = models.DateTimeField(_("handed in at"), null=True)
    extended_to = models.DateTimeField(_("extended to"), null=True)
    excused = models.BooleanField(_("excused"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(_("last reminded at"), null=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "key", "unit", "person"], name="obligation_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(excused=False) | ~Q(reason=""),
                name="excuse_has_a_reason",
                violation_error_message=_("An excuse needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(extended_to__isnull=True) | Q(extended_to__gt=F("due_at")),
                name="extension_lies_after_the_due_date",
                violation_error_message=_("The new date must lie after the due date."),
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "year", "unit"], name="obligation_board"),
            models.Index(fields=["unit", "year"], name="obligation_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.unit_id}"

    @property
    def closes_at(self) -> dt.datetime:
        """The end of the due day, or of the day that an extension moved it to."""
        return max(self.due_at, self.extended_to or self.due_at)

    @property
    def planned(self) -> schema.Obligation:
        """In the words of the plan in force; of one that it asks no more, in those of the version that did."""
        version = self.campaign.current if self.dropped_in is None else self.version
        return version.plan.obligation(self.key)

    def on(self, now: dt.datetime) -> Standing:
        """The state that the board shows at a moment. Load the unit along: its last day counts."""
        return standing_on(self, now, self.unit.ends_on)


def standing_on(owed, now: dt.datetime, unit_ends_on: dt.date | None) -> Standing:
    """Where ``owed``, an obligation or a plain row with its facts, stands at a moment: what came later is not known."""
    handed_in = owed.submitted_at is not None and owed.submitted_at <= now
    return state_of(
        opens_on=owed.opens_on,
        due_at=owed.due_at,
        extended_to=owed.extended_to,
        excused=owed.excused,
        standing=owed.standing if handed_in or owed.standing == StandingKind.DRAFT else StandingKind.NONE,
        submitted_at=owed.submitted_at if handed_in else None,
        now=now,
        unit_ends_on=unit_ends_on,
        dropped=owed.dropped_in is not None,
    )


class Fact(models.Model):
    """One line of the history of an obligation: which version, or who by hand, set what and when. The database refuses
    to change or remove one (migration 0004)."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=20, choices=choices(FactKind))
    version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="facts")
    due_before = models.DateTimeField(_("due until then"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    extended_to = models.DateTimeField(_("extended to"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(version__isnull=False) | ~Q(reason=""), name="act_by_hand_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.kind}"


class Publishing(models.Model):
    """A version that the worker publishes, because it changes too much for a page to wait: asked for, and how far."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="publishings")
    state = models.CharField(_("state"), max_length=10, choices=choices(WritingState), default=WritingState.PREPARED)
    percent = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)
    asked_at = models.DateTimeField(_("asked for at"))
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(state=WritingState.PREPARED), name="version_is_published_by_one_job"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class IndexValue(models.Model):
    """What was published for an index of the plan in one year: score, rank, and the paper that says so."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="index_values")
    index = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField(_("year"))
    score = models.DecimalField(_("score"), max_digits=8, decimal_places=3, null=True)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True)
    source = models.CharField(_("source document"), max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "index", "year"], name="index_value_once")]

    def __str__(self) -> str:
        return f"{self.index} {self.year}"
