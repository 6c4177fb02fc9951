"""Charts of the paper as Vega-Lite specifications with their data inside."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from thidua.core.totals import Total
from thidua.core.units import UnitKind
from thidua.core.vietnamese import percent
from thidua.summaries.queries import Coverage, Initiatives, Target

# The paper's typeface or one of equal width, as far as this machine has them; Be Vietnam Pro is always there.
FONT = "Times New Roman, Liberation Serif, Tinos, Be Vietnam Pro"
BLUE, GREEN, AMBER, RED, GREY = "#1d4f91", "#1f7a4d", "#b26a00", "#b3261e", "#c5cdd8"
INK = "#1b2430"
SHORT = 0.2  # a bar of this share of the width holds the words of its value
WIDE = 54  # letters of a label on one line
LABEL = {
    "labelLimit": 0,
    "labelFontSize": 13,
    "labelLineHeight": 14,
    "title": None,
    "labelExpr": r"split(datum.label, '\n')",
}


def _chart(width: int, height: int, values: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": "white",
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"domainColor": GREY, "tickColor": GREY, "labelFontSize": 13, "titleFontSize": 13},
            "text": {"fontSize": 13},
        },
        "data": {"values": values},
        **rest,
    }


def coverage(rows: list[Coverage], *, width: int = 300) -> dict[str, Any]:
    """Bars by kind of unit: accepted, waiting, returned, nothing yet."""
    parts = (
        (_("Accepted"), GREEN, "accepted"),
        (_("Waiting for the office"), BLUE, "submitted"),
        (_("Returned"), AMBER, "returned"),
        (_("Nothing yet"), GREY, "none"),
    )
    values = [
        {"kind": _lines(str(row.kind.label)), "state": name, "order": order, "units": getattr(row, attribute)}
        for row in rows
        for order, (name, _colour, attribute) in enumerate(parts)
    ]
    scale = {"domain": [name for name, _colour, _attribute in parts], "range": [colour for _name, colour, _a in parts]}
    return _chart(
        width,
        38 * max(len(rows), 1),
        values,
        mark={"type": "bar", "height": 18},
        encoding={
            "y": {"field": "kind", "type": "nominal", "sort": None, "axis": LABEL},
            "x": {
                "field": "units",
                "type": "quantitative",
                "stack": "zero",
                "axis": {"title": _("Units"), "tickMinStep": 1, "grid": False},
            },
            "color": {
                "field": "state",
                "type": "nominal",
                "scale": scale,
                "legend": {"title": None, "orient": "bottom", "labelLimit": 0, "labelFontSize": 13},
            },
            "order": {"field": "order", "type": "quantitative"},
        },
    )


def initiatives(rows: list[Initiatives], *, width: int = 300) -> dict[str, Any]:
    """Bars: registrations of each field."""
    values = [{"field": _lines(row.label), "count": row.registered} for row in rows]
    y = {"field": "field", "type": "nominal", "sort": None, "axis": LABEL}
    x = {
        "field": "count",
        "type": "quantitative",
        "axis": {"title": _("Registrations"), "tickMinStep": 1, "grid": False},
    }
    return _chart(
        width,
        30 * max(len(rows), 1),
        values,
        encoding={"y": y, "x": x},
        layer=[
            {"mark": {"type": "bar", "height": 16, "color": BLUE}},
            {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"text": {"field": "count"}}},
        ],
    )


def targets(rows: list[Target], *, width: int = 230) -> dict[str, Any]:
    """The value of each criterion against its target: a bar, a tick where the target lies, and what follows in words:
    a bar beyond its tick may miss what is asked in every field."""
    values = [_bar(row, row.total.share, _name(row, rows)) for row in rows if row.total.share is not None]
    y = {"field": "name", "type": "nominal", "sort": None, "axis": LABEL}
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {
            "title": None,
            "grid": False,
            "values": [0, 0.25, 0.5, 0.75, 1],
            "labelExpr": "datum.value*100 + '%'",
        },
    }
    return _chart(
        width,
        32 * max(len(values), 1),
        values,
        encoding={"y": y},
        layer=[
            {
                "mark": {"type": "bar", "height": 14},
                "encoding": {"x": x, "color": {"field": "colour", "type": "nominal", "scale": None}},
            },
            {
                "mark": {"type": "tick", "color": INK, "thickness": 2, "size": 24},
                "encoding": {"x": {"field": "target", "type": "quantitative"}},
            },
            {
                "transform": [{"filter": f"datum.value >= {SHORT}"}],
                "mark": {"type": "text", "align": "right", "color": "white", "dx": -6, "fontWeight": 600},
                "encoding": {"x": x, "text": {"field": "words"}},
            },
            {  # beside a bar that is too short to hold it, and beside its mark
                "transform": [
                    {"filter": f"datum.value < {SHORT}"},
                    {"calculate": "max(datum.value, datum.target)", "as": "beyond"},
                ],
                "mark": {"type": "text", "align": "left", "color": INK, "dx": 6, "fontWeight": 600},
                "encoding": {"x": {"field": "beyond", "type": "quantitative"}, "text": {"field": "words"}},
            },
            {
                "mark": {"type": "text", "align": "left", "lineHeight": 14, "baseline": "middle"},
                "encoding": {"x": {"value": width + 8}, "text": {"field": "met"}},
            },
        ],
    )


def _bar(row: Target, value: Decimal, name: str) -> dict[str, Any]:
    return {
        "name": _lines(name),
        "value": float(value),
        "target": row.total.criterion.threshold,
        "words": percent(value),
        "met": _judged(row.total).split("\n"),
        "colour": {"met": GREEN, "near": AMBER}.get(row.total.verdict or "", RED),
    }


def _name(row: Target, rows: list[Target]) -> str:
    """The criterion; and of whom, where several audiences have it."""
    is_shared = sum(other.criterion.id == row.criterion.id for other in rows) > 1
    return f"{row.criterion.short} ({UnitKind(row.audience.kinds[0]).label})" if is_shared else row.criterion.short


def _judged(found: Total) -> str:
    if found.is_missed_in_a_field:
        return textwrap.fill(_("reached as a whole, not in every field"), 30)
    return str(found.verdict.label) if found.verdict else ""


def _lines(label: str) -> str:
    return textwrap.fill(label, WIDE)
