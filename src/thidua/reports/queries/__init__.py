"""Reads of figures, shaped for the scorecard, the grid of people, the explorer and what counts a campaign."""

from thidua.core.values import Value
from thidua.reports.queries.closings import closings, strict_figures
from thidua.reports.queries.grid import Grid, GridCell, GridRow, OwnResult, Tally, grid, own_results, stamp
from thidua.reports.queries.scorecard import Card, Row, card, criteria_of, declarable, mark_evidence
from thidua.reports.queries.values import At, Sight, best, sight, values

__all__ = [
    "At",
    "Card",
    "Grid",
    "GridCell",
    "GridRow",
    "OwnResult",
    "Row",
    "Sight",
    "Tally",
    "Value",
    "best",
    "card",
    "closings",
    "criteria_of",
    "declarable",
    "grid",
    "mark_evidence",
    "own_results",
    "sight",
    "stamp",
    "strict_figures",
    "values",
]
