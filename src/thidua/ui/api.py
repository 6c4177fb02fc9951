"""What every operation of the API may answer, as its description says it."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import StringConstraints

# PostgreSQL knows no text with a zero in it.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]


class Problem(Schema):
    """As ``ui.answers.to_program`` makes it."""

    status: int
    sentence: str
    fields: dict[str, str] = {}


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """These, and what any call may be told."""
    return dict.fromkeys((*statuses, 401, 422, 429, 503), Problem)
