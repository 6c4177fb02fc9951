"""Writes of records: batches are imported, taken back and had out; files handed in on a page are read by the worker."""

from thidua.analytics.actions.batches import Choices, export, import_records, withdraw
from thidua.analytics.actions.deliveries import deliver, give_up_delivery, remove_old_deliveries, take_in, take_in_again
from thidua.analytics.actions.own import keep_own
from thidua.analytics.actions.uploads import (
    check_again,
    confirm,
    drop,
    give_up,
    hand_in,
    read,
    read_again,
    remove_old,
    tell_uncoloured,
)

__all__ = [
    "Choices",
    "check_again",
    "confirm",
    "deliver",
    "drop",
    "export",
    "give_up",
    "give_up_delivery",
    "hand_in",
    "import_records",
    "keep_own",
    "read",
    "read_again",
    "remove_old",
    "remove_old_deliveries",
    "take_in",
    "take_in_again",
    "tell_uncoloured",
    "withdraw",
]
