"""Whole registrations (open the form, save the draft, hand it in) at 16 at once: the product and the bare view in turn.

Both run as the product does on one machine (granian, two workers) beside this load on the same processors. The rounds
take turns, so that a slow minute of the machine meets both; each registration is another unit's. What was written is
taken away again; only the trail keeps its rows. ``ratio_by_cpu`` compares what one registration costs the processors,
load included: on a machine that others use too, it is steadier than the clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import httpx
import psutil

from bench import homes
from bench.kept import nothing_kept
from bench.pages import session_of
from thidua.host import supervise

AT_ONCE = 16
ROUNDS = 3
A_ROUND = 320
LONGEST_ROUND = 60
CSRF = "x" * 32


@dataclass(frozen=True)
class Signer:
    """The head of a unit, signed in, and what the unit owes."""

    session: str
    unit: int
    obligation: int
    key: str
    authors: tuple[int, int]

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}

    def answers(self) -> dict[str, str]:
        """What the browser posts for a complete form."""
        first, second = self.authors
        return {
            "title": f"Rút ngắn thời gian cấp bản sao bằng đặt hẹn trước {uuid.uuid4().hex[:6]}",
            "kind": "giai-phap",
            "field": "thu-tuc",
            "situation": "Mỗi năm đơn vị xử lý 1.200 lượt hồ sơ; người dân phải đến ba lần. " * 4,
            "solution": "Chuẩn hóa thành phần hồ sơ, hẹn giờ trước qua mã QR, mỗi việc có một người phụ trách. " * 4,
            "novelty": "Kiểm tra đủ giấy tờ trước khi người dân đến.",
            "scope": "don-vi",
            "means": "Nhân sự và thiết bị hiện có.",
            "replication": "Áp dụng được ở đơn vị cùng loại.",
            "contact": "Bộ phận văn thư",
            "authors-TOTAL_FORMS": "2",
            "authors-0-person": str(first),
            "authors-0-share": "60",
            "authors-1-person": str(second),
            "authors-1-share": "40",
            "milestones-TOTAL_FORMS": "2",
            "milestones-0-title": "Khảo sát và chuẩn bị",
            "milestones-0-due_on": "15/05/2025",
            "milestones-1-title": "Áp dụng toàn đơn vị",
            "milestones-1-due_on": "15/09/2025",
            "indicator-label": "Số lần người dân phải đến",
            "indicator-before": "3",
            "indicator-after": "1",
        }


@dataclass
class Round:
    """``cpu``: seconds of the processor for the load, the web server and the database."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    took: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)

    def cpu_ms(self, what: str) -> float:
        return self.cpu[what] / max(len(self.seconds), 1) * 1000

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else float("nan")


async def _call(client: httpx.AsyncClient, method: str, url: str, signer: Signer, **values) -> httpx.Response:
    answer = await client.request(method, url, headers=signer.headers, **values)
    if answer.status_code == 302:
        answer = await client.get(answer.headers["Location"], headers=signer.headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{method} {url}: {answer.status_code}")
    return answer


async def product(client: httpx.AsyncClient, signer: Signer) -> None:
    """Five requests: begin, the form it leads to, its autosave, the signature, the page that follows."""
    wanted = {"key": signer.key, "unit": signer.unit, "token": str(uuid.uuid4())}
    opened = await _call(client, "POST", "/dossiers/begin/", signer, data=wanted)
    pk = opened.url.path.split("/")[2]
    await _call(client, "POST", f"/dossiers/{pk}/autosave/", signer, data={**signer.answers(), "revision": "0"})
    await _call(client, "POST", f"/dossiers/{pk}/submit/", signer)


async def bare(client: httpx.AsyncClient, signer: Signer) -> None:
    """Four requests: the form, its draft, the signature, the page that follows."""
    await _call(client, "GET", f"/{signer.obligation}/form/", signer)
    saved = await _call(client, "POST", f"/{signer.obligation}/save/", signer, data=signer.answers())
    await _call(client, "POST", f"/{saved.json()['pk']}/submit/", signer)


async def load(address: str, journey, signers: Iterator[Signer], count: int, at_once: int = AT_ONCE) -> Round:
    """``count`` registrations, so many at once, for a minute at most."""
    found, left = Round(), iter(range(count))
    deadline = time.monotonic() + LONGEST_ROUND
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)

    async def one_after_another(client: httpx.AsyncClient) -> None:
        for _number in left:
            if time.monotonic() > deadline:
                return
            start = time.perf_counter()
            try:
                await journey(client, next(signers))
            except (httpx.HTTPError, RuntimeError) as error:
                found.errors.append(f"{type(error).__name__}: {error}")
            else:
                found.seconds.append(time.perf_counter() - start)

    before = _cpu()
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=30, trust_env=False) as client:
        start = time.perf_counter()
        await asyncio.gather(*(one_after_another(client) for _n in range(at_once)))
        found.took = time.perf_counter() - start
    found.cpu = {what: seconds - before[what] for what, seconds in _cpu().items()}
    return found


