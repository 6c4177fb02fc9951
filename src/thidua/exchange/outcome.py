"""What an import would do or did, for the page that shows it before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from thidua.core.words import Sentence


@dataclass(frozen=True)
class RowError:
    row: int
    column: str
    message: Sentence | str

    def as_json(self) -> dict[str, object]:
        return {"row": self.row, "column": self.column, "message": str(self.message)}


@dataclass(frozen=True)
class Change:
    """One thing, by its code, that is new or other than before; ``before`` and ``after`` hold what differs."""

    row: int
    thing: str
    before: dict[str, object]
    after: dict[str, object]
    is_new: bool

    @property
    def values(self) -> list[tuple[str, object, object]]:
        """(column, before, after) of all that differs."""
        return [(column, self.before.get(column, ""), value) for column, value in self.after.items()]


@dataclass
class Outcome:
    """What an import would do, or did when ``committed``.

    While there are ``errors`` nothing is taken; rows that are ``refused`` are left out, and the rest is taken.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    refused: list[RowError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    committed: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "status": "refused" if self.errors else "imported" if self.committed else "checked",
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "errors": [each.as_json() for each in self.errors],
            "refused": [each.as_json() for each in self.refused],
            "changes": [
                {"row": each.row, "thing": each.thing, "new": each.is_new, "before": each.before, "after": each.after}
                for each in self.changes
            ],
        }
