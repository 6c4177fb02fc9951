"""Words, marks and links of every page; installed as builtins. docs/ui.md lists them with their arguments."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thidua.core import figures, vietnamese
from thidua.core.files import Fault
from thidua.core.plan.schema import Criterion
from thidua.ui.marks import mark_of

register = template.Library()
NOTHING = "–"
SOON = 3  # days before a deadline from which it is marked


# Files and icons


@lru_cache(maxsize=64)
def _stamp(path: str) -> str:
    found = finders.find(path)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8] if found else ""


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, changed whenever its content changes."""
    if settings.DEBUG:
        _stamp.cache_clear()
        _address.cache_clear()
    return _address(path)


@lru_cache(maxsize=64)
def _address(path: str) -> str:
    stamp = _stamp(path)
    return f"{static(path)}?v={stamp}" if stamp else static(path)


@register.simple_tag
def icon(name: str, label: object = "", css: str = "") -> str:
    """``{% icon "late" %}`` beside a word; ``{% icon "late" label=_("Late") %}`` where it stands alone."""
    return _drawn_icon(str(name), str(label), css, asset("ui/icons.svg"))


@lru_cache(maxsize=512)  # a page draws the same few dozens of times
def _drawn_icon(name: str, label: str, css: str, source: str) -> str:
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"/></svg>', f" {css}" if css else "", named, source, name
    )


# Dates and numbers


def _local(moment: object) -> object:
    return timezone.localtime(moment) if isinstance(moment, dt.datetime) and timezone.is_aware(moment) else moment


@register.filter
def ngay(value: object) -> str:
    """31/10/2023"""
    value = _local(value)
    return vietnamese.day(value) if isinstance(value, dt.date) else NOTHING


@register.filter
def gio(value: object) -> str:
    """10:24 31/10/2023"""
    value = _local(value)
    return f"{value:%H:%M} {vietnamese.day(value)}" if isinstance(value, dt.datetime) else ngay(value)


@register.filter
def gio_phut(value: object) -> str:
    """10:24"""
    value = _local(value)
    return f"{value:%H:%M}" if isinstance(value, dt.datetime | dt.time) else NOTHING


@register.filter
def ngay_iso(value: object) -> str:
    """2023-10-31, for the ``datetime`` attribute"""
    value = _local(value)
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else ""


@register.filter
def ngay_dai(value: object) -> str:
    """Thứ Sáu, 18/10/2024"""
    value = _local(value)
    if not isinstance(value, dt.date):
        return NOTHING
    names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    return f"{names[value.weekday()]}, {vietnamese.day(value)}"


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


@register.filter
def so(value: object, places: int | None = None) -> str:
    """1.234,5"""
    amount = _decimal(value)
    return NOTHING if amount is None else vietnamese.number(amount, places)


@register.filter
def phan_tram(value: object) -> str:
    """A ratio: 0.987 → 98,7%"""
    amount = _decimal(value)
    return NOTHING if amount is None else vietnamese.percent(amount)


@register.filter
def muc_tieu(criterion: Criterion) -> str:
    """The target of a criterion: từ 98%, không quá 5%, 100%"""
    return str(figures.target(criterion))


@register.filter
def dung_luong(value: object) -> str:
    """Bytes: 248 KB, 1,2 MB"""
    size = _decimal(value)
    if size is None:
        return NOTHING
    if size < 1024 * 1024:
        return f"{vietnamese.number(max(Decimal(1), size / 1024), 0)} KB"
    return f"{vietnamese.number(size / (1024 * 1024), 1)} MB"


# Marks


@register.simple_tag
def chip(state: object, label: object = "", tone: str = "", icon_name: str = "") -> str:
    """Word, icon and colour of a state: a member of a core enum (its ``label`` is the word), or a plain key."""
    mark = mark_of(state)
    word = label or getattr(state, "label", "") or state
    return format_html(
        '<span class="chip is-{}">{}{}</span>', tone or mark.tone, icon(icon_name or mark.icon), str(word)
    )


@register.simple_tag(takes_context=True)
def came_from(context) -> str:
    """The page of ours that led here, else the first one; another site's address is not handed on."""
    request = context["request"]
    address = request.headers.get("Referer", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else "/"


@register.simple_tag
def fault(found: str) -> str:
    """What the last look at a stored file found (``row.fault``); nothing where it is what was stored."""
    return format_html("<br>{}", chip(Fault(found), tone="late", icon_name="late")) if found else ""


@register.filter
def tone(state: object) -> str:
    """done, wait, soon, late, back, none or idle: for ``class="cell is-{{ state|tone }}"``"""
    return mark_of(state).tone


@register.filter
def mark(state: object) -> str:
    """The icon's name of a state: ``{% icon state|mark %}``"""
    return mark_of(state).icon


def due_words(date: dt.date, today: dt.date) -> tuple[str, str]:
    """The words of a deadline and their class."""
    days = (date - today).days
    if days < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}, "late"
    if days == 0:
        return _("Today"), "soon"
    words = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return words, "soon" if days <= SOON else ""


