"""Whose account somebody may administer: power over an account is the power that the account has.

Who can change what an account signs in or recovers with can sign in as it. So that needs the rights of the strongest
role that the account has:

=============================  =============  ================  =======
the account                    administrator  standing office   others
=============================  =============  ================  =======
with a role (RoleKind)         yes            no                no
one's own                      by its pages, with the password, never by a list
people of units, heads too     yes            yes               no
=============================  =============  ================  =======

The standing office is a role for the whole department too: nobody of the office administers a colleague there.
"""

from __future__ import annotations

from collections.abc import Collection

from thidua.core.units import PostKind, RoleKind

# Posts by which somebody writes or signs for a unit, or may be let sign.
WEIGHTY = frozenset(PostKind) - {PostKind.MEMBER}


def may_administer(by: Collection[RoleKind], account: Collection[RoleKind]) -> bool:
    """Whether somebody with the roles ``by`` may change what signs in an account with the roles ``account``."""
    if RoleKind.ADMINISTRATOR in by:
        return True
    return RoleKind.OFFICE in by and not account
