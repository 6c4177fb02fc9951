"""A plan as JSON, for the database, and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from typing import Any

from thidua.core.plan import schema
from thidua.core.plan.schema import Plan


def as_data(plan: Plan) -> dict[str, Any]:
    """Plain JSON values; days in ISO form. ``from_data(as_data(plan)) == plan``."""
    return typing.cast(dict[str, Any], _plain(dataclasses.asdict(plan)))


def from_data(data: dict[str, Any]) -> Plan:
    """The plan of a JSON document that ``as_data`` made."""
    return typing.cast(Plan, _build(Plan, data))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _build(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return tuple(_build(arguments[0], each) for each in value)
    if origin in (types.UnionType, typing.Union):
        return _build(next(each for each in arguments if each is not type(None)), value)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if dataclasses.is_dataclass(kind):
        hints = field_types(typing.cast(type, kind))
        # A version of before may hold a key that the schema has given up.
        known = {key: _build(hints[key], each) for key, each in value.items() if key in hints}
        return typing.cast(type, kind)(**known)
    return {key: _build(arguments[1], each) for key, each in value.items()} if origin is dict else value


_HINTS: dict[type, dict[str, Any]] = {}


def field_types(kind: type) -> dict[str, Any]:
    """Field name → type of a schema dataclass, worked out once."""
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind, vars(schema))
    return _HINTS[kind]
