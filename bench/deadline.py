"""The last hour before a deadline: 100 and 300 people who type, read and sign with time to think, answers to a survey
beside them, exports in between, and a probe each second.

First what each kind of request costs the processors (web and database), one after the other; then how long people wait
while all come together. The load runs on the same processors.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import httpx

from bench import homes
from bench.kept import nothing_kept
from bench.pages import is_turned_out, session_of
from bench.registrations import CSRF, Signer, _cpu, server, signers
from bench.surveys import LEVELS, _stamp

SECONDS = 60
THINKS = (8.0, 16.0)  # seconds between two requests of one person
ANSWERS_A_SECOND = 20
EXPORT, EXPORT_EVERY = "/monitoring/board/excel/", 6.0
CROWDS = (100, 300)
ONE_BY_ONE = 30
TIMEOUT = 60


@dataclass
class Waits:
    """Seconds by kind of request, and what was answered that should not be."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    turned_away: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: list[str] = field(default_factory=list)

    async def of(self, kind: str, request: Awaitable[httpx.Response]) -> httpx.Response | None:
        start = time.perf_counter()
        try:
            answer = await request
        except httpx.HTTPError as error:
            self.errors.append(f"{kind}: {type(error).__name__}")
            return None
        if answer.status_code == 503:
            self.turned_away[kind] += 1
            return None
        if answer.status_code >= 400 or is_turned_out(answer):
            self.errors.append(f"{kind}: {answer.status_code} {answer.headers.get('Location', '')}")
            return None
        self.seconds[kind].append(time.perf_counter() - start)
        return answer

    def told(self) -> dict[str, object]:
        kinds = {kind: _told(found) for kind, found in sorted(self.seconds.items())}
        for kind, count in self.turned_away.items():
            kinds.setdefault(kind, {})["turned_away"] = count
        return {**kinds, "errors": len(self.errors), **({"first_error": self.errors[0]} if self.errors else {})}


def _told(found: list[float]) -> dict[str, float]:
    later = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
    return {"count": len(found), "p50_s": round(statistics.median(found), 3), "p95_s": round(later, 3),
            "max_s": round(max(found), 3)}  # fmt: skip


class Person:
    """A head with a draft who types on, looks at pages now and then, and signs at the end."""

    def __init__(self, client: httpx.AsyncClient, signer: Signer, waits: Waits):
        self.client, self.signer, self.waits = client, signer, waits
        self.pk, self.revision = "", 0

    def get(self, path: str) -> Awaitable[httpx.Response]:
        return self.client.get(path, headers=self.signer.headers)

    def post(self, path: str, data: dict) -> Awaitable[httpx.Response]:
        return self.client.post(path, data=data, headers=self.signer.headers)

    async def begin(self) -> None:
        wanted = {"key": self.signer.key, "unit": self.signer.unit, "token": str(uuid.uuid4())}
        if opened := await self.waits.of("begin", self.post("/dossiers/begin/", wanted)):
            self.pk = opened.headers["Location"].split("/")[2]

    async def type(self) -> None:
        data = {**self.signer.answers(), "revision": str(self.revision), "situation": f"Đang viết {uuid.uuid4().hex}"}
        if saved := await self.waits.of("autosave", self.post(f"/dossiers/{self.pk}/autosave/", data)):
            self.revision = saved.json()["revision"]

    async def work(self, until: float) -> None:
        await asyncio.sleep(random.uniform(0, THINKS[1]))  # noqa: S311 — people do not come at one moment
        while time.monotonic() < until:
            if not self.pk:
                await self.begin()
            elif (chance := random.random()) < 0.75:  # noqa: S311
                await self.type()
            elif chance < 0.9:
                await self.waits.of("form", self.get(f"/dossiers/{self.pk}/form/"))
            else:
                await self.waits.of("home", self.get("/"))
            await asyncio.sleep(random.uniform(*THINKS))  # noqa: S311
        if self.revision:
            await self.waits.of("submit", self.post(f"/dossiers/{self.pk}/submit/", {}))


