"""The life of a paper that a unit fills in and the office decides on: registration, report, unit plan."""

from __future__ import annotations

from enum import StrEnum

from thidua.core.refusals import Denied
from thidua.core.words import Sentence, _


class DossierKind(StrEnum):
    REGISTRATION = "registration"
    REPORT = "report"
    UNIT_PLAN = "unit_plan"

    @property
    def label(self) -> Sentence:
        return KIND_LABELS[self]


KIND_LABELS = {
    DossierKind.REGISTRATION: _("Registration"),
    DossierKind.REPORT: _("Result report"),
    DossierKind.UNIT_PLAN: _("Unit plan"),
}


class Progress(StrEnum):
    """How far what was registered has come, as the list of papers is narrowed by it."""

    FINISHED = "finished"
    DUE = "due"
    DONE = "done"

    @property
    def label(self) -> Sentence:
        return PROGRESS_LABELS[self]


PROGRESS_LABELS = {
    Progress.FINISHED: _("Carried out in full"),
    Progress.DUE: _("With a milestone due by today"),
    Progress.DONE: _("With a milestone due and done"),
}


class DossierState(StrEnum):
    DRAFT = "draft"
    PRESENTED = "presented"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Sentence:
        return STATE_LABELS[self]


STATE_LABELS = {
    DossierState.DRAFT: _("Draft"),
    DossierState.PRESENTED: _("Waiting for the head"),
    DossierState.SUBMITTED: _("Waiting for the office"),
    DossierState.RETURNED: _("Returned"),
    DossierState.ACCEPTED: _("Accepted"),
    DossierState.WITHDRAWN: _("Withdrawn"),
}

# What a result report may tell in words (core.plan.schema.PLAYED).
VOICES = ("effect", "difficulties", "lessons", "proposals")

_S = DossierState
# Handed in, and it stands: neither returned nor withdrawn.
HANDED_IN = (_S.SUBMITTED, _S.ACCEPTED)
# verb → the states it may start from, and the state it leads to.
MOVES: dict[str, tuple[frozenset[DossierState], DossierState]] = {
    "present": (frozenset({_S.DRAFT, _S.RETURNED}), _S.PRESENTED),
    "recall": (frozenset({_S.PRESENTED}), _S.DRAFT),
    "submit": (frozenset({_S.DRAFT, _S.RETURNED, _S.PRESENTED}), _S.SUBMITTED),
    "return_": (frozenset({_S.SUBMITTED}), _S.RETURNED),
    "accept": (frozenset({_S.SUBMITTED}), _S.ACCEPTED),
    "close": (frozenset({_S.ACCEPTED}), _S.ACCEPTED),  # not carried on; what was achieved still counts
    "withdraw": (frozenset({_S.DRAFT, _S.PRESENTED, _S.SUBMITTED, _S.RETURNED, _S.ACCEPTED}), _S.WITHDRAWN),
}
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED, _S.PRESENTED})


def move(state: str, verb: str) -> DossierState:
    """The state after the verb; refuses a verb that the present state does not allow."""
    sources, target = MOVES[verb]
    if DossierState(state) not in sources:
        raise Denied(_("This cannot be done now: the dossier is “%(state)s”.", state=DossierState(state).label))
    return target
