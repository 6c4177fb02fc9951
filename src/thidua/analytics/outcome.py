"""What an import would do or did, for the command, the page and the API alike; and as a row of the database keeps it,
with its sentences still to be put into the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy

from thidua.core.records.headings import Heading
from thidua.core.records.problems import Code, Joined, Level, Problem, Reason, Refused, labels
from thidua.core.refusals import Away, Conflict, Denied
from thidua.core.words import Sentence, _

# Problems that a page lists; the workbook with coloured cells holds all.
KEPT = 1000
SHEETS = gettext_lazy("Choose the sheets under “Sheets and columns”, then check again.")
COLUMNS = gettext_lazy("Say under “Sheets and columns” what the columns mean, then check again.")
# What the owner of a refused file can do about it.
ADVICE = {
    Reason.AMBIGUOUS_SHEET: SHEETS,
    Reason.UNKNOWN_SHEET: SHEETS,
    Reason.MISSING_COLUMN: COLUMNS,
    Reason.AMBIGUOUS_HEADING: COLUMNS,
    Reason.DOUBLED_COLUMN: COLUMNS,
    Reason.UNKNOWN_HEADING: COLUMNS,
    Reason.NO_HEADINGS: gettext_lazy(
        "Look whether the right dataset was chosen; if it was, name the columns in the file as “Columns that are read” "
        "names them, then hand it in again."
    ),
    Reason.NO_ROWS: gettext_lazy("If that is right, say so here."),
}


class Status(StrEnum):
    IMPORTED = "imported"
    CHECKED = "checked"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Outcome:
    """``columns``: (letter, heading, column of the dataset); ``ignored``: (letter, heading). ``tables`` and
    ``headings`` are all that the file has, for a person to choose from, known even where the file is refused."""

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
    tables: list[tuple[str, bool]] = field(default_factory=list)  # name of the sheet, whether it is in sight
    headings: list[Heading] = field(default_factory=list)

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
            "rows": self._rows(),
            "problems": [problem.as_json() for problem in self.problems],
            "reason": self.reason and {"code": self.reason.reason.value, "message": str(self.reason)},
        }

    def as_kept(self) -> dict[str, object]:
        return {
            "status": self.status.value,
            "batch": self.batch,
            "sheets": self.sheets,
            "tables": [{"name": name, "in_sight": in_sight} for name, in_sight in self.tables],
            "header_row": self.header_row,
            "headings": [
                {"at": each.letter, "heading": each.text, "meant": list(each.meant)} for each in self.headings
            ],
            "rows": self._rows(),
            "problems": [_problem_kept(problem) for problem in self.problems[:KEPT]],
            "problem_count": len(self.problems),
            "reason": self.reason and _refusal_kept(self.reason.sentence, self.reason.reason.value),
        }

    def as_told(self) -> dict[str, object]:
        """As ``as_json``, to be kept until a program asks for it; ``told`` puts it into the language of who asks."""
        reason = self.reason and {
            **_refusal_kept(self.reason.sentence, self.reason.reason.value),
            "option": self.reason.option and _kept(self.reason.option),
        }
        return {**self.as_json(), "problems": [_problem_kept(each) for each in self.problems], "reason": reason}

    def _rows(self) -> dict[str, int]:
        return {
            "read": self.read,
            "accepted": self.accepted,
            "refused": self.refused,
            "duplicates": self.repeated,
        }


def told(kept: Mapping[str, Any]) -> dict[str, object]:
    reason = kept["reason"]
    if reason:
        words = (sentence_of(reason[name]) for name in ("sentence", "option") if reason[name])
        reason = {"code": reason["code"], "message": " ".join(map(str, words))}
    return {**kept, "problems": [problem.as_json() for problem in problems_of(kept)], "reason": reason}


def refused_kept(before: Mapping[str, object], sentence: Sentence | str) -> dict[str, object]:
    """What was known before, where it was not the file that failed, and why it is not imported."""
    known = before or Outcome("", "", "").as_kept()
    known = {key: value for key, value in known.items() if key not in ("away", "given_up")}
    return {**known, "status": Status.REFUSED.value, "reason": _refusal_kept(sentence, "")}


GIVEN_UP = _("Something went wrong inside the program, and nothing was changed. The administrator can see why.")


def given_up_kept(before: Mapping[str, object], wish: Mapping[str, bool]) -> dict[str, object]:
    """What was known before, and for what it was to be read: the same may be wished again."""
    return {**refused_kept(before, GIVEN_UP), "given_up": dict(wish)}


def denied_kept(refusal: Denied) -> dict[str, object]:
    """A refusal of the whole step; ``denied`` makes it again."""
    return {"denied": type(refusal).__name__, "sentence": _kept(refusal.sentence)}


def denied(kept: Mapping[str, Any]) -> Denied | None:
    """None where what is kept came to an outcome."""
    if "denied" not in kept:
        return None
    sorts = {sort.__name__: sort for sort in (Away, Conflict)}
    return sorts.get(kept["denied"], Denied)(sentence_of(kept["sentence"]))


def away_kept(before: Mapping[str, object], sentence: Sentence | str) -> dict[str, object]:
    """What was known before, and what keeps the import waiting."""
    return {**before, "away": _kept(sentence)}


def _refusal_kept(sentence: Sentence | str, code: str) -> dict[str, object]:
    return {"code": code, "sentence": _kept(sentence)}


def problems_of(kept: Mapping[str, list]) -> list[Problem]:
    return [
        Problem(
            sheet=each["sheet"],
            row=each["row"],
            column=each["column"],
            level=Level(each["level"]),
            code=Code(each["code"]),
            sentence=sentence_of(each["sentence"]),
        )
        for each in kept["problems"]
    ]


def advice_of(code: str):
    return ADVICE.get(code, "")


def sentence_of(kept: object):
    """What ``_kept`` kept, to be shown in the language of now."""
    if not isinstance(kept, dict):
        return kept
    if "labels" in kept:
        return labels(tuple(sentence_of(each) for each in kept["labels"]))
    return Sentence(kept["message"], {name: sentence_of(value) for name, value in kept["values"].items()})


def _problem_kept(problem: Problem) -> dict[str, object]:
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "level": problem.level.value,
        "code": problem.code.value,
        "sentence": _kept(problem.sentence),
    }


def _kept(value: object) -> object:
    if isinstance(value, Sentence):
        return {"message": value.message, "values": {name: _kept(each) for name, each in value.values.items()}}
    if isinstance(value, Joined):
        return {"labels": [_kept(each) for each in value.labels]}
    return value if isinstance(value, int) else str(value)
