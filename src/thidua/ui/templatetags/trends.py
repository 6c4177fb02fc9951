"""A trend beside its number, drawn on the server; installed as a builtin like ``ui``."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html

register = template.Library()
LEFT, TOP, WIDTH, HEIGHT = 4, 3, 80, 20  # of the line, in a drawing 88 × 26


@register.simple_tag
def spark(points: Sequence[tuple[object, object]], target: float | None = None, label: object = "") -> str:
    """A line through (name, value), the target dashed; nothing for less than two points. ``label`` is read aloud."""
    values = [float(value) for _name, value in points]
    if len(values) < 2:
        return ""
    shown = [*values, *([] if target is None else [target])]
    low, high = min(shown), max(shown)

    def height(value: float) -> str:
        return f"{TOP + (high - value) * HEIGHT / (high - low):.1f}" if high > low else f"{TOP + HEIGHT / 2:.1f}"

    step = WIDTH / (len(values) - 1)
    line = " ".join(f"{LEFT + step * n:.1f},{height(value)}" for n, value in enumerate(values))
    dashed = "" if target is None else format_html('<path class="target" d="M0 {}h88"/>', height(target))
    return format_html(
        '<svg class="spark" viewBox="0 0 88 26" role="img" aria-label="{}">{}<polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2.6"/></svg>',
        label, dashed, line, LEFT + WIDTH, height(values[-1]),
    )  # fmt: skip
