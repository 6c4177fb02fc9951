"""Writes of campaigns. Each checks, changes, records one ledger row a unit at most, and tells who must know."""

from thidua.campaigns.actions.obligations import (
    cancel_excuse,
    cancel_extension,
    excuse,
    excuse_many,
    extend,
    extend_many,
    note_standing,
)
from thidua.campaigns.actions.plans import load, record_index, upgrade
from thidua.campaigns.actions.publishing import ask_unit, catch_up, held, publish

__all__ = [
    "ask_unit",
    "cancel_excuse",
    "cancel_extension",
    "catch_up",
    "excuse",
    "excuse_many",
    "extend",
    "extend_many",
    "held",
    "load",
    "note_standing",
    "publish",
    "record_index",
    "upgrade",
]
