"""Shares of co-authors: percent each, 100 together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thidua.core.refusals import Denied, need
from thidua.core.vietnamese import number
from thidua.core.words import _

WHOLE = Decimal(100)


def check_shares(shares: Sequence[Decimal]) -> None:
    """Refuse shares that do not add to exactly 100, saying what is missing or too much."""
    need(shares, _("Name at least one author."))
    need(all(0 < share <= WHOLE for share in shares), _("A share lies above 0% and at most at 100%."))
    total = sum(shares, Decimal(0))
    if total < WHOLE:
        raise Denied(
            _(
                "The shares add to %(total)s%%; %(rest)s%% is missing.",
                total=number(total),
                rest=number(WHOLE - total),
            )
        )
    if total > WHOLE:
        raise Denied(
            _(
                "The shares add to %(total)s%%; %(rest)s%% is too much.",
                total=number(total),
                rest=number(total - WHOLE),
            )
        )
