"""Writes of records: batches are imported, taken back and had out; files handed in on a page are read by the worker."""

from thidua.analytics.actions.batches import Choices, export, import_records, withdraw
from thidua.analytics.actions.own import keep_own
from thidua.analytics.actions.uploads import check_again, confirm, drop, hand_in, read, remove_old

__all__ = [
    "Choices",
    "check_again",
    "confirm",
    "drop",
    "export",
    "hand_in",
    "import_records",
    "keep_own",
    "read",
    "remove_old",
    "withdraw",
]
