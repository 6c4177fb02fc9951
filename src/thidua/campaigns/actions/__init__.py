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
from thidua.campaigns.actions.working import carry_out, have_published
from thidua.campaigns.actions.working import fail as fail_publishing
from thidua.campaigns.actions.working import wait_again as publish_again

__all__ = [
    "ask_unit",
    "cancel_excuse",
    "cancel_extension",
    "carry_out",
    "catch_up",
    "excuse",
    "excuse_many",
    "extend",
    "extend_many",
    "fail_publishing",
    "have_published",
    "held",
    "load",
    "note_standing",
    "publish",
    "publish_again",
    "record_index",
    "upgrade",
]
