"""Reads of units and people for pages and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext

from thidua.core.mailboxes import is_mailbox, mailbox
from thidua.core.refusals import need
from thidua.core.units import PostKind, RoleKind
from thidua.core.words import Sentence, _
from thidua.people.access import DEPUTY_OF
from thidua.people.models import (
    AddressChange,
    AddressChangeQuerySet,
    ApiToken,
    Delegation,
    Person,
    PersonQuerySet,
    Post,
    Role,
    SignIn,
    SwappedDay,
    Unit,
    current,
    not_ended,
)

LONGEST_LOGIN = 254


def units_page(person) -> QuerySet[Unit]:
    return Unit.objects.visible_to(person).select_related("parent")


def posts_today(today: dt.date) -> Prefetch:
    return Prefetch(
        "posts", Post.objects.filter(current("", today)).select_related("unit").order_by("kind"), to_attr="posts_now"
    )


def people_page(person, today: dt.date) -> QuerySet[Person]:
    return Person.objects.visible_to(person).prefetch_related(posts_today(today))


def people_in_full(person, today: dt.date) -> QuerySet[Person]:
    """The people page with the roles that each holds, for the list in Excel."""
    roles = Prefetch("roles", Role.objects.filter(current("", today)).order_by("kind"), to_attr="roles_now")
    return people_page(person, today).prefetch_related(roles).in_order()


def posts_of(unit: Unit, today: dt.date) -> QuerySet[Post]:
    """Who holds which post at the unit today, heads first."""
    return (
        unit.posts.filter(current("", today)).select_related("person").order_by("person__sort_key", "person__username")
    )


def units_headed(person: Person) -> QuerySet[Unit]:
    """Whose head the person is today, by a post."""
    headed = [unit for unit, what in person.access.acting.items() if what == PostKind.HEAD]
    return Unit.objects.filter(pk__in=headed).in_order()


def colleagues_of(person: Person, units: QuerySet[Unit], today: dt.date) -> QuerySet[Person]:
    """Who else holds a post at one of the units today."""
    held = Post.objects.filter(current("", today), unit__in=units).exclude(person=person)
    return Person.objects.filter(pk__in=held.values("person")).in_order()


def delegations_of(units: Iterable[Unit], today: dt.date) -> QuerySet[Delegation]:
    """By whom the heads are or will be stood in for."""
    found = Delegation.objects.standing(today).filter(unit__in=units)
    return found.select_related("head", "deputy", "unit").order_by("starts_on", "pk")


def tokens_of(unit: Unit, person) -> QuerySet[ApiToken]:
    """Access codes of the unit's programs, those in use first."""
    found = ApiToken.objects.visible_to(person).filter(unit=unit).select_related("made_by")
    return found.order_by(F("revoked_at").desc(nulls_first=True), "-pk")


def units_seen(token: ApiToken, code: str = "") -> QuerySet[Unit]:
    """The unit of an access code and those below it, or of these the asked one and those below. Raises Denied."""
    seen = Unit.objects.below(token.unit)
    if not code:
        return seen
    top = seen.filter(code=code).first()
    need(top, _("There is no unit “%(code)s” in sight of this access code.", code=code))
    return Unit.objects.below(top)


def acting_words(acting_as: str) -> str:
    """What the trail keeps of "as what" in the reader's language; words from elsewhere stay as they are."""
    if acting_as.startswith(DEPUTY_OF):
        return gettext("acting for %(head)s") % {"head": acting_as.removeprefix(DEPUTY_OF)}
    labels = {kind.value: kind.label for kind in (*PostKind, *RoleKind)}
    return ", ".join(str(labels.get(word, word)) for word in acting_as.split(", "))


def without_password(person, today: dt.date) -> QuerySet[Person]:
    """People in sight whose account has never been opened, and that the person may administer.

    Never opened: no password was ever set, and nobody has come in without one.
    """
    fresh = Person.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_active=True, last_login=None)
    if not person.access.has(RoleKind.ADMINISTRATOR):
        held = Role.objects.filter(not_ended("", today))
        fresh = fresh.exclude(pk__in=held.values("person"))
    return fresh.visible_to(person).prefetch_related(posts_today(today)).in_order()


