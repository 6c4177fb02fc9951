"""The datasets that rooms declare in ``datasets``; this room imports, keeps and counts, whatever they are of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from thidua.core.records.datasets import Dataset
from thidua.core.refusals import Denied
from thidua.core.words import _

DATASETS: dict[str, Dataset] = {}
OWN: dict[str, Own] = {}


@dataclass(frozen=True)
class Own:
    """Where the rows of a dataset lie that the product keeps itself.

    ``rows``: those of a campaign (its key) in some years, of a model with a ``unit`` and a ``year``; ``columns``: the
    database's expression for each column of the dataset.
    """

    rows: Callable[[int, Collection[int]], QuerySet]
    columns: Mapping[str, Any]


def declare(dataset: Dataset) -> Dataset:
    DATASETS[dataset.id] = dataset
    return dataset


def declare_own(dataset: Dataset, own: Own) -> Dataset:
    OWN[dataset.id] = own
    return declare(dataset)


def importable() -> list[Dataset]:
    """The datasets of which files are handed in."""
    return [each for each in DATASETS.values() if not each.is_own]


def dataset_of(id: str) -> Dataset:
    """Raises Denied with the datasets there are."""
    if id not in DATASETS:
        raise Denied(_("There is no dataset “%(id)s”. Known: %(known)s.", id=id, known=", ".join(sorted(DATASETS))))
    return DATASETS[id]
