"""What an import would do or did, for the command, the page and the API alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from thidua.core.records.problems import Problem, Refused


class Status(StrEnum):
    IMPORTED = "imported"
    CHECKED = "checked"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Outcome:
    """``columns``: (letter, heading, column of the dataset); ``ignored``: (letter, heading)."""

    dataset: str
    unit: str
    period: str
    status: Status = Status.REFUSED
    batch: int | None = None
    sheets: list[str] = field(default_factory=list)
    header_row: int | None = None
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)
    read: int = 0
    accepted: int = 0
    refused: int = 0
    repeated: int = 0
    problems: list[Problem] = field(default_factory=list)
    reason: Refused | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "status": self.status.value,
            "batch": self.batch,
            "dataset": self.dataset,
            "unit": self.unit,
            "period": self.period,
            "sheets": self.sheets,
            "header_row": self.header_row,
            "columns": [{"at": at, "heading": heading, "column": column} for at, heading, column in self.columns],
            "ignored_columns": [{"at": at, "heading": heading} for at, heading in self.ignored],
            "rows": {
                "read": self.read,
                "accepted": self.accepted,
                "refused": self.refused,
                "duplicates": self.repeated,
            },
            "problems": [problem.as_json() for problem in self.problems],
            "reason": self.reason and {"code": self.reason.reason.value, "message": str(self.reason)},
        }
