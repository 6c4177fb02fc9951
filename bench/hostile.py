"""A thousand hostile calls of the API within a minute, while sixteen people register: how long their pages take, and
what the calls are told. Once with the limits as they are set, where most calls are counted and sent away, and once
without, where each is read; before them the same people alone.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Iterator

import httpx

from bench import homes
from bench.deadline import Waits, worker
from bench.kept import nothing_kept
from bench.kills import access_code
from bench.registrations import Signer, server, signers

CALLS, SECONDS, PEOPLE, AT_ONCE = 1000, 60.0, 16, 12
SIZE = 130_000
TIMEOUT = 60
WARM_SECONDS, ALONE_SECONDS = 5, 20
UNLIMITED = f"{homes.LIMITS},api.address=1000000/60,api.calls=1000000/60,api.failures=1000000/600"
JSON, LINES, CSV, TEXT = "application/json", "application/x-ndjson", "text/csv", "text/plain"
HEADINGS = "Mã hồ sơ,Lĩnh vực,Ngày tiếp nhận,Ngày hẹn trả,Ngày trả kết quả\n"


def _bodies() -> list[tuple[str, bytes]]:
    """Kind and content: made to be looked at again and again, to nest, to unpack, or to be of no sense."""
    texts = [
        (JSON, "[" * SIZE),
        (JSON, '{"a":' * (SIZE // 5)),
        (JSON, "[" + json.dumps({"code": "x" * SIZE}) + "]"),
        (JSON, "[" + json.dumps({"[" * (SIZE // 2): "(" * (SIZE // 2)}) + "]"),
        (JSON, '[{"working_days": 1' + "0" * SIZE + "}]"),
        (JSON, json.dumps([{"code": "a" + "\u0300\u0316" * (SIZE // 12)}])),
        (JSON, "[" + ",".join(["{}"] * (SIZE // 3)) + "]"),
        (LINES, '{"code": "1"}\n' * (SIZE // 14)),
        (LINES, "[\n" * (SIZE // 2)),
        (CSV, "[" * SIZE),
        (CSV, "((x," * (SIZE // 4)),
        (CSV, '"' + "a" * SIZE),
        (CSV, HEADINGS + "1 thang " * (SIZE // 8)),
        (CSV, HEADINGS + ",".join(["@a" * (SIZE // 10)] * 5)),
        (CSV, "\n" * SIZE),
        (CSV, "," * SIZE),
        (CSV, HEADINGS + "H1,Học bạ,01/03/2023,10/03/2023,09/03/2023\n" * (SIZE // 48)),
        (TEXT, "[" * SIZE),
    ]
    files = [(CSV, b"PK\x03\x04" + bytes(SIZE)), (CSV, b"\xd0\xcf\x11\xe0" + bytes(SIZE)), (CSV, os.urandom(SIZE))]
    return [(kind, text.encode()) for kind, text in texts] + files


async def _call(client: httpx.AsyncClient, secret: str, body: tuple[str, bytes], told: Counter) -> None:
    kind, content = body
    path = f"/api/v1/records/dossiers/2023/batches/{uuid.uuid4().hex[:12]}?dry_run=true"
    try:
        answer = await client.post(path, content=content, headers={"Authorization": secret, "Content-Type": kind})
    except httpx.HTTPError as error:
        told[type(error).__name__] += 1
    else:
        told[str(answer.status_code)] += 1


async def _register(client: httpx.AsyncClient, people: Iterator[Signer], waits: Waits, is_over: asyncio.Event) -> None:
    """One registration after another, page by page."""
    while not is_over.is_set():
        person = next(people)
        headers = person.headers
        wanted = {"key": person.key, "unit": person.unit, "token": str(uuid.uuid4())}
        opened = await waits.of("begin", client.post("/dossiers/begin/", data=wanted, headers=headers))
        if opened is None:
            continue
        pk = opened.headers["Location"].split("/")[2]
        await waits.of("form", client.get(f"/dossiers/{pk}/form/", headers=headers))
        data = {**person.answers(), "revision": "0"}
        await waits.of("autosave", client.post(f"/dossiers/{pk}/autosave/", data=data, headers=headers))
        await waits.of("submit", client.post(f"/dossiers/{pk}/submit/", headers=headers))
        await waits.of("dossier", client.get(f"/dossiers/{pk}/", headers=headers))


async def attack(address: str, secret: str) -> Counter:
    """The calls come as fast as they are answered, ``AT_ONCE`` of them at a time, for a minute at most."""
    told, left, bodies, start = Counter(), iter(range(CALLS)), itertools.cycle(_bodies()), time.monotonic()

    async def call(client: httpx.AsyncClient) -> None:
        for number in left:
            await asyncio.sleep(max(0.0, start + number * SECONDS / CALLS * 0.9 - time.monotonic()))
            if time.monotonic() - start > SECONDS:
                return
            await _call(client, f"Bearer {secret}", next(bodies), told)

    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT, trust_env=False) as client:
        await asyncio.gather(*(call(client) for _n in range(AT_ONCE)))
    return told


async def pages(address: str, people: Iterator[Signer], meanwhile: Awaitable[Counter | None]) -> dict[str, object]:
    """How long pages take until that has come to its end."""
    waits, is_over = Waits(), asyncio.Event()
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT, trust_env=False) as client:
        staff = [asyncio.create_task(_register(client, people, waits, is_over)) for _n in range(PEOPLE)]
        start = time.monotonic()
        told = await meanwhile
        took = time.monotonic() - start
        is_over.set()
        await asyncio.gather(*staff)
    waits.seconds["all pages"] = [each for found in waits.seconds.values() for each in found]
    calls = {"calls": sum(told.values()), "took_s": round(took, 1), "told": dict(told)} if told else {}
    return {**calls, **waits.told()}


def measure() -> dict[str, object]:
    from thidua.analytics.models import Delivery

    last, found = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0, {}
    with nothing_kept():
        people = itertools.cycle(signers())
        try:
            for name, limits in (("limits as set", homes.LIMITS), ("without limits", UNLIMITED)):
                os.environ["THIDUA_LIMITS"] = limits
                with worker(), server("thidua.config.settings") as address:
                    asyncio.run(pages(address, people, asyncio.sleep(WARM_SECONDS)))
                    if not found:
                        found["alone"] = asyncio.run(pages(address, people, asyncio.sleep(ALONE_SECONDS)))
                    found[name] = asyncio.run(pages(address, people, attack(address, access_code())))
        finally:
            Delivery.objects.filter(pk__gt=last).delete()
    return found
