"""The only place that hands a letter to the mail server."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


def send(to: str | Iterable[str], subject: str, body: str) -> int:
    """One plain-text letter; the number of letters the server took. Errors of the server are raised, not hidden."""
    recipients = [to] if isinstance(to, str) else list(to)
    if not recipients:
        return 0
    one_line = " ".join(str(subject).split())
    connection = get_connection()
    try:
        return EmailMessage(one_line, str(body), settings.DEFAULT_FROM_EMAIL, recipients, connection=connection).send()
    finally:
        connection.close()  # a sign-in that the server refuses leaves it open
