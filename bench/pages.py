"""Server time and questions to the database of pages, in a process set up like a web worker, without the web server."""

from __future__ import annotations

import statistics
import time

ROUNDS = 11
PAGES = (
    "/",
    "/overview/?campaign=cchc-2023-2025&year=2025",
    "/summaries/?campaign=cchc-2023-2025&year=2025",
    "/reports/criteria/documents-signed/?campaign=cchc-2023-2025&year=2025",
    "/campaigns/indices/?campaign=cchc-2023-2025&year=2025",
    "/monitoring/board/?campaign=cchc-2023-2025&year=2025",
    "/dossiers/?campaign=cchc-2023-2025&year=2025",
    "/dossiers/?campaign=cchc-2023-2025&year=2025&q=hoc+ba",
    "/dossiers/review/",
    "/trail/",
    "/people/units/",
    "/people/people/",
    "/search/?q=hoc+ba",
)


def session_of(person) -> str:
    """A signed-in session, written straight into the database, past the limits of sign-in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from thidua.people.models import SignIn

    now = timezone.now()
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    (session[BACKEND_SESSION_KEY],) = settings.AUTHENTICATION_BACKENDS
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["sign_in"] = SignIn.objects.create(person=person, device="bench", begun_at=now, seen_at=now).pk
    session.create()
    return session.session_key


def is_turned_out(answer) -> bool:
    """Whether an ``httpx.Response`` leads to the sign-in page: then it is not the page that was to be measured."""
    return "/account/" in answer.headers.get("Location", "")


def measure() -> dict[str, dict[str, float]]:
    from django.test import Client

    import thidua.config.wsgi  # noqa: F401 — what the worker does when it starts, the collector's settings among it
    from thidua.dossiers.models import Dossier
    from thidua.people.models import Person

    found = {}
    for username, addresses in (("binh", PAGES), ("an", ("/",))):
        client, person = Client(), Person.objects.get(username=username)
        client.force_login(person)
        newest = Dossier.objects.visible_to(person).filter(kind="registration").order_by("-pk").first()
        for address in (*addresses, newest.get_absolute_url()):
            name = "/dossiers/…/" if address == newest.get_absolute_url() else address
            found[f"{name} ({username})"] = _page(client, address)
    return found


def _page(client, address: str) -> dict[str, float]:
    """The median, and the best: what it takes while nobody else uses the machine."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)  # warms up
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - start) * 1000)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return {"ms": round(statistics.median(times), 1), "best_ms": round(min(times), 1), "queries": len(queries)}
