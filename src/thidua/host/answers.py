"""What a process that reads from outside may answer: values in JSON and bytes beside it, never objects that run.

Whatever got hold of that process by the file it read says no more than values: of classes it can name those of the
product that the reader has loaded, data and refusals alone, and none of their code runs when they are put together.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

ROOT = "thidua."
PLAIN = (str, int, float, bool, type(None))
# Of these the text is sent, and read again.
BY_TEXT: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "moment": (dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    "day": (dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "path": (PurePath, str, Path),
}
ROWS: dict[str, type] = {"tuple": tuple, "set": set, "frozenset": frozenset}


class Failed(Exception):
    """The work raised what is no refusal: its kind and its words."""


def written(value: object) -> tuple[bytes, bytes]:
    """JSON, and the bytes that it points into. Raises TypeError for what is no value."""
    beside = bytearray()
    return json.dumps(_written(value, beside)).encode(), bytes(beside)


def _written(value: Any, beside: bytearray) -> Any:
    if type(value) in PLAIN:
        return value
    if isinstance(value, list):
        return [_written(each, beside) for each in value]
    if isinstance(value, dict):
        return {"dict": [[_written(key, beside), _written(each, beside)] for key, each in value.items()]}
    for kind, row in ROWS.items():
        if type(value) is row:
            return {kind: [_written(each, beside) for each in value]}
    if isinstance(value, bytes):
        beside += value
        return {"bytes": [len(beside) - len(value), len(value)]}
    if isinstance(value, Enum):
        return {"enum": [_name_of(value), value.value]}
    for kind, (of, text, _read) in BY_TEXT.items():
        if isinstance(value, of):
            return {kind: text(value)}
    if isinstance(value, Exception):
        return _error(value, beside)
    if dataclasses.is_dataclass(value):
        held = {each.name: _written(getattr(value, each.name), beside) for each in dataclasses.fields(value)}
        return {"data": [_name_of(value), held]}
    raise TypeError(type(value).__name__)


def _error(error: Exception, beside: bytearray) -> dict[str, Any]:
    if type(error).__module__.startswith(ROOT):
        held = {name: _written(each, beside) for name, each in vars(error).items()}
        return {"error": [_name_of(error), [_written(each, beside) for each in error.args], held]}
    if isinstance(error, OSError):
        return {"os": [error.errno, error.strerror]}
    return {"failed": f"{type(error).__name__}: {error}"}


def _name_of(value: object) -> list[str]:
    return [type(value).__module__, type(value).__qualname__]


def read(text: bytes, beside: bytes) -> Any:
    """Raises ValueError for what ``written`` does not write."""
    try:
        return _read(json.loads(text), beside)
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError("no answer of ours") from error


def _read(said: Any, beside: bytes) -> Any:
    if isinstance(said, list):
        return [_read(each, beside) for each in said]
    if not isinstance(said, dict):
        return said
    ((kind, value),) = said.items()
    if kind == "dict":
        return {_read(key, beside): _read(each, beside) for key, each in value}
    if kind in ROWS:
        return ROWS[kind](_read(each, beside) for each in value)
    if kind == "bytes":
        at, size = value
        return beside[at : at + size]
    if kind in BY_TEXT:
        return BY_TEXT[kind][2](value)
    if kind == "os":
        return OSError(*value)
    if kind == "failed":
        return Failed(value)
    return _of_class(kind, value, beside)


def _of_class(kind: str, value: Any, beside: bytes) -> Any:
    """Put together without its own code, by the fields that it declares."""
    made = _class(*value[0])
    if kind == "enum" and issubclass(made, Enum):
        return made(value[1])
    if kind == "error" and issubclass(made, Exception):
        error = made.__new__(made)
        error.args = tuple(_read(each, beside) for each in value[1])
        vars(error).update({name: _read(each, beside) for name, each in value[2].items()})
        return error
    if kind == "data" and dataclasses.is_dataclass(made):
        data = object.__new__(made)
        for each in dataclasses.fields(made):
            object.__setattr__(data, each.name, _read(value[1][each.name], beside))
        return data
    raise ValueError(kind)


def _class(module: str, name: str) -> type:
    """A class of the product that is loaded here; nothing is loaded for an answer."""
    found = getattr(sys.modules[module], name) if module.startswith(ROOT) else None
    if not isinstance(found, type) or found.__module__ != module:
        raise ValueError(name)
    return found