@register.simple_tag
def due(date: object, today: dt.date | None = None, done: bool = False) -> str:
    """A deadline in words, then its date. ``done``: the date alone, without pressure."""
    date = _local(date)
    date = date.date() if isinstance(date, dt.datetime) else date
    if not isinstance(date, dt.date):
        return mark_safe('<span class="due">–</span>')
    shown = format_html('<time datetime="{}">{}</time>', date.isoformat(), vietnamese.day(date))
    if done:
        return format_html('<span class="due">{}</span>', shown)
    words, css = due_words(date, today or timezone.localdate())
    return format_html('<span class="due{}"><b>{}</b> {}</span>', f" {css}" if css else "", words, shown)


def _share(value: object) -> Decimal:
    amount = _decimal(value) or Decimal(0)
    return round(min(max(amount, Decimal(0)), Decimal(1)) * 100, 1)


@register.simple_tag
def bar(value: object, target: object = None, state: object = "wait", label: object = "") -> str:
    """A bar of ratios (0–1) with the target's tick. With ``label`` it speaks; else it stands beside its number."""
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    tick = "" if _decimal(target) is None else format_html('<path class="bar-target" d="M{} -2v10"/>', _share(target))
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" {}><rect class="bar-track" width="100"'
        ' height="6" rx="1"/><rect class="fill-{}" width="{}" height="6" rx="1"/>{}</svg>',
        named,
        mark_of(state).tone,
        _share(value),
        tick,
    )


# Tables: on a phone a row is a card, so roles are said and each cell carries its heading


@register.simple_tag
def th(words: object, css: str = "", hidden: bool = False) -> str:
    """The heading of a column; ``hidden``: for screen readers alone."""
    shape = '<span class="visually-hidden">{}</span>' if hidden else "{}"
    return format_html('<th role="columnheader" scope="col"{}>{}</th>', _css_attribute(css), format_html(shape, words))


@register.simple_tag
def cell(heading: object, css: str = "") -> str:
    """Attributes of a ``<td>`` below that heading."""
    return format_html('role="cell"{} data-label="{}"', _css_attribute(css), heading)


def _css_attribute(css: str) -> str:
    return format_html(' class="{}"', css) if css else ""


# Addresses and pages


@register.simple_tag(takes_context=True)
def query(context, **changes: object) -> str:
    """The present address with parameters changed; ``None`` or "" takes one away, and so does every change the page."""
    given = context["request"].GET.copy()
    given.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            given.pop(name, None)
        else:
            given[name] = str(value)
    return f"?{given.urlencode()}"


@register.simple_tag(takes_context=True)
def alike(context, name: str, *args: object) -> str:
    """Another page with the filters of this one: its workbook, or what is done with all that it shows."""
    narrowed = query(context)
    return reverse(name, args=args) + (narrowed if narrowed != "?" else "")


@register.simple_tag(takes_context=True)
def clear_link(context, name: str) -> str:
    """The present address without one parameter whose name is known only while drawing."""
    return query(context, **{name: None})


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def paginate(context, page):
    links = [
        {"number": number, "url": query(context, page=number), "is_current": number == page.number}
        if isinstance(number, int)
        else {"number": None}
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "links": links,
        "previous": query(context, page=page.previous_page_number()) if page.has_previous() else "",
        "next": query(context, page=page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def sort(context, name: str, label: object, current: str = "") -> str:
    """A column heading that sorts. ``current`` is ``listing.sort``; put ``{% sorted_as %}`` on the ``th``."""
    current = current or context["request"].GET.get("sort", "")
    turned = f"-{name}" if current == name else name
    shown = icon("down" if current == f"-{name}" else "up") if current.lstrip("-") == name else ""
    return format_html('<a class="sortlink" href="{}">{}{}</a>', query(context, sort=turned), label, shown)


@register.simple_tag
def sorted_as(name: str, current: str) -> str:
    if current.lstrip("-") != name:
        return ""
    return mark_safe(f'aria-sort="{"descending" if current.startswith("-") else "ascending"}"')
