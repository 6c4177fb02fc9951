"""OpenID Connect: what an answer of the provider must say before anybody is looked for by it.

The library takes an id token as it comes over TLS from the provider. Added here: it must be there, be signed, be made
for this sign-in (nonce), and be about the same person as the other answer; nothing is kept of it but the address.
"""

from __future__ import annotations

from allauth.core.internal.deferred import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import get_request_param
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

LONGEST_SUBJECT = 191  # of the library's column


def nonce_of(state: str) -> str:
    """Each sign-in has its state in the session; what is made of it stands in the id token that answers."""
    return salted_hmac("people.oidc.nonce", state).hexdigest()


class Adapter(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request, app, token, **kwargs):
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("No id_token")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app, id_token):
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("Invalid id_token") from error
        if not isinstance(algorithm, str) or algorithm.lower() == "none":
            raise OAuth2Error("The id_token is not signed")
        claims = super()._decode_id_token(app, id_token)
        if not constant_time_compare(str(claims.get("nonce")), nonce_of(get_request_param(self.request, "state"))):
            raise OAuth2Error("The id_token is of another sign-in")
        return claims


class Provider(OpenIDConnectProvider):
    package = OpenIDConnectProvider.get_package()  # whose addresses are included
    oauth2_adapter_class = Adapter

    def redirect(self, request, process, next_url=None, data=None, **kwargs):
        state = get_random_string(32)
        kwargs["auth_params"] = {**self.get_auth_params(), "nonce": nonce_of(state)}  # none of the asking page's
        return super().redirect(request, process, next_url, data, state_id=state, **kwargs)

    def sociallogin_from_response(self, request, response):
        """Before anything is looked up: one subject, that fits where it is kept."""
        subjects = {_subject(answer) for answer in response.values()}
        if len(subjects) != 1:
            raise OAuth2Error("Two answers about two people")
        return super().sociallogin_from_response(request, response)

    def extract_common_fields(self, data):
        """A person's name and address are ours."""
        return {}

    def extract_extra_data(self, data):
        """The address by which the identity is known in the list of an account."""
        found = self.extract_email_addresses(data)
        return {"email": found[0].email if found else ""}

    def extract_email_addresses(self, data):
        """Vouched for is what says so by true: the word "false" is true to the library."""
        found = super().extract_email_addresses(data)
        for address in found:
            address.verified = address.verified is True
        return [address for address in found if _is_text(address.email, 254)]


def _subject(answer) -> str:
    subject = answer.get("sub") if isinstance(answer, dict) else None
    if not _is_text(subject, LONGEST_SUBJECT):
        raise OAuth2Error("No subject that can be kept")
    return subject


def _is_text(value, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and "\0" not in value
