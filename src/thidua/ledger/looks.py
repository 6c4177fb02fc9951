"""What is looked at of the machine itself: files, tables, the worker and its queue (thidua.ledger.signs)."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import pkgutil
import shutil
from collections.abc import Iterable, Iterator
from functools import cache, partial
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.urls import reverse

from thidua.core.refusals import Denied
from thidua.core.words import Sentence, _
from thidua.host import pulse
from thidua.ledger import anchors, upkeep
from thidua.ledger.models import FailedJob, StoredFile
from thidua.ledger.signs import Sign

ANCHORED_WITHIN = dt.timedelta(days=2)
REPLACED_FOR = dt.timedelta(minutes=15)
WAITING_AFTER = dt.timedelta(minutes=15)
PROBE = ".thidua-probe"  # one name: what a killed process leaves is written over
WAITING = """
select count(*) from procrastinate_jobs job
 where status = 'todo' and coalesce(scheduled_at < %(before)s, true)
   and not exists (select from procrastinate_events
                    where job_id = job.id and type in ('deferred', 'deferred_for_retry') and at >= %(before)s)
"""
FAULTS_OF_DISKS = {
    errno.EACCES: _("this account may not"),
    errno.EPERM: _("this account may not"),
    errno.ENOENT: _("it is missing"),
    errno.ENOTDIR: _("it is missing"),
    errno.ENOSPC: _("the disk is full"),
    errno.EDQUOT: _("the disk is full"),
    errno.EROFS: _("the disk is read-only"),
}


def storage(at: dt.datetime) -> Iterator[Sign]:
    """Whether files can be kept and read: the bucket, or the folder with room in it."""
    trouble = _trouble_of_bucket() if settings.S3_BUCKET else _trouble_of_files()
    yield Sign("storage", trouble is None, trouble or _("Files can be kept and read."))


def _trouble_of_bucket() -> Sentence | None:
    try:
        default_storage.bucket.meta.client.head_bucket(Bucket=settings.S3_BUCKET)
    except Exception as error:  # the library raises of many families
        return _("The store of files (S3) does not answer: %(fault)s.", fault=type(error).__name__)
    return None


def _trouble_of_files() -> Sentence | None:
    """A folder that is made with the first file may be missing before it; emptied it may not be."""
    folder = Path(settings.FILES_ROOT)
    is_empty = not folder.is_dir() or not any(each.name[0] != "." for each in folder.iterdir())
    with contextlib.suppress(Error):  # without the database nobody can tell, and then that is what is told
        if is_empty and StoredFile.objects.exists():
            return _("The folder of files is missing or empty. Is its disk mounted?")
    return trouble_of(folder if folder.is_dir() else folder.parent)


def trouble_of(folder: Path) -> Sentence | None:
    """Why nothing can be kept in a folder, or None. Writes a file of its own there and removes it."""
    try:
        free = shutil.disk_usage(folder).free
        _try_to_write(folder)
    except OSError as error:
        why = FAULTS_OF_DISKS.get(error.errno or 0, error.strerror)
        return _("Nothing can be written to the folder “%(folder)s”: %(why)s.", folder=folder.name, why=why)
    if free < settings.FREE_BYTES:
        said = {"free": free // 2**20, "least": settings.FREE_BYTES // 2**20}
        return _("Only %(free)s MB are free on the disk of files; at least %(least)s MB should be.", **said)
    return None


def _try_to_write(folder: Path) -> None:
    probe = folder / PROBE
    try:
        with os.fdopen(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(b"thidua")
    finally:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            probe.unlink()


def migrations(at: dt.datetime) -> Iterator[Sign]:
    """Whether the tables are those of this version."""
    with connection.cursor() as cursor:
        cursor.execute("select app, name from django_migrations")
        applied = set(cursor.fetchall())
    missing = _last_migrations() - applied
    ours = {label for label, _name in _all_of_ours()}
    unknown = {row for row in applied if row[0] in ours} - _all_of_ours()
    if missing:
        yield Sign("migrations", False, _("The tables are of an earlier version. Run: thidua init"), len(missing))
    elif unknown:
        sentence = _("The tables are of a later version than the program. Install that version again.")
        yield Sign("migrations", False, sentence, len(unknown))
    else:
        yield Sign("migrations", True, _("The tables are those of this version."))


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    names = {label: _names_of(label) for label in (each.label for each in apps.get_app_configs())}
    return frozenset((label, max(found)) for label, found in names.items() if found)


@cache
def _all_of_ours() -> frozenset[tuple[str, str]]:
    labels = [each.label for each in apps.get_app_configs() if each.name.startswith("thidua.")]
    return frozenset((label, name) for label in labels for name in _names_of(label))


def _names_of(label: str) -> list[str]:
    """Names of the files alone: to load them takes a second."""
    with contextlib.suppress(ModuleNotFoundError):
        folder = import_module(f"{apps.get_app_config(label).name}.migrations")
        return [each.name for each in pkgutil.iter_modules(folder.__path__) if not each.name.startswith("_")]
    return []


def worker(at: dt.datetime) -> Iterable[Sign]:
    """Whether a worker lives. One that was killed leaves its last sign of life behind."""
    if not upkeep.heard_of().exists():
        return [Sign("worker", False, _("No worker is running: letters, papers, imports and figures wait."))]
    return [Sign("worker", True, _("A worker is running."))]


def web(at: dt.datetime) -> Iterable[Sign]:
    """Whether the supervisor had to replace web processes in the last quarter of an hour."""
    replaced = pulse.replaced(settings.HOME / pulse.FOLDER, since=(at - REPLACED_FOR).timestamp())
    sentence = _("%(n)s web processes no longer answered and were replaced in the last quarter of an hour.", n=replaced)
    return [Sign("web", not replaced, sentence if replaced else _("The web processes answer."), replaced)]


def queue(at: dt.datetime) -> Iterable[Sign]:
    """Jobs that should have begun a quarter of an hour ago: since they were asked for, or since the moment that a later
    try or the asker set. The queue's own events say when a job was asked for; the job itself does not."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"before": at - WAITING_AFTER})
        (waiting,) = cursor.fetchone()
    sentence = _("%(n)s jobs have waited for more than a quarter of an hour.", n=waiting)
    return [Sign("queue", not waiting, sentence if waiting else _("No job waits for long."), waiting)]


