"""The library's forms of the second factor: counted as passwords are, and what no browser sends is a refusal.

What a key answers is read by a chain of parsers that expect what a browser sends (JSON, base64, CBOR, a signature);
each names its faults in its own way. They are caught around that reading alone.
"""

from __future__ import annotations

import struct

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms

from thidua.people import tries

UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, struct.error, InvalidSignature, UnsupportedAlgorithm)


def bounded(field: forms.CharField) -> forms.CharField:
    """As the library has it, with an end."""
    return field.__class__(max_length=100, required=field.required, label=field.label, widget=field.widget)


class Counted(forms.Form):
    """A code that is wrong makes the next try wait."""

    code = bounded(codes.BaseAuthenticateForm.base_fields["code"])

    def clean_code(self) -> str:
        tried = tries.at_code(context.request, self.user)
        code = super().clean_code()
        tried.succeeded()
        return code


class AuthenticateForm(Counted, codes.AuthenticateForm):
    pass


class ReauthenticateForm(Counted, codes.ReauthenticateForm):
    pass


class ActivateTOTPForm(Counted, totp.ActivateTOTPForm):
    pass


class Answered:
    """What a key has signed."""

    def clean_credential(self):
        tried = tries.at_code(context.request, self.user)
        try:
            authenticator = super().clean_credential()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        tried.succeeded()
        return authenticator


class AuthenticateWebAuthnForm(Answered, keys.AuthenticateWebAuthnForm):
    pass


class ReauthenticateWebAuthnForm(Answered, keys.ReauthenticateWebAuthnForm):
    pass


class AddWebAuthnForm(keys.AddWebAuthnForm):
    name = bounded(keys.AddWebAuthnForm.base_fields["name"])

    def clean(self) -> dict:
        try:
            return super().clean()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
