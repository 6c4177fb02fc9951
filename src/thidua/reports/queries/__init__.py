"""Reads of figures, shaped for the scorecard, the grid of people, the explorer and what counts a campaign."""

from thidua.reports.queries.card import Card, card
from thidua.reports.queries.grid import Grid, GridCell, GridRow, OwnResult, Tally, grid, own_results, stamp
from thidua.reports.queries.scorecard import (
    DECLARABLE,
    Line,
    closings,
    criteria_of,
    lines,
    mark_evidence,
    strict_figures,
)
from thidua.reports.queries.stated import Source, Stated, counted_here, stated

__all__ = [
    "DECLARABLE",
    "Card",
    "Grid",
    "GridCell",
    "GridRow",
    "Line",
    "OwnResult",
    "Source",
    "Stated",
    "Tally",
    "card",
    "closings",
    "counted_here",
    "criteria_of",
    "grid",
    "lines",
    "mark_evidence",
    "own_results",
    "stamp",
    "stated",
    "strict_figures",
]
