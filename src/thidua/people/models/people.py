"""Units, the people in them, and what each person is there. A person is the account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property, reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Collate, Lower
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from thidua.core.mailboxes import mailbox
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.core.vietnamese import fold, person_sort_key, search_words, sort_key
from thidua.people.access import Access, load_access


def choices(kinds):
    """Choices of a StrEnum whose members carry a ``label`` sentence."""
    return [(kind.value, lazystr(kind.label)) for kind in kinds]


def current(prefix: str, on: dt.date) -> Q:
    """Rows whose dates hold on a day: begun, and not ended before it. Both ends are included."""
    return Q(**{f"{prefix}starts_on__lte": on}) & not_ended(prefix, on)


def not_ended(prefix: str, on: dt.date) -> Q:
    return Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})


def with_addresses(found, column: str, emails: Iterable[str]):
    """Rows whose address is one of these, with it as ``mailbox``: the one comparison of addresses (core.mailboxes)."""
    found = found.annotate(mailbox=Lower(Collate(column, "C")))
    return found.filter(mailbox__in={mailbox(email) for email in emails} - {""})


class DateRange(Func):
    function = "daterange"
    output_field = models.TextField()


class UnitQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """A unit sees itself and those below it; the office, the director and leadership see all."""
        access = person.access
        if access.sees_all:
            return self
        if not access.paths:
            return self.none()
        return self.filter(reduce(or_, (Q(path__startswith=path) for path in access.paths)))

    def acted_for(self, person) -> Self:
        """Those that the person acts for; the standing office acts for all."""
        return self if person.access.is_office else self.filter(pk__in=person.access.acts_for)

    def open_on(self, on: dt.date) -> Self:
        return self.filter(current("", on))

    def below(self, unit: Unit) -> Self:
        """The unit itself and everything under it."""
        return self.filter(path__startswith=unit.path)

    def search(self, text: str) -> Self:
        for word in search_words(text):
            self = self.filter(folded__contains=word)
        return self

    def in_order(self) -> Self:
        return self.order_by("sort_key", "code")


class Unit(models.Model):
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=choices(UnitKind))
    is_public = models.BooleanField(_("public unit"), default=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(_("codes from the top down"), max_length=400, editable=False)
    place = models.CharField(_("place"), max_length=200, blank=True)
    email = models.EmailField(_("official e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    starts_on = models.DateField(_("valid from"), default=dt.date(2000, 1, 1))
    ends_on = models.DateField(_("valid to"), null=True, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)
    sort_key = models.CharField(max_length=700, editable=False, db_index=True)
    folded = models.CharField(max_length=700, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="unit_ends_after_it_starts",
                violation_error_message=_("A unit cannot end before it starts."),
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="unit_path", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["folded"], name="unit_search", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.fill_computed()
        super().save(*args, **kwargs)

    def is_open(self, on: dt.date) -> bool:
        """Both ends are included."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def fill_computed(self) -> None:
        """What search, order and the tree read; bulk inserts call it themselves."""
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        self.sort_key = sort_key(self.name)[:700]
        self.folded = fold(f"{self.code} {self.name} {self.short_name}")[:700]


class OfUnitQuerySet(models.QuerySet):
    """Above tables whose rows belong to a ``unit`` and are seen by who sees it."""

    def visible_to(self, person) -> Self:
        if person.access.sees_all:
            return self
        return self.filter(unit__in=Unit.objects.visible_to(person).values("pk"))


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username):
        return self.get(username__iexact=username)


class PersonQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """People who hold a post in a unit that the person sees, and oneself."""
        if person.access.sees_all:
            return self
        units = Unit.objects.visible_to(person).values("pk")
        return self.filter(Q(pk=person.pk) | Q(posts__unit__in=units)).distinct()

    def search(self, text: str) -> Self:
        for word in search_words(text):
            self = self.filter(folded__contains=word)
        return self

    def in_order(self) -> Self:
        return self.order_by("sort_key", "username")

    def with_addresses(self, emails: Iterable[str]) -> Self:
        return with_addresses(self, "email", emails)


