"""A notice to one person, shown under the bell and mailed where there is an address; and who is who in a unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from thidua.core.units import PostKind, RoleKind
from thidua.people.models import Person, current


@dataclass(frozen=True)
class Notice:
    to: Person
    kind: str
    subject: str
    body: str
    address: str = ""
    unit_id: int | None = None
    urgent: bool = False


def people_of(unit_id: int, *kinds: PostKind) -> list[Person]:
    """People who hold one of these posts at the unit today, each once."""
    return list(
        Person.objects.filter(
            current("posts__", timezone.localdate()), posts__unit_id=unit_id, posts__kind__in=kinds, is_active=True
        )
        .distinct()
        .order_by("pk")
    )


def heads_of(unit_id: int) -> list[Person]:
    """Who may sign for the unit today: its head, and a deputy who acts for the head."""
    today = timezone.localdate()
    deputies = Person.objects.filter(current("delegations_held__", today), delegations_held__unit_id=unit_id)
    return people_of(unit_id, PostKind.HEAD) + list(deputies.distinct())


def with_role(kind: RoleKind) -> list[Person]:
    return list(
        Person.objects.filter(current("roles__", timezone.localdate()), roles__kind=kind, is_active=True).distinct()
    )
