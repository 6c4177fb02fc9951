"""The datasets that rooms declare in ``datasets``; this room imports, keeps and counts, whatever they are of."""

from __future__ import annotations

from thidua.core.records.datasets import Dataset
from thidua.core.refusals import Denied
from thidua.core.words import _

DATASETS: dict[str, Dataset] = {}


def declare(dataset: Dataset) -> Dataset:
    DATASETS[dataset.id] = dataset
    return dataset


def dataset_of(id: str) -> Dataset:
    """Raises Denied with the datasets there are."""
    if id not in DATASETS:
        raise Denied(_("There is no dataset “%(id)s”. Known: %(known)s.", id=id, known=", ".join(sorted(DATASETS))))
    return DATASETS[id]
