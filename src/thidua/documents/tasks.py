"""Jobs of the worker: look for signatures in PDF files, and at pictures, when they came in and where it was not done
yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from thidua.core.refusals import Away
from thidua.core.words import _
from thidua.documents import actions, checker, pictures, queries
from thidua.documents.trust import Roots
from thidua.ledger import jobs
from thidua.ledger.models import StoredFile
from thidua.ledger.store import Faulty, open_stored

AWAY_LIMIT = 5  # so many files that cannot be opened, and the store itself is away


@jobs.task("documents.check_signatures", _("Checking the signatures of a file"))
def check_signatures(file_id: int) -> None:
    for roots in queries.sets_of_roots():
        for file in queries.without_verdict(roots).filter(pk=file_id):
            _check(file, roots)


@jobs.task("documents.outline_picture", _("Keeping the outline of a picture"))
def outline_picture(file_id: int) -> None:
    for file in queries.without_outline().filter(pk=file_id):
        _outline(file)


@jobs.periodic(
    "*/10 * * * *", "documents.check_the_rest", _("Checking files that were not looked at yet"), is_long=True
)
def check_the_rest() -> None:
    """Files from before they were looked at, and signatures again after the trust roots were changed."""
    for roots in queries.sets_of_roots():
        _each(queries.without_verdict(roots), partial(_check, roots=roots))
    _each(queries.without_outline(), _outline)


def _each(files: QuerySet[StoredFile], look: Callable[[StoredFile], None]) -> None:
    away = 0
    for file in files.iterator():
        try:
            look(file)
        except Faulty:  # stands on its row, and is not asked for again until it is well
            continue
        except Away:  # the log tells of it
            away += 1
            if away == AWAY_LIMIT:
                raise


def _check(file: StoredFile, roots: Roots) -> None:
    with open_stored(file) as opened:
        data = opened.read()
    verdict = checker.check(data, roots)
    actions.keep_verdict(file=file, roots=roots.version, verdict=verdict, at=timezone.now())


def _outline(file: StoredFile) -> None:
    with open_stored(file) as opened:
        actions.keep_outline(file=file, outline=pictures.outline_of(opened.read()))