def _cpu() -> dict[str, float]:
    note = homes.LARGE.home / "postgres" / "data" / "postmaster.pid"
    database = psutil.Process(int(note.read_text().split()[0]))
    load, web = psutil.Process(), psutil.Process().children(recursive=True)
    return {
        "load": _seconds([load]),
        "web": _seconds(process for process in web if process.name() != "postgres"),
        "database": _seconds([database, *database.children()]),
    }


def _seconds(processes: Iterable[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


@contextlib.contextmanager
def server(settings: str) -> Iterator[str]:
    """A web server as ``thidua run`` starts it, on a port of its own, ended at the end of the block."""
    with socket.socket() as probe:
        probe.bind((supervise.ADDRESS, 0))
        port = probe.getsockname()[1]
    command = supervise.web_server(port)
    environment = {**homes.LARGE.environment, "DJANGO_SETTINGS_MODULE": settings}
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr)  # noqa: S603 — our own command
    try:
        _wait(port)
        yield f"http://{supervise.ADDRESS}:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"http://{supervise.ADDRESS}:{port}/", trust_env=False, timeout=10)
            return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def signers() -> list[Signer]:
    """A signed-in head for every unit; sessions are written straight into the database, past the limits of sign-in."""
    from thidua.campaigns.models import Obligation
    from thidua.core.units import PostKind
    from thidua.people.models import Post

    owed = Obligation.objects.filter(kind="registration", person=None).order_by("-year", "pk")
    by_unit = {each.unit_id: each for each in reversed(owed)}
    colleagues: dict[int, list[int]] = {}
    for unit, person in Post.objects.order_by("pk").values_list("unit_id", "person_id"):
        colleagues.setdefault(unit, []).append(person)
    found = []
    for post in Post.objects.filter(kind=PostKind.HEAD, unit__in=by_unit).select_related("person").order_by("pk"):
        obligation = by_unit[post.unit_id]
        first, second = colleagues[post.unit_id][:2]
        found.append(Signer(session_of(post.person), post.unit_id, obligation.pk, obligation.key, (first, second)))
    return found


def measure() -> dict[str, object]:
    rounds: dict[str, list[Round]] = {"product": [], "bare": []}
    with nothing_kept():
        people = itertools.cycle(signers())
        for settings, name, journey in (
            *[("thidua.config.settings", "product", product), ("bench.bare_settings", "bare", bare)] * ROUNDS,
        ):
            with server(settings) as address:
                asyncio.run(load(address, journey, people, AT_ONCE * 3))  # warms up
                rounds[name].append(asyncio.run(load(address, journey, people, A_ROUND)))
    speed = {name: statistics.median(each.per_second for each in found) for name, found in rounds.items()}
    figures = {name: figures_of(found, speed[name]) for name, found in rounds.items()}
    cpu = {name: sum(each["cpu_ms"].values()) for name, each in figures.items()}
    return {
        **figures,
        "ratio_to_bare_view": round(speed["product"] / speed["bare"], 2),
        "ratio_by_cpu": round(cpu["bare"] / cpu["product"], 2),
    }


def figures_of(found: list[Round], per_second: float) -> dict[str, object]:
    errors = [error for each in found for error in each.errors]
    return {
        "per_s": round(per_second, 1),
        "p50_s": round(statistics.median(statistics.median(each.seconds or [0]) for each in found), 3),
        "p95_s": round(statistics.median(each.p95 for each in found), 3),
        "cpu_ms": {what: round(statistics.median(each.cpu_ms(what) for each in found), 1) for what in found[0].cpu},
        "count": sum(len(each.seconds) for each in found),
        "errors": len(errors),
        **({"first_error": errors[0]} if errors else {}),
    }