def account_of(login: str) -> Person | None:
    """Whom a sign-in name means, in whatever capitals: first a name, then an address that one person alone has."""
    login = login.strip()
    if not login or len(login) > LONGEST_LOGIN or "\0" in login:
        return None
    by_name = Person.objects.annotate(low=Lower("username")).filter(low=login.lower()).order_by()
    by_address = Person.objects.with_addresses([login]).order_by()
    found = Person.objects.filter(Q(pk__in=by_name.values("pk")) | Q(pk__in=by_address.values("pk")))[:10]
    for same in (lambda person: person.username == login, lambda person: person.username.lower() == login.lower()):
        named = [person for person in found if same(person)]
        if len(named) == 1:
            return named[0]
    return found[0] if len(found) == 1 else None


def recovered_by(email: str, at: dt.datetime) -> list[Person]:
    """The one person whose forgotten password is sent to the address: a new one does not count at once; else nobody."""
    if not is_mailbox(email):
        return []
    waiting = AddressChange.objects.waiting(at)
    moved = list(waiting.with_addresses([email]).values_list("person", flat=True))
    same = Person.objects.with_addresses([email]).exclude(pk__in=waiting.values("person"))
    found = list(Person.objects.filter(Q(pk__in=same.order_by().values("pk")) | Q(pk__in=moved), is_active=True)[:2])
    return found if len(found) == 1 else []


def address_that_counts(person: Person, at: dt.datetime) -> str:
    """As it is kept: the last one that settled, while a new one waits."""
    first = AddressChange.objects.waiting(at).filter(person=person).first()
    return first.before if first else person.email


def owners_of(names: Iterable[str], among: PersonQuerySet, at: dt.datetime) -> dict[str, str]:
    """Of addresses and sign-in names those that somebody has, signs in by, or is still recovered by, as they stand in
    ``names`` → the sign-in name of that person."""
    names = list(names)
    low = {name.lower() for name in names}
    waiting = AddressChange.objects.waiting(at).filter(person__in=among)
    named = dict(among.annotate(low=Lower("username")).filter(low__in=low).values_list("low", "username"))
    addressed = dict(among.with_addresses(names).values_list("mailbox", "username"))
    addressed |= dict(waiting.with_addresses(names).values_list("mailbox", "person__username"))
    owners = {name: named.get(name.lower()) or addressed.get(mailbox(name)) for name in names}
    return {name: owner for name, owner in owners.items() if owner}


def address_taken(email: str, account: Person, at: dt.datetime) -> bool:
    return bool(owners_of([email], Person.objects.exclude(pk=account.pk), at))


def is_signed_in(session_key: str) -> bool:
    """Whether somebody is signed in by this session, and was not signed out from elsewhere: as pages ask (LOAD)."""
    session = SessionStore(session_key)
    sign_in, person = session.get("sign_in"), session.get(SESSION_KEY)
    return sign_in is not None and SignIn.objects.filter(pk=sign_in, person=person, person__is_active=True).exists()


def sessions_of(person: Person) -> QuerySet[SignIn]:
    """Browsers in which the person is signed in, the last seen first."""
    return person.sign_ins.order_by("-seen_at", "-pk")


def identities_of(person: Person) -> QuerySet[SocialAccount]:
    """By which accounts at other services the person signs in."""
    return SocialAccount.objects.filter(user_id=person.pk).order_by("pk")


def identities_seen_by(person: Person) -> QuerySet[SocialAccount]:
    """One's own; administrators see all."""
    if person.access.has(RoleKind.ADMINISTRATOR):
        return SocialAccount.objects.select_related("user")
    return identities_of(person).select_related("user")


def waiting_changes(at: dt.datetime) -> AddressChangeQuerySet:
    return AddressChange.objects.waiting(at).select_related("person", "by", "agreed_by")


@lru_cache(maxsize=8)
def _calendar(year: int):
    import holidays  # 27 MB, for the few pages that count working days

    return holidays.country_holidays("VN", years=year)


@dataclass(frozen=True)
class DayOff:
    """Why a day is not a working day, or None. ``swapped``, day → (is it one, by what), wins over the library."""

    swapped: Mapping[dt.date, tuple[bool, str]]

    def __call__(self, day: dt.date) -> Sentence | None:
        if day in self.swapped:
            is_working, source = self.swapped[day]
            return None if is_working else _("a day off (%(source)s)", source=source)
        calendar = _calendar(day.year)
        if day in calendar:
            return _("a public holiday")
        return None if calendar.is_working_day(day) else _("a weekend")


def day_off_rule() -> DayOff:
    return DayOff({day.on: (day.is_working, day.source) for day in SwappedDay.objects.all()})
