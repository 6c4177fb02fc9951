"""Which rows of the board are meant, said once: what a number counts, what the board then shows, and its address."""

from __future__ import annotations

from dataclasses import dataclass, fields

from thidua.campaigns.chosen import Chosen
from thidua.campaigns.queries import NOT_COUNTED
from thidua.core.dossiers import DossierKind
from thidua.core.obligations import BoardState
from thidua.core.plan.schema import Plan
from thidua.core.vietnamese import search_words
from thidua.monitoring.queries.obligations import OWED, Board, Row, below, only

# In the address: several obligations at once. No obligation is called so: an id of the plan has no dot.
OWN, OF_PEOPLE = "all.own", "all.personal"
# What the address calls the states of which a unit has at least one.
STATES: dict[str, frozenset[BoardState]] = {
    "all": frozenset(BoardState),
    "asked": frozenset(BoardState) - NOT_COUNTED,
    "owing": OWED,
    "returned": frozenset({BoardState.RETURNED}),
    "due": frozenset({BoardState.DUE, BoardState.DRAFT}),
    "waiting": frozenset({BoardState.SUBMITTED}),
    "handed_in": frozenset({BoardState.SUBMITTED, BoardState.DONE}),
    "accepted": frozenset({BoardState.DONE}),
    "nothing": frozenset({BoardState.NOT_DUE, BoardState.DUE, BoardState.DRAFT, BoardState.LATE}),
}


def papers(kind: str) -> str:
    """All obligations of one kind of paper, as ``OnBoard.what`` says it."""
    return f"all.{kind}"


@dataclass(frozen=True)
class OnBoard:
    """Units with an obligation in one of the states (``show``), of the asked obligations (``what``), kind of unit or
    audience, branch of the tree (``under``) and words (``q``). What is empty narrows nothing."""

    show: str = "all"
    what: str = ""
    kind: str = ""
    audience: str = ""
    under: str = ""
    q: str = ""

    def branch(self, whole: Board) -> Board:
        return below(whole, self.under) if self.under else whole

    def obligations(self, branch: Board) -> Board:
        """The asked columns, and the units that they are asked of."""
        if self.what == OWN:
            return only(branch, {column.key for column in branch.columns if not column.is_personal})
        if self.what == OF_PEOPLE:
            return only(branch, {column.key for column in branch.columns if column.is_personal})
        if kind := next((each for each in DossierKind if papers(each) == self.what), ""):
            return only(branch, {column.key for column in branch.columns if column.kind == kind})
        is_known = any(column.key == self.what for column in branch.columns)
        return only(branch, {self.what}) if is_known else branch

    def units(self, whole: Board, plan: Plan) -> list[Row]:
        """Of a board of the asked obligations."""
        kinds = {kind for each in plan.audiences if each.id == self.audience for kind in each.kinds}
        words, states = search_words(self.q), STATES[self.show]
        return [
            row
            for row in whole.rows
            if not row.states.isdisjoint(states)
            and (not self.kind or row.unit.kind == self.kind)
            and (not kinds or row.unit.kind in kinds)
            and all(word in row.unit.folded for word in words)
        ]

    def address(self, of: Chosen) -> str:
        said = {each.name: getattr(self, each.name) or None for each in fields(self)}
        return of.address("monitoring:board", **said | {"show": None if self.show == "all" else self.show})