class Person(AbstractBaseUser):
    """A public employee, and at once the account that he or she signs in with."""

    username = models.CharField(_("sign-in name"), max_length=80, unique=True)
    full_name = models.CharField(_("full name"), max_length=200)
    title = models.CharField(_("position"), max_length=200, blank=True)
    email = models.EmailField(_("official e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    is_sample = models.BooleanField(_("sample data"), default=False)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)
    sort_key = models.CharField(max_length=500, editable=False, db_index=True)
    folded = models.CharField(max_length=500, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    is_staff = False
    is_superuser = False

    objects = PersonManager.from_queryset(PersonQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "email",
                condition=~Q(email=""),
                name="person_email_once",
                violation_error_message=_("This e-mail belongs to another person."),
            ),
        ]
        indexes = [GinIndex(fields=["folded"], name="person_search", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args, **kwargs):
        self.fill_computed()
        super().save(*args, **kwargs)

    def fill_computed(self) -> None:
        self.sort_key = person_sort_key(self.full_name)[:500]
        self.folded = fold(f"{self.full_name} {self.username} {self.email}")[:500]

    @cached_property
    def access(self) -> Access:
        """What this person is and may see today; loaded once for the object (so once a request)."""
        return load_access(self, on=timezone.localdate())

    @property
    def needs_second_factor(self) -> bool:
        """Whether a role of this person demands one that is not set up yet."""
        return self.access.has(*settings.SECOND_FACTOR_ROLES) and not self.access.has_second_factor

    def acting_in(self, unit_id: int | None) -> str:
        """What the trail writes beside the name: head, deputy of somebody, focal point, or the roles held."""
        return self.access.acting_in(unit_id)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split()[-1] if self.full_name else self.username

    def has_perm(self, perm, obj=None) -> bool:
        return False

    def has_module_perms(self, app_label) -> bool:
        return False

    @property
    def initials(self) -> str:
        words = self.full_name.split()
        return (words[0][0] + words[-1][0]).upper() if words else "?"


class Dated(models.Model):
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        abstract = True


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
        name=name,
        violation_error_message=_("The last day cannot lie before the first."),
    )


class Post(Dated):
    """A person is head, deputy, focal point or member of a unit between two days."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    kind = models.CharField(_("post"), max_length=20, choices=choices(PostKind))
    title = models.CharField(_("title"), max_length=200, blank=True)

    class Meta:
        constraints = [
            ends_after_start("post_ends_after_it_starts"),
            ExclusionConstraint(
                name="post_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds this post in these days."),
            ),
        ]


class Role(Dated):
    """What a person may do for the whole department: office, council, director, leadership, administrator."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    kind = models.CharField(_("role"), max_length=20, choices=choices(RoleKind))

    class Meta:
        constraints = [
            ends_after_start("role_ends_after_it_starts"),
            ExclusionConstraint(
                name="role_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds this role in these days."),
            ),
        ]


class DelegationQuerySet(OfUnitQuerySet):
    def standing(self, on: dt.date) -> Self:
        """Those begun or still to begin that nobody took back. A delegation is worth what its two people are: the head
        holds the post of head on this day, and the deputy a post there."""
        posts = Post.objects.filter(current("", on), unit=OuterRef("unit"))
        return self.filter(
            Exists(posts.filter(person=OuterRef("head"), kind=PostKind.HEAD)),
            Exists(posts.filter(person=OuterRef("deputy"))),
            revoked_at=None,
            ends_on__gte=on,
        )

    def in_force(self, on: dt.date) -> Self:
        """Those by which the deputy signs on this day (people.access.LOAD asks the same)."""
        return self.standing(on).filter(starts_on__lte=on)


class Delegation(Dated):
    """A head lets a deputy sign for the unit between two days, unless taken back before."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="delegations")
    head = models.ForeignKey(Person, models.PROTECT, related_name="delegations_given")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="delegations_held")
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("delegation_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False),
                name="delegation_has_an_end",
                violation_error_message=_("A delegation needs a last day."),
            ),
            models.CheckConstraint(
                condition=~Q(head=F("deputy")),
                name="delegation_to_somebody_else",
                violation_error_message=_("A head cannot delegate to himself or herself."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.deputy)


class SwappedDay(models.Model):
    """A day that the government swaps or adds: a working Saturday, or a day off that the library does not know."""

    on = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("is a working day"))
    source = models.CharField(_("decision"), max_length=200)
