"""``keep_own``: what this product knows itself becomes a batch like any other, so that measures count it alike."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from thidua.analytics.actions.batches import Choices, import_records
from thidua.analytics.models import Batch
from thidua.analytics.outcome import Outcome
from thidua.analytics.reading import rows as reading
from thidua.analytics.spool import spool
from thidua.core.records.datasets import Dataset
from thidua.core.records.periods import Period
from thidua.people.models import Unit

OWN = "thidua/"  # no program has such a key: its keys are parts of an address


def keep_own(
    *, dataset: Dataset, rows: Iterable[Mapping[str, Any]], name: str, unit: Unit, period: Period, at: dt.datetime
) -> Outcome | None:
    """Keep the rows (column → text, number or yes and no) as the batch in force; ``name`` says where they come from.

    None where nothing is to be done: the same rows were kept before, also where they were taken back since, or what
    somebody handed in is in force, which goes before. A unit that takes that back gets its own rows the next time.
    """
    content = "\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows).encode()
    key = OWN + hashlib.sha256(content).hexdigest()[:32]
    batches = Batch.objects.of(dataset.id, unit, period.name)
    in_force = batches.in_force().first()
    if not content or batches.filter(batch_key=key).exists() or (in_force and not in_force.batch_key.startswith(OWN)):
        return None
    with spool() as folder:
        file = folder / "own.ndjson"
        file.write_bytes(content)
        return import_records(
            dataset=dataset,
            file=file,
            name=name,
            unit=unit,
            period=period,
            choices=Choices(batch_key=key),
            by=None,
            at=at,
            form=reading.LINES,
        )
