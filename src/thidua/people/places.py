"""Links on a unit's page to what other rooms keep about it; they lie above this room, so it is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from thidua.people.models import Unit


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    icon: str


_makers: list[Callable[[HttpRequest, Unit, str], list[Place]]] = []


def offer(maker: Callable[[HttpRequest, Unit, str], list[Place]]) -> None:
    """``maker`` gives the links of a unit, in order, for the page of a request and a year where one is known; called
    once, when the application starts."""
    if maker not in _makers:
        _makers.append(maker)


def places_of(request: HttpRequest, unit: Unit, year: str = "") -> list[Place]:
    return [place for maker in _makers for place in maker(request, unit, year)]
