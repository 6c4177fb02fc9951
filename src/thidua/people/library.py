"""Which pages of the library of signing in are used, by name. All are below /account/; a page of a new version of the
library is not there until it stands here (people.middleware)."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication

CONFIRMED_FOR = 300  # seconds that a second factor counts as just given

# For who comes in, goes out, or is asked once more who it is.
ENTRANCE = frozenset(
    [
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "account_elsewhere",
    ]
)
# What an account is opened with: the second factor is asked for where it is on, for looking too.
OWN = frozenset(
    [
        "account_change_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
    ]
)
# Ways that the product has itself, with its rules (ADR 16), and which of its pages; the library's are never reached.
INSTEAD = {
    "account_email": "people:account",
    "account_email_verification_sent": "people:account",
    "account_confirm_email": "people:account",
    "account_set_password": "account_reset_password",
    "socialaccount_connections": "people:account",
}
# Ways that the product does not have.
SHUT = frozenset(["account_signup", "account_confirm_login_code", "socialaccount_signup"])


def must_confirm(request) -> bool:
    """Whether the second factor is on and was not given just now."""
    if not request.user.is_authenticated or not request.user.access.has_second_factor:
        return False
    since = time.time() - CONFIRMED_FOR
    given = get_authentication_records(request, request.user)
    return not any(each["method"] == "mfa" and each["at"] >= since for each in given)


def was_confirmed(request) -> None:
    """Who has just set a factor up has it in the hand; a code is not asked for twice."""
    record_authentication(request, request.user, "mfa")
