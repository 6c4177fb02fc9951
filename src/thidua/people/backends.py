"""Which account a sign-in name means: one at most, so that a name nobody has costs as much as one that somebody has."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from thidua.people import queries


class OneAccount(AuthenticationBackend):
    def _authenticate(self, request, **credentials):
        """The library would try a name as address and as name, and check the password of an address twice."""
        login = credentials.get("username") or credentials.get("email") or ""
        return self._check_password(queries.account_of(login), credentials["password"])
