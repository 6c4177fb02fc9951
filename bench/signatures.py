"""Signatures of a signed PDF file of 5 MB: the product's check, its process apart included, and pyHanko's own.

The keys and the file are made here; the two take turns on the same bytes. ``cpu_ms`` is the processor time of both
processes, which other programs on the machine disturb less than the clock.
"""

from __future__ import annotations

import asyncio
import io
import logging
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 21
SIZE = 5 * 1024 * 1024


class Taken(NamedTuple):
    clock_ms: float
    cpu_ms: float


def bare(data: bytes, root: bytes) -> None:
    """The shortest program that asks pyHanko about every signature of the file, as if today were the day of signing."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    async def look() -> None:
        context = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
        for signature in PdfFileReader(io.BytesIO(data)).embedded_regular_signatures:
            await async_validate_pdf_signature(signature, context)

    asyncio.run(look())


def _cpu() -> float:
    import psutil

    here = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (here, *here.children()))


def _timed(work: Callable[[], object], times: int = 1) -> Taken:
    """For one of ``times`` runs in a row: the system counts the time of another process in hundredths of a second."""
    clock, cpu = time.perf_counter(), _cpu()
    for _time in range(times):
        work()
    return Taken((time.perf_counter() - clock) * 1000 / times, (_cpu() - cpu) * 1000 / times)


def measure() -> dict[str, object]:
    from tests.documents import signing

    from thidua.documents import checker
    from thidua.documents.trust import Roots

    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    root = signing.authority().der
    large, small = (signing.signed(signing.paper(size), signing.person()) for size in (SIZE, 0))
    roots = Roots((root,))

    def product(data: bytes) -> Callable[[], object]:
        return lambda: checker.check(data, roots)

    first = _timed(product(large))
    pairs = [(_timed(product(large)), _timed(lambda: bare(large, root))) for _round in range(ROUNDS)]
    return {
        "file_mb": round(len(large) / 1024 / 1024, 1),
        "verdict": checker.check(large, roots).status,
        "first_ms": round(first.clock_ms),
        "ms": round(statistics.median(ours.clock_ms for ours, _bare in pairs), 1),
        "best_ms": round(min(ours.clock_ms for ours, _bare in pairs), 1),
        "cpu_ms": round(_timed(product(large), ROUNDS).cpu_ms, 1),
        "pyhanko_ms": round(statistics.median(bare_.clock_ms for _ours, bare_ in pairs), 1),
        "pyhanko_best_ms": round(min(bare_.clock_ms for _ours, bare_ in pairs), 1),
        "pyhanko_cpu_ms": round(_timed(lambda: bare(large, root), ROUNDS).cpu_ms, 1),
        "small_file_ms": round(statistics.median(_timed(product(small)).clock_ms for _round in range(ROUNDS)), 1),
    }
