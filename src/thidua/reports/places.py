"""Links from a number in the explorer to what rooms above make of its rows; this room is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from thidua.reports.queries.explorer import Place


@dataclass(frozen=True)
class Link:
    label: object
    url: str


_makers: list[Callable[[Place], Link | None]] = []


def offer(maker: Callable[[Place], Link | None]) -> None:
    """``maker`` gives the link of a number, or None; called once, when the application starts."""
    if maker not in _makers:
        _makers.append(maker)


def links_of(place: Place) -> list[Link]:
    return [link for maker in _makers if (link := maker(place))]
