"""A survey's page and its answer at 16 at once, and taps through all questions: the product and a bare view in turn.

The bare view gives out a form of plain HTML and stores the same row durably; the product's turnstile is wide open.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import uuid
from types import SimpleNamespace

import httpx

from bench import homes
from bench.bare import ASKED
from bench.registrations import AT_ONCE, Round, figures_of, load, server

ROUNDS = 3
A_ROUND = 3000
LEVELS = {f"q{n}": "4" for n in range(ASKED)}
STAMP = 'name="stamp" value="'


def _stamp(page: httpx.Response) -> str:
    return page.text.partition(STAMP)[2].partition('"')[0]


async def product(client: httpx.AsyncClient, address: str) -> None:
    """Two requests: the page, and all levels sent."""
    page = await client.get(address)
    sent = await client.post(address, data={**LEVELS, "words": "Tốt.", "send": "1", "stamp": _stamp(page)})
    if sent.status_code != 302:
        raise RuntimeError(f"answer: {sent.status_code}")


async def tapped(client: httpx.AsyncClient, address: str) -> None:
    """As a phone does it: the page, a tap for each question, the answers sent, thanks."""
    page = await client.get(address)
    data = {"stamp": _stamp(page)}
    for name, level in LEVELS.items():
        data[name] = level
        page = await client.post(address, data=data)
    sent = await client.post(address, data={**data, "words": "Tốt.", "send": "1"})
    thanks = await client.get(sent.headers.get("Location", "/"))
    if thanks.status_code != 200:
        raise RuntimeError(f"thanks: {thanks.status_code}")


async def bare(client: httpx.AsyncClient, address: str) -> None:
    await client.get(address)
    sent = await client.post(address, data={**LEVELS, "words": "Tốt.", "form": str(uuid.uuid4())})
    if sent.status_code != 302:
        raise RuntimeError(f"bare answer: {sent.status_code}")


def measure() -> dict[str, object]:
    from django.utils import timezone

    from thidua.demo import surveys as demo_surveys
    from thidua.surveys.models import Answer, Place

    os.environ["THIDUA_LIMITS"] = homes.LIMITS
    last = Answer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if not Place.objects.exists():  # a home from before there were surveys
        demo_surveys.fill(SimpleNamespace(seed=1), at=timezone.localtime())
    places = list(Place.objects.order_by("pk"))
    ours = [place.get_absolute_url() for place in places]
    plain = [f"/survey/{place.pk}/" for place in places]
    wanted = (
        ("bare", "bench.bare_settings", bare, plain, A_ROUND),
        ("product", "thidua.config.settings", product, ours, A_ROUND),
        ("tapped", "thidua.config.settings", tapped, ours, A_ROUND // 4),
    )
    rounds: dict[str, list[Round]] = {name: [] for name, *_rest in wanted}
    try:
        for name, settings, journey, addresses, count in wanted * ROUNDS:
            with server(settings) as address:
                asyncio.run(load(address, journey, itertools.cycle(addresses), AT_ONCE * 3))  # warms up
                rounds[name].append(asyncio.run(load(address, journey, itertools.cycle(addresses), count)))
    finally:
        Answer.objects.filter(pk__gt=last).delete()
    speed = {name: statistics.median(each.per_second for each in found) for name, found in rounds.items()}
    return {
        **{name: figures_of(found, speed[name]) for name, found in rounds.items()},
        "ratio_to_bare_view": round(speed["product"] / speed["bare"], 2),
    }