def anchors_of_trail(at: dt.datetime) -> Iterable[Sign]:
    """Whether the trail was anchored lately, and still is what was anchored last. The night may take two days after
    the tables were made."""
    sign = partial(Sign, "anchors")
    try:
        last = anchors.last()
    except Denied as refusal:
        return [sign(False, refusal.sentence)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select max(applied) from django_migrations where app = 'ledger'),"
            "       (select hash from ledger_seal where n = %s)",
            [last.last if last else 0],
        )
        since, head = cursor.fetchone()
    if last and head != last.head:
        return [sign(False, _("The trail is not what was anchored last. Run: thidua ledger verify"))]
    if at - (last.moment if last else since) > ANCHORED_WITHIN:
        return [sign(False, _("The trail was not anchored for two days. Run: thidua ledger anchor"))]
    if last is None:
        return [sign(True, _("The trail is new; it is anchored outside the database every night."))]
    return [sign(True, _("The trail is anchored outside the database."))]


def jobs(at: dt.datetime) -> Iterable[Sign]:
    """Work that was given up and waits for a person."""
    failed = FailedJob.objects.given_up().count()
    sentence = _("%(n)s pieces of work in the background failed and are not tried any more.", n=failed)
    address = f"{reverse('desk:failed_jobs')}?show=waits"
    return [
        Sign("jobs", not failed, sentence if failed else _("No work in the background has failed."), failed, address)
    ]
