"""One list on one page: search, filters, sort and page, all read from the address so that a link can be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.paginator import Page

from thidua.core import bounds
from thidua.core.vietnamese import search_words
from thidua.ui.pagination import PER_PAGE, page_of


class Rows(list):
    """Rows that no query searches, as a list that can be searched: each has its words ``folded``."""

    def search(self, text: str) -> Rows:
        words = search_words(text)
        return Rows(row for row in self if all(word in row.folded for word in words))


@dataclass(frozen=True)
class Option:
    value: str
    label: object
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A choice in the address. ``apply(queryset, value)`` narrows; without it the value is compared with ``lookup``."""

    name: str
    label: object
    choices: Iterable[tuple[object, object]]
    apply: Callable[..., object] | None = None
    lookup: str = ""

    def narrowed(self, queryset, value: str):
        return self.apply(queryset, value) if self.apply else queryset.filter(**{self.lookup or self.name: value})


@dataclass(frozen=True)
class Control:
    name: str
    label: object
    value: str
    options: list[Option]

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.is_chosen), None)


@dataclass(frozen=True)
class Listing:
    """What ``ui/parts/filters.html`` and ``{% paginate %}`` draw."""

    page: Page
    rows: object
    count: int
    search: str
    controls: list[Control] = field(default_factory=list)
    sort: str = ""
    others: list[tuple[str, str]] = field(default_factory=list)  # what else the address says: the year, a tab

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search) or any(control.value for control in self.controls)


def listing(
    request,
    queryset,
    *,
    filters: Iterable[Filter] = (),
    sorts: Mapping[str, Iterable[str]] | None = None,
    per_page: int = PER_PAGE,
) -> Listing:
    """The queryset narrowed and sorted by the address. ``sorts`` is the whitelist: name → fields to order by; the first
    is the default, ``-name`` in the address turns it round. Search calls ``queryset.search(text)``.
    ``rows`` is the whole narrowed list (for Excel); ``page`` is one page of it."""
    given = request.GET
    search = given.get("q", "").strip()[: bounds.SEARCH]
    if search:
        queryset = queryset.search(search)
    controls = []
    for item in filters:
        options = [(str(value), label) for value, label in item.choices]
        value = given.get(item.name, "")
        if value not in {known for known, _label in options}:
            value = ""
        if value:
            queryset = item.narrowed(queryset, value)
        controls.append(
            Control(item.name, item.label, value, [Option(known, label, known == value) for known, label in options])
        )
    sort = ""
    if sorts:
        asked = given.get("sort", "")
        sort = asked if asked.lstrip("-") in sorts else next(iter(sorts))
        queryset = queryset.order_by(*ordering(sorts, sort))
    page = page_of(queryset, request, per_page)
    kept = [(name, value) for name, values in given.lists() for value in values if name != "page" and value]
    own = {"q", "sort", *(control.name for control in controls)}
    others = [(name, value) for name, value in kept if name not in own]
    return Listing(page, queryset, page.paginator.count, search, controls, sort, others)


def ordering(sorts: Mapping[str, Iterable[str]], sort: str) -> list[str]:
    fields = list(sorts[sort.lstrip("-")])
    return [turned(name) for name in fields] if sort.startswith("-") else fields


def turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"
