"""Where engines read batches: the files of a folder as they are, those of an S3 store from a copy beside the product.

A batch never changes, so a copy is right for ever.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage


def files_of(keys: Iterable[str]) -> list[str]:
    """The paths of batches on this machine, by their keys in the storage."""
    return [_path(key) for key in keys]


def _path(key: str) -> str:
    try:
        return default_storage.path(key)
    except NotImplementedError:  # a store without paths
        return str(_copied(key))


def _copied(key: str) -> Path:
    target = settings.HOME / "copies" / key
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        with default_storage.open(key) as source, partial.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        partial.replace(target)
    return target
