"""What a template may ask for: the items of plain lists and dictionaries, and where a loop stands.

No attribute of anything else is given and nothing but macros is called, so that it does not matter what stands behind a
value. What a template is handed are texts, numbers and lists of these (``filling``): this is the second wall.
"""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

LOOP = frozenset(
    {"first", "index", "index0", "last", "length", "nextitem", "previtem", "revindex", "revindex0"}
)  # fmt: skip
# Those that make text, numbers and lists of such; ``attr``, ``safe``, ``xmlattr`` and the like are none of them.
FILTERS = frozenset(
    [
        "abs", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "first", "float",
        "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min",
        "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "slice", "sort", "string", "sum",
        "title", "trim", "truncate", "unique", "upper", "wordcount", "wordwrap",
    ]
)  # fmt: skip


class Sandbox(ImmutableSandboxedEnvironment):
    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals = {"range": safe_range}
        self.filters = {name: self.filters[name] for name in FILTERS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, dict):
            return self.getitem(obj, attribute)
        return self._nothing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if not isinstance(obj, dict | list | tuple | str):
            return self._nothing(obj, str(argument))
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        if isinstance(obj, Undefined):
            obj._fail_with_undefined_error()  # says what was asked for
        return obj is safe_range or isinstance(obj, Macro)

    def _nothing(self, obj: Any, attribute: str) -> Undefined:
        if isinstance(obj, Undefined):
            obj._fail_with_undefined_error()
        return self.unsafe_undefined(obj, attribute)
