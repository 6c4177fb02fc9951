"""A real mail server for the tests of letters and of signing in."""

import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Office:
    """Takes letters, and knows nobody called "la". ``says``: what it answers to a recipient instead; "" hangs up."""

    def __init__(self):
        self.taken, self.says = [], None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 — the library's name
        if self.says == "":
            session.loop.call_soon(server.transport.close)
        if self.says is not None:
            return self.says or "421 gone"
        if address.startswith("la@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 — the library's name
        self.taken.append(envelope)
        return "250 OK"


def _no_password_is_right(*args) -> AuthResult:
    return AuthResult(success=False, handled=False)


@pytest.fixture
def office(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Office()
    server = Controller(
        handler, hostname="127.0.0.1", port=port, auth_require_tls=False, authenticator=_no_password_is_right
    )
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    yield handler
    server.stop()
