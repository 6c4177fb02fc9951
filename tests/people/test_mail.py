"""Letters go out through a real SMTP server on this machine; a refused address keeps its reason."""

import socket

import pytest
from aiosmtpd.controller import Controller
from tests.fixtures import IN_TIME, person

from thidua.people import actions
from thidua.people.letters import Notice
from thidua.people.models import Letter


class Office:
    """Takes letters, and knows nobody called "la"."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 — the library's name
        if address.startswith("la@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 — the library's name
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def office(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Office()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    yield handler
    server.stop()


def test_letters_are_mailed_once_and_a_refusal_is_kept(db, office):
    people = {name: person(name, f"Người {name}") for name in ("an", "la", "khong-thu")}
    for name in ("an", "la"):
        people[name].email = f"{name}@truong.edu.vn"
        people[name].save()
    actions.write_letters(
        [Notice(to=each, kind="test", subject="Trả lại để sửa", body="Hạn sửa 28/08/2023") for each in people.values()],
        at=IN_TIME,
    )
    assert actions.mail_letters(at=IN_TIME) == 1
    assert actions.mail_letters(at=IN_TIME) == 0
    assert [each.rcpt_tos for each in office.taken] == [["an@truong.edu.vn"]]
    assert "550" in Letter.objects.get(to=people["la"]).failure
    assert Letter.objects.get(to=people["khong-thu"]).mailed_at is None
