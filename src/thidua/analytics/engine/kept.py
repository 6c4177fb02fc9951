"""The text of a measure's query, made once and kept on this machine.

Making it loads Ibis for the better part of a second; no page and no command waits for that twice.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from thidua.analytics import storage
from thidua.analytics.engine import compiled
from thidua.core.measures import evaluate
from thidua.core.measures.schema import Measure
from thidua.core.records.datasets import Dataset
from thidua.host import home

MAKERS = ("ibis-framework", "sqlglot")


@functools.lru_cache(maxsize=1024)
def sql(measure: Measure, dataset: Dataset, part: compiled.Part | None, dialect: str) -> str:
    """What ``compiled.sql`` gives."""
    file = settings.HOME / storage.QUERIES / f"{_name(measure, dataset, part, dialect)}.sql"
    with contextlib.suppress(OSError):
        os.utime(file)
        return file.read_text(encoding="utf-8")
    text = compiled.sql(measure, dataset, part, dialect)
    with contextlib.suppress(OSError):  # a text that cannot be kept is made again
        home.private(file.parent)
        with home.whole(file) as target:
            target.write(text.encode())
    return text


def _name(measure: Measure, dataset: Dataset, part: compiled.Part | None, dialect: str) -> str:
    """A name for all that the text is made of, and for what makes it."""
    made_of = (
        evaluate.read(measure, dataset),
        (measure.day, measure.scope, measure.mean_of, part, dialect),
        compiled.schema_of(dataset),
        [version(maker) for maker in MAKERS],
        Path(compiled.__file__).read_bytes(),
    )
    return hashlib.sha256(repr(made_of).encode()).hexdigest()
