"""Jobs of the worker: look for signatures in PDF files, when they came in and where it was not done yet."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from thidua.core.refusals import Away
from thidua.documents import actions, checker, queries
from thidua.documents.trust import Roots
from thidua.ledger.files import open_stored
from thidua.ledger.models import StoredFile

AWAY_LIMIT = 5  # so many files that cannot be opened, and the store itself is away


@app.task(name="documents.check_signatures")
def check_signatures(file_id: int) -> None:
    for roots in queries.sets_of_roots():
        for file in queries.without_verdict(roots).filter(pk=file_id):
            _check(file, roots)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="documents.check_the_rest", pass_context=False)
def check_the_rest(timestamp: int) -> None:
    """Files from before there was a check, and all of them after the trust roots were changed."""
    away = 0
    for roots in queries.sets_of_roots():
        for file in queries.without_verdict(roots).iterator():
            try:
                _check(file, roots)
            except Away:  # the log tells of it
                away += 1
                if away == AWAY_LIMIT:
                    raise


def _check(file: StoredFile, roots: Roots) -> None:
    with open_stored(file) as opened:
        data = opened.read()
    verdict = checker.shared.check(data, roots)
    actions.keep_verdict(file=file, roots=roots.version, verdict=verdict, at=timezone.now())
