"""Writes of dossiers: one verb per function. Each checks, changes, records one ledger row, and tells who must know."""

from thidua.dossiers.actions.attachments import attach, detach
from thidua.dossiers.actions.progress import report_progress
from thidua.dossiers.actions.saves import forget_saves, tell_ended
from thidua.dossiers.actions.shares import confirm
from thidua.dossiers.actions.standing import obligation_of
from thidua.dossiers.actions.steps import accept, close, present, recall, return_, submit, withdraw
from thidua.dossiers.actions.texts import begin, save

__all__ = [
    "accept",
    "attach",
    "begin",
    "close",
    "confirm",
    "detach",
    "forget_saves",
    "obligation_of",
    "present",
    "recall",
    "report_progress",
    "return_",
    "save",
    "submit",
    "tell_ended",
    "withdraw",
]