async def _answer(client: httpx.AsyncClient, address: str, waits: Waits) -> None:
    page = await waits.of("survey", client.get(address))
    if page is not None:
        data = {**LEVELS, "words": "Tốt.", "send": "1", "stamp": _stamp(page)}
        await waits.of("answer", client.post(address, data=data))


async def _every(seconds: float, until: float, work: Callable[[], Awaitable[object]]) -> None:
    """Begun at set times, whether or not the one before has ended."""
    begun = []
    while time.monotonic() < until:
        begun.append(asyncio.create_task(work()))
        await asyncio.sleep(seconds)
    await asyncio.gather(*begun)


async def crowd(address: str, count: int, people: Iterator[Signer], surveys: Iterator[str], office: dict) -> Waits:
    waits, until = Waits(), time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=400)
    options = {"base_url": address, "limits": limits, "timeout": TIMEOUT, "trust_env": False}
    async with httpx.AsyncClient(**options) as client, httpx.AsyncClient(**options) as public:
        staff = [Person(client, next(people), waits).work(until) for _n in range(count)]
        await asyncio.gather(
            *staff,
            _every(1 / ANSWERS_A_SECOND, until, lambda: _answer(public, next(surveys), waits)),
            _every(EXPORT_EVERY, until, lambda: waits.of("export", client.get(EXPORT, headers=office))),
            _every(1, until, lambda: waits.of("healthz", public.get("/healthz?alive"))),
        )
    return waits


async def costs(address: str, people: Iterator[Signer], surveys: Iterator[str], office: dict) -> dict[str, object]:
    """Milliseconds of the processors of one request of each kind, while nothing else runs."""
    waits = Waits()
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT, trust_env=False) as client:
        person = Person(client, next(people), waits)
        await person.begin()
        kinds: dict[str, Callable[[], Awaitable[object]]] = {
            "autosave": person.type,
            "form": lambda: person.get(f"/dossiers/{person.pk}/form/"),
            "home": lambda: person.get("/"),
            "survey and answer": lambda: _answer(client, next(surveys), waits),
            "board": lambda: client.get("/monitoring/board/", headers=office),
            "healthz": lambda: client.get("/healthz"),
        }
        found = {}
        for kind, ask in kinds.items():
            await ask()
            before = _cpu()
            for _n in range(ONE_BY_ONE):
                await ask()
            used = _cpu()
            found[kind] = {
                what: round((used[what] - before[what]) / ONE_BY_ONE * 1000, 1) for what in ("web", "database")
            }
    return found


@contextlib.contextmanager
def worker() -> Iterator[None]:
    command = [sys.executable, "-m", "thidua.config.cli", "worker"]
    process = subprocess.Popen(command, env=homes.LARGE.environment, stdout=sys.stderr)  # noqa: S603 — our own command
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def measure() -> dict[str, object]:
    from django.utils import timezone

    from thidua.demo import surveys as demo_surveys
    from thidua.people.models import Person as Account
    from thidua.surveys.models import Answer, Place

    os.environ["THIDUA_LIMITS"] = homes.LIMITS
    last = Answer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if not Place.objects.exists():
        demo_surveys.fill(SimpleNamespace(seed=1), at=timezone.localtime())
    surveys = itertools.cycle([place.get_absolute_url() for place in Place.objects.order_by("pk")])
    with nothing_kept():
        people = itertools.cycle(signers())
        office = {"Cookie": f"sessionid={session_of(Account.objects.get(username='binh'))}; csrftoken={CSRF}"}
        try:
            with worker(), server("thidua.config.settings") as address:
                found = {"cpu_ms": asyncio.run(costs(address, people, surveys, office))}
                for count in CROWDS:
                    found[f"{count} people"] = asyncio.run(crowd(address, count, people, surveys, office)).told()
        finally:
            Answer.objects.filter(pk__gt=last).delete()
    return found
