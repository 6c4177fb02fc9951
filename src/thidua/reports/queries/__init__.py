"""Reads of figures, shaped for the scorecard, the grid of people, the explorer and what counts a campaign."""

from thidua.reports.queries.grid import Grid, GridCell, GridRow, OwnResult, Tally, grid, own_results, stamp
from thidua.reports.queries.scorecard import (
    DECLARABLE,
    Compared,
    Line,
    closings,
    compared,
    criteria_of,
    declared_lines,
    mark_evidence,
    registrations_of,
    scorecard,
    strict_figures,
)
from thidua.reports.queries.stated import Source, Stated, stated

__all__ = [
    "DECLARABLE",
    "Compared",
    "Grid",
    "GridCell",
    "GridRow",
    "Line",
    "OwnResult",
    "Source",
    "Stated",
    "Tally",
    "closings",
    "compared",
    "criteria_of",
    "declared_lines",
    "grid",
    "mark_evidence",
    "own_results",
    "registrations_of",
    "scorecard",
    "stamp",
    "stated",
    "strict_figures",
]
