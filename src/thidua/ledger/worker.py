"""The worker's process: the library's worker, which waits where the library would end.

It lives once for each time that the database is there. Where the connection is lost, or the clock is put back, that
life ends in order and the next begins; jobs that were left behind are taken up again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable

import psycopg
from asgiref.sync import sync_to_async
from django.db import Error, connection
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DEFAULT_QUEUE
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg_pool import PoolTimeout

from thidua.ledger import upkeep

GRACE_SECONDS = 15
PAUSES = (1, 2, 5, 10, 30)  # seconds; the last one for ever
LONG_LIFE_SECONDS = 60
POOL_SECONDS = 10
LOOK_SECONDS = 15
CLOCK_SECONDS = 5
PUT_BACK_SECONDS = 30

Say = Callable[[str], None]
logger = logging.getLogger("thidua.jobs")


def run(*, concurrency: int, once: bool, say: Say) -> None:
    """Do jobs until SIGTERM or SIGINT; with ``once`` until none waits. Raises what ends a single round."""
    if once:
        asyncio.run(_once(concurrency))
    else:
        asyncio.run(_serve(concurrency, say))


async def _once(concurrency: int) -> None:
    await _live(asyncio.Event(), Running(), concurrency, once=True)


async def _serve(concurrency: int, say: Say) -> None:
    stop, running = _asked_to_stop(), Running()
    short_lives = 0
    while not stop.is_set():
        await _until_it_answers(stop, say)
        began = time.monotonic()
        try:
            await _live(stop, running, concurrency, once=False)
        except (Error, ConnectorException, psycopg.Error, PoolTimeout) as fault:
            name = type(fault).__name__
            say(_("The worker lost the database (%(fault)s); it goes on when that is there again.") % {"fault": name})
        if not stop.is_set():
            short_lives = 0 if time.monotonic() - began > LONG_LIFE_SECONDS else short_lives + 1
            await _pause(stop, PAUSES[min(short_lives, len(PAUSES)) - 1] if short_lives else 0)


def _asked_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _until_it_answers(stop: asyncio.Event, say: Say) -> None:
    """Wait for the database with growing distance, and one line where it is away and one when it is back."""
    params = {**connector_params(), "connect_timeout": POOL_SECONDS}
    waits = 0
    while not stop.is_set():
        try:
            async with await psycopg.AsyncConnection.connect(**params):
                if waits:
                    say(_("The database answers again; the worker goes on."))
                return
        except psycopg.Error:
            if not waits:
                say(_("The database does not answer; the worker waits for it."))
            await _pause(stop, PAUSES[min(waits, len(PAUSES) - 1)])
            waits += 1


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _live(stop: asyncio.Event, running: Running, concurrency: int, *, once: bool) -> None:
    """One life of the library's worker: to a stop, a lost connection, a clock put back, or an empty queue."""
    await running.begin_anew()
    connector = PsycopgConnector(kwargs=connector_params(), timeout=POOL_SECONDS)
    with app.replace_connector(connector):
        async with app.open_async():
            works = [_work(running, queues, at_once, once=once) for queues, at_once in _places(concurrency)]
            workers = [asyncio.create_task(each) for each in works]
            ended = asyncio.create_task(asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION))
            beside = [asyncio.create_task(each) for each in (stop.wait(), _clock_put_back(), running.look_after())]
            await asyncio.wait([ended, *beside], return_when=asyncio.FIRST_COMPLETED)
            for each in (*beside, ended, *workers):
                each.cancel()
            for fault in await asyncio.gather(*beside, ended, return_exceptions=True):
                if isinstance(fault, Exception):  # what looks after the worker failed: its next life begins
                    logger.error("What looks after the worker failed.", exc_info=fault)
            for fault in await asyncio.gather(*workers, return_exceptions=True):
                if isinstance(fault, Exception):
                    raise fault


def _places(concurrency: int) -> list[tuple[list[str] | None, int]]:
    """Which queues how many jobs at once are taken from: one place is for short work alone, so that letters and figures
    never stand behind files that are read for minutes."""
    return [([DEFAULT_QUEUE], 1), (None, concurrency - 1)] if concurrency > 1 else [(None, 1)]


async def _work(running: Running, queues: list[str] | None, concurrency: int, *, once: bool) -> None:
    await app.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        wait=not once,
        install_signal_handlers=False,
        shutdown_graceful_timeout=GRACE_SECONDS,
        stalled_worker_timeout=upkeep.SILENT.total_seconds(),
        worker_middleware=[running.follow],
    )


class Running:
    """The jobs that this process has in hand. One that the queue says it has, and it has not, is taken up again: the
    database was away when it ended, or when it was handed over."""

    def __init__(self) -> None:
        self.worker_ids: set[int] = set()
        self.job_ids: set[int] = set()

    async def begin_anew(self) -> None:
        """What the life before left behind nobody does any more."""
        if self.worker_ids:
            left = await sync_to_async(self._lost)()
            await sync_to_async(self._take_up)(left)
        self.worker_ids = set()

    async def follow(self, call_next, context, worker):
        self.worker_ids.add(worker.worker_id)
        self.job_ids.add(context.job.id)
        try:
            return await call_next()
        finally:
            self.job_ids.discard(context.job.id)

    async def look_after(self) -> None:
        before: set[int] = set()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(Error, ConnectorException):
                lost = await sync_to_async(self._lost)() if self.worker_ids else set()
                await sync_to_async(self._take_up)(lost & before)  # seen twice: it is not just being marked
                before = lost

    def _lost(self) -> set[int]:
        try:
            return upkeep.job_ids_of(self.worker_ids) - self.job_ids
        finally:
            connection.close()

    def _take_up(self, job_ids: set[int]) -> None:
        if job_ids:
            try:
                upkeep.take_up_lost(job_ids)
            finally:
                connection.close()


async def _clock_put_back() -> None:
    """Return when the clock of the machine is put back: work that comes again would wait until it has caught up."""
    ahead = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        now = time.time() - time.monotonic()
        if now < ahead - PUT_BACK_SECONDS:
            return
        ahead = now
