"""Addresses that say which campaign and year they are about; installed as builtins."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from thidua.campaigns import chosen
from thidua.core.vietnamese import number as written

register = template.Library()


@register.simple_tag(takes_context=True)
def address(context, name: str, *args: object, of: chosen.Chosen | None = None, **narrowed: object) -> str:
    """``{% address "monitoring:board" show="owing" %}``: a page of the campaign and year that this page speaks of, or
    of another (``of``). What is empty narrows nothing; a query of one's own follows behind ``&amp;``."""
    spoken_of = of or chosen.for_links(context["request"])
    return spoken_of.address(name, *args, **{key: value for key, value in narrowed.items() if value not in (None, "")})


@register.simple_tag(takes_context=True)
def opens(context, rows, of: chosen.Chosen | None = None) -> str:
    """``{% opens row.opens.accepted %}``: the page that shows the rows which a number counted."""
    return rows.address(of or chosen.for_links(context["request"]))


@register.simple_tag(takes_context=True)
def number(context, value: int, rows, of: chosen.Chosen | None = None) -> str:
    """A number that opens the rows which it counted; nought opens nothing."""
    return format_html('<a href="{}">{}</a>', opens(context, rows, of), written(value)) if value else written(value)


@register.simple_tag(takes_context=True)
def at(context, path: str) -> str:
    """``{% at row.opens %}``: the page at this path, of the campaign and year that this page speaks of."""
    return chosen.for_links(context["request"]).at(path)


@register.simple_tag(takes_context=True)
def of_campaign(context, thing) -> str:
    """Behind the words about a thing: the short name of its campaign, where the reader sees several."""
    campaigns = chosen.published(context["request"].user)
    named = next((each.short_name for each in campaigns if each.pk == thing.campaign_id), "")
    return f" · {named}" if named and len(campaigns) > 1 else ""


@register.inclusion_tag("campaigns/chosen_fields.html", takes_context=True)
def chosen_fields(context):
    """What a form that filters a page hands on, so that its answer says it too."""
    return {"said": chosen.for_links(context["request"]).said}
