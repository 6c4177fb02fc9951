"""Writes about units, people and their accounts. Bulk import lives in people.bulk."""

from thidua.people.actions.accounts import (
    end_session,
    note_factor,
    note_failure,
    note_step,
    remove_factors,
    remove_old_sessions,
    sign_in,
    tell_failures,
)
from thidua.people.actions.addresses import agree_to_address, change_address, object_to_address
from thidua.people.actions.identities import attach_identity, forget_identities, remove_identity
from thidua.people.actions.letters import (
    mail_again,
    mail_digests,
    mail_letters,
    read_letters,
    set_letter_aside,
    write_letters,
)
from thidua.people.actions.members import (
    add_member,
    delegate,
    free_username,
    grant_role,
    issue_first_passwords,
    revoke_delegation,
)
from thidua.people.actions.tokens import issue_token, revoke_token, sha256_of, use_first
from thidua.people.actions.units import close_unit, reopen_unit

__all__ = [
    "add_member",
    "agree_to_address",
    "attach_identity",
    "change_address",
    "close_unit",
    "delegate",
    "end_session",
    "forget_identities",
    "free_username",
    "grant_role",
    "issue_first_passwords",
    "issue_token",
    "mail_again",
    "mail_digests",
    "mail_letters",
    "note_factor",
    "note_failure",
    "note_step",
    "object_to_address",
    "read_letters",
    "remove_factors",
    "remove_identity",
    "remove_old_sessions",
    "reopen_unit",
    "revoke_delegation",
    "revoke_token",
    "set_letter_aside",
    "sha256_of",
    "sign_in",
    "tell_failures",
    "use_first",
    "write_letters",
]
